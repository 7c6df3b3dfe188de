package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

// manyAuthors is how many authors a book's page names; the others unfold.
const manyAuthors = 6

// longTitle is how many letters of a title are too many for a large heading.
const longTitle = 80

type bookPageView struct {
	layoutView
	Book       bookView
	Note       string // what the page lacks, or ""
	IsLong     bool   // the title
	Authors    []linkView
	MoreAuthor []linkView // too many to be shown at once
	Series     seriesView
	Rating     ratingView
	Price      string
	Paragraphs []string
	Facts      []factView
	Categories []linkView
	Yours      yoursView
	Shelves    []shelfView
}

// A ratingView is how readers rated a book.
type ratingView struct {
	Average string // "" where nobody did
	Width   string // of as many stars and half stars, where one is 20 wide
	Count   string
	Words   string // all of it
}

type factView struct{ Name, Value string }

// A yoursView is what a visitor thinks of a book, with the forms to say so.
type yoursView struct {
	shop.Yours
	ID      int64
	Address string // of the book
	Stars   []starView
	IsNew   bool // nothing is kept about the visitor yet
}

// A starView is a button that rates a book.
type starView struct {
	Value string
	Name  string
	On    bool // the visitor gave as many, or more
	Given bool // the visitor gave exactly as many
}

// bookPage shows a book.
func (s *Server) bookPage(w http.ResponseWriter, r *http.Request) error {
	segment := r.PathValue("book")
	id := bookID(segment)
	if id == 0 {
		return errNotFound
	}
	visitor := s.visitors.Of(w, r)
	ctx, cancel := context.WithTimeout(r.Context(), pageLimit)
	defer cancel()
	shown, err := s.shop.Book(r.Context(), visitor, id)
	switch {
	case errors.Is(err, shop.ErrNotFound):
		return errNotFound
	case err != nil:
		return err
	case shown.Book == nil:
		return s.bookAway(w, r, shown)
	}
	if canonical := bookAddress(shown.Book); !isBookAddress(canonical, segment) {
		return moved(w, r, canonical)
	}
	if isLook(r, visitor, id) {
		s.visitors.Saw(w, r, id)
		s.shop.Saw(visitor, id)
	}
	view := s.newBookView(s.layout(w, r, shown.Book.Title), shown)
	view.Yours.IsNew = visitor.Reader == 0
	if !shown.Partial {
		s.nameCategories(ctx, &view)
	}
	return render(w, http.StatusOK, view.Language, bookPage(view))
}

// isBookAddress reports whether the segment of a request is that of a book's one address.
func isBookAddress(address, segment string) bool {
	unescaped, err := url.PathUnescape(strings.TrimPrefix(address, "/books/"))
	return err == nil && unescaped == segment
}

// isLook reports whether a visitor looks at the book whose page a request asks for. Browsers fetch
// pages ahead that perhaps nobody will look at, and fetch them again after each form.
func isLook(r *http.Request, visitor shop.Visitor, book int64) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Moz"} {
		if strings.Contains(strings.ToLower(r.Header.Get(name)), "prefetch") {
			return false
		}
	}
	again := len(visitor.Recent) > 0 && visitor.Recent[0] == book
	return r.Method == http.MethodGet && !again
}

func (s *Server) newBookView(layout layoutView, shown shop.BookPage) bookPageView {
	l, book := layout.Language, shown.Book
	view := bookPageView{
		layoutView: layout,
		Book:       s.book(book),
		IsLong:     utf8.RuneCountInString(book.Title) > longTitle,
		Rating:     ratingOf(l, book),
		Paragraphs: paragraphs(book.Description),
		Facts:      factsOf(l, book),
		Yours:      yoursOf(l, book, shown.Yours),
	}
	switch {
	case shown.Source == shop.Remembered:
		view.Note = l.Text("book_remembered")
	case shown.Partial:
		view.Note = l.Text("book_partial")
	}
	for _, name := range book.Authors {
		view.Authors = append(view.Authors, linkView{authorAddress(name), name})
	}
	if len(view.Authors) > manyAuthors+1 { // to unfold a single one is not worth it
		view.Authors, view.MoreAuthor = view.Authors[:manyAuthors], view.Authors[manyAuthors:]
	}
	for _, slug := range book.Categories {
		name := l.Category(slug, strings.ReplaceAll(slug, "-", " "))
		view.Categories = append(view.Categories, linkView{categoryAddress(slug), name})
	}
	if book.Price.Currency != "" {
		view.Price = l.Price(book.Price.Currency, book.Price.Units, book.Price.Nanos)
	}
	view.Series = s.seriesOf(l, book, shown.InSeries)
	view.Shelves = s.shelvesOf(l, shown)
	if book.Author() != "" {
		view.Title = l.Fill("title_by", "Title", book.Title, "Author", book.Author())
	}
	view.Head = headView{
		Description: descriptionOf(l, book),
		Canonical:   bookAddress(book),
		Kind:        "book",
		Image:       view.Book.Image,
		Data:        new(dataOf(book, view.Book.Image)),
	}
	return view
}

