package storetest

import (
	"math"
	"slices"
	"strings"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

var fidelityCases = []testCase{
	{"every field comes back", func(s *subject) { s.comesBack(fullBook()) }},
	{"what nobody knows stays unknown", func(s *subject) { s.comesBack(titled(1, "A title")) }},
	{"texts come back letter by letter", texts},
	{"case, accents and their form tell texts apart", collation},
	{"the longest texts come back", longTexts},
	{"the longest lists come back", longLists},
	{"an empty list is not a missing one", emptyLists},
	{"position 0 is not no position", positions},
	{"years before and after the era", years},
	{"numbers at their limits", limits},
}

// comesBack puts books, which must be in order, and compares what is read with them.
func (s *subject) comesBack(want ...recommend.Book) {
	s.Helper()
	s.putBooks(want...)
	books, _ := s.books()
	if len(books) != len(want) {
		s.Fatalf("%d books came back, want %d", len(books), len(want))
	}
	for i := range want {
		expect(s, want[i].Title, books[i], want[i])
	}
}

func texts(s *subject) {
	var books []recommend.Book
	for i, text := range []string{
		"Les Misérables", "Les Mise\u0301rables", "Преступление и наказание", "源氏物語", "أَلْف لَيْلَة وَلَيْلَة", "👩‍👩‍👧‍👦 & 🏳️‍🌈", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
		`'; DROP TABLE books; --`, `"quoted"`, `back\slash`, `\u0000`, `\x00`, `%_*?[a-z]`, "$1 ?1 :name @name {}", "NULL", "null", "0", "1e3", "true",
		"<b>&amp;</b>", "\u2028\u2029\ufeff\ufffd\u200b", " spaces around ", "tab\tand\nline", "[\"a\"]", "-- comment", "/* comment */",
	} {
		book := fullBook()
		book.ID = int64(i + 1)
		book.Title, book.OriginalTitle, book.Description, book.Series = text, text, text, text
		book.Authors = []string{text, text + text}
		book.Categories = []recommend.Category{recommend.NewCategory("a" + text)}
		books = append(books, book)
	}
	s.comesBack(books...)
}

func collation(s *subject) {
	s.putBooks(titled(1, "b"))
	for _, title := range []string{"a", "A", "á", "a\u0301", "Á", "a ", "ａ", "ß", "ss", "ı", "i", "İ"} {
		expect(s, "the change to "+title, s.putBooks(titled(1, title)), store.Counts{Changed: 1})
		books, _ := s.books()
		expect(s, "the book", books, []recommend.Book{titled(1, title)})
	}
}

func longTexts(s *subject) {
	book := fullBook()
	book.Title = strings.Repeat("é", recommend.MaxTitle/2)
	book.OriginalTitle = strings.Repeat("\"", recommend.MaxTitle)
	book.Description = strings.Repeat("🙂", recommend.MaxDescription/4)
	book.Series = strings.Repeat("\\", recommend.MaxName)
	book.CoverURL = "https://books.example/" + strings.Repeat("x", recommend.MaxURL-len("https://books.example/"))
	s.comesBack(book)
}

func longLists(s *subject) {
	book := fullBook()
	book.Authors = slices.Repeat([]string{strings.Repeat("漢", recommend.MaxName/3)}, recommend.MaxNames)
	category := recommend.NewCategory(strings.Repeat("x", recommend.MaxName))
	book.Categories = slices.Repeat([]recommend.Category{category}, recommend.MaxNames)
	s.comesBack(book)
}

func emptyLists(s *subject) {
	book := titled(1, "none")
	book.Authors, book.Categories = []string{}, []recommend.Category{}
	s.comesBack(book)
	expect(s, "the change to no list", s.putBooks(titled(1, "none")), store.Counts{Changed: 1})
	s.comesBack(titled(1, "none"))
}

func positions(s *subject) {
	var books []recommend.Book
	for i, position := range []*float64{nil, new(0.0), new(0.1), new(2.5), new(1e6), new(math.SmallestNonzeroFloat64)} {
		book := titled(int64(i+1), "part")
		book.SeriesPosition = position
		books = append(books, book)
	}
	s.comesBack(books...)
}

func years(s *subject) {
	var books []recommend.Book
	for i, year := range []int{-9999, -720, -1, 0, 1, 1999, 9999} {
		book := titled(int64(i+1), "year")
		book.Year = year
		books = append(books, book)
	}
	s.comesBack(books...)
}

func limits(s *subject) {
	least := fullBook()
	least.ID, least.Title, least.AverageRating, least.RatingsCount = 1, "least", 1, 0
	least.Price = recommend.Money{Currency: "JPY"}
	most := fullBook()
	most.ID, most.Title, most.AverageRating, most.RatingsCount = math.MaxInt64, "most", 5, math.MaxInt64
	most.Price = recommend.Money{Currency: "XXX", Units: math.MaxInt64, Nanos: 999_999_999}
	s.comesBack(least, most)
}
