package dataset

import (
	"slices"
	"strconv"
	"strings"

	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/dataset/goodbooks"
	"bookmarket/recommendations/internal/recommend"
)

// The columns of a file of books, by their places in bookColumns.
const (
	bookID = iota
	bookTitle
	bookOriginalTitle
	bookAuthors
	bookCategories
	bookYear
	bookISBN13
	bookLanguage
	bookDescription
	bookSeries
	bookSeriesPosition
	bookAverageRating
	bookRatingsCount
	bookPrice
	bookCoverURL
)

var bookColumns = []column{
	bookID:             {name: "id", required: true},
	bookTitle:          {name: "title", required: true},
	bookOriginalTitle:  {name: "original_title"},
	bookAuthors:        {name: "authors", list: true},
	bookCategories:     {name: "categories", list: true},
	bookYear:           {name: "year"},
	bookISBN13:         {name: "isbn13"},
	bookLanguage:       {name: "language"},
	bookDescription:    {name: "description"},
	bookSeries:         {name: "series"},
	bookSeriesPosition: {name: "series_position"},
	bookAverageRating:  {name: "average_rating"},
	bookRatingsCount:   {name: "ratings_count"},
	bookPrice:          {name: "price"},
	bookCoverURL:       {name: "cover_url"},
}

func newBooks(f *file) (*Reader[recommend.Book], error) {
	reader, err := newReader(f, bookColumns, goodbooks.IsBooks, decodeBook)
	if err != nil || !reader.Goodbooks {
		return reader, err
	}
	categories, err := bundledCategories()
	if err != nil {
		return nil, err
	}
	reader.decode = func(r *row) recommend.Book { return decodeGoodbooks(r, categories) }
	return reader, nil
}

// bundledCategories returns the categories of the bundled books by their ids. The file of
// goodbooks-10k has the same books without any.
func bundledCategories() (map[int64][]recommend.Category, error) {
	books, err := bundled.Books()
	if err != nil {
		return nil, err
	}
	categories := make(map[int64][]recommend.Category, len(books))
	for _, book := range books {
		categories[book.ID] = book.Categories
	}
	return categories, nil
}

func decodeGoodbooks(r *row, categories map[int64][]recommend.Category) recommend.Book {
	book, err := goodbooks.Book(func(name string) string { return strings.Clone(r.named(name)) })
	if err == nil {
		book.Categories = categories[book.ID]
		err = book.Validate()
	}
	r.check(err, nil)
	return book
}

func decodeBook(r *row) recommend.Book {
	book := recommend.Book{
		ID:             r.whole(bookID),
		Title:          r.text(bookTitle),
		OriginalTitle:  r.text(bookOriginalTitle),
		Authors:        r.texts(bookAuthors),
		Categories:     r.categories(),
		Year:           int(r.whole(bookYear)),
		ISBN13:         r.isbn(),
		Language:       r.text(bookLanguage),
		Description:    r.text(bookDescription),
		Series:         r.text(bookSeries),
		SeriesPosition: r.number(bookSeriesPosition),
		RatingsCount:   r.whole(bookRatingsCount),
		Price:          r.price(),
		CoverURL:       r.text(bookCoverURL),
	}
	if average := r.number(bookAverageRating); average != nil {
		book.AverageRating = *average
	}
	r.check(book.Validate(), nil)
	return book
}

// categories returns each category once: two names with one slug are one.
func (r *row) categories() []recommend.Category {
	var list []recommend.Category
	for _, name := range r.texts(bookCategories) {
		category := recommend.NewCategory(name)
		if !slices.ContainsFunc(list, func(c recommend.Category) bool { return c.Slug == category.Slug }) {
			list = append(list, category)
		}
	}
	return list
}

// isbn returns the ISBN-13 of a column that may have hyphens, spaces or an ISBN-10 instead.
func (r *row) isbn() string {
	text := r.cells[bookISBN13].text
	if text == "" {
		return ""
	}
	if strings.Contains(text, "E+") {
		r.fault("isbn13", "has lost digits in a spreadsheet, got %s; format the column as text and export it again", quote(text))
		return ""
	}
	digits := strings.NewReplacer("-", "", " ", "").Replace(text)
	if len(digits) != 10 {
		return strings.Clone(digits)
	}
	isbn13 := fromISBN10(digits)
	if isbn13 == "" {
		r.fault("isbn13", "must have the check digit of an ISBN-10, got %s", quote(text))
	}
	return isbn13
}

// fromISBN10 returns the ISBN-13 of an ISBN-10, or nothing where its check digit is wrong (ISO
// 2108): the digits with weights from 10 down to 1 add up to a multiple of 11, and X is 10.
func fromISBN10(isbn string) string {
	sum := 0
	for i, c := range []byte(isbn) {
		switch {
		case '0' <= c && c <= '9':
			sum += (10 - i) * int(c-'0')
		case i == 9 && (c == 'X' || c == 'x'):
			sum += 10
		default:
			return ""
		}
	}
	if sum%11 != 0 {
		return ""
	}
	digits := "978" + isbn[:9]
	sum = 0
	for i, c := range []byte(digits) {
		sum += int(c-'0') * (1 + i%2*2)
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

// price returns the money that a text such as "12.90 EUR" says.
func (r *row) price() recommend.Money {
	text := r.cells[bookPrice].text
	if text == "" {
		return recommend.Money{}
	}
	amount, currency, _ := strings.Cut(text, " ")
	whole, fraction, _ := strings.Cut(amount, ".")
	units, err := strconv.ParseUint(whole, 10, 63)
	nanos, fractionErr := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
	if err != nil || fractionErr != nil || len(fraction) > 9 || len(currency) != 3 {
		r.fault("price", `must be an amount and a currency such as "12.90 EUR", got %s`, quote(text))
		return recommend.Money{}
	}
	return recommend.Money{Currency: strings.Clone(currency), Units: int64(units), Nanos: int32(nanos)} //nolint:gosec // ParseUint bounds them to 63 and 30 bits.
}