// nameCategories calls the categories that the language has no names for what the catalogue calls
// them, if there is time left to ask.
func (s *Server) nameCategories(ctx context.Context, view *bookPageView) {
	for _, category := range s.shop.Categories(ctx).Categories {
		address := categoryAddress(category.Slug)
		for i, link := range view.Categories {
			if link.Address == address {
				view.Categories[i].Text = view.Language.Category(category.Slug, category.Name)
			}
		}
	}
}

// shelvesOf returns what stands below a book and its series.
func (s *Server) shelvesOf(l *locales.Language, shown shop.BookPage) []shelfView {
	var shelves []shelfView
	if len(shown.ByAuthor) > 0 {
		author := shown.Book.Author()
		shelves = append(shelves, shelfView{
			ID:      "more-by",
			Heading: headingView{Before: l.Fill("more_by", "Author", author)},
			More:    linkView{authorAddress(author), l.Fill("all_by", "Author", author)},
			Books:   s.books(shown.ByAuthor),
		})
	}
	similar := shown.Similar
	switch {
	case len(similar.Picks) == 0:
	case similar.Kind == shop.LikeViewed:
		shelves = append(shelves, shelfView{
			ID:      "similar",
			Heading: headingView{Before: l.Text("similar_books")},
			Books:   s.picks(similar.Picks, func(reason shop.Reason) string { return why(l, reason, shown.Book) }),
		})
	default:
		shelves = append(shelves, s.shelf(l, similar, 1, false))
	}
	return shelves
}

func ratingOf(l *locales.Language, book *shop.Book) ratingView {
	if !isRated(book) {
		return ratingView{}
	}
	average, count := l.Decimal(book.AverageRating, 1), l.Count("ratings", int(book.RatingsCount))
	return ratingView{
		Average: average,
		Width:   strconv.Itoa(10 * int(math.Round(2*book.AverageRating))),
		Count:   count,
		Words:   l.Fill("rating_words", "Average", average, "Ratings", count),
	}
}

// factsOf returns what is known of a book in a word or two.
func factsOf(l *locales.Language, book *shop.Book) []factView {
	year := ""
	if book.Year != 0 {
		year = l.Year(book.Year)
	}
	facts := []factView{
		{l.Text("fact_original_title"), originalTitle(book)},
		{l.Text("fact_year"), year},
		{l.Text("fact_language"), l.LanguageName(book.Language)},
		{l.Text("fact_isbn"), book.ISBN13},
	}
	return slices.DeleteFunc(facts, func(f factView) bool { return f.Value == "" })
}

// originalTitle returns the original title of a book where it is another one.
func originalTitle(book *shop.Book) string {
	if strings.EqualFold(book.OriginalTitle, book.Title) {
		return ""
	}
	return book.OriginalTitle
}

func yoursOf(l *locales.Language, book *shop.Book, yours shop.Yours) yoursView {
	view := yoursView{Yours: yours, ID: book.ID, Address: bookAddress(book)}
	for n := 1; n <= 5; n++ {
		view.Stars = append(view.Stars, starView{
			Value: strconv.Itoa(n),
			Name:  l.Count("stars", n),
			On:    n <= yours.Rating,
			Given: n == yours.Rating,
		})
	}
	return view
}

// A bookAwayView is the page of a book that cannot be had.
type bookAwayView struct {
	layoutView
	Popular shelfView
}

// bookAway says that a book, if there is one, cannot be shown.
func (s *Server) bookAway(w http.ResponseWriter, r *http.Request, shown shop.BookPage) error {
	view := bookAwayView{layoutView: s.layout(w, r, "")}
	view.Title = view.Language.Text("book_away")
	view.Popular = s.shelf(view.Language, shown.Similar, 1, false)
	w.Header().Set("X-Robots-Tag", "noindex")
	return render(w, http.StatusOK, view.Language, bookAwayPage(view))
}
