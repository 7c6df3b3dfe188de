package storetest

import (
	"math"
	"slices"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

var bookCases = []testCase{
	{"an empty store has none and revision 0", emptyCatalog},
	{"come back by ascending id", booksByID},
	{"counts what is new, changed and equal", countBooks},
	{"a change of any field is a change", changeEveryField},
	{"of one id in one call the last counts", lastBookCounts},
	{"one that was there and is the last in one call is equal", lastBookEqual},
	{"what the new one lacks is gone", replaceBook},
	{"nothing is no change", putNoBooks},
	{"the revision grows with each change", revisionGrows},
	{"the revision stays while nothing changes", revisionStays},
	{"thousands in one call", manyBooks},
	{"the caller's books stay the caller's", booksAreCopies},
}

func emptyCatalog(s *subject) {
	books, revision := s.books()
	if len(books) != 0 || revision != 0 || s.revision() != 0 {
		s.Errorf("%d books of revision %d, and revision %d alone; want none of revision 0", len(books), revision, s.revision())
	}
}

func booksByID(s *subject) {
	s.putBooks(titled(10, "ten"), titled(math.MaxInt64, "the last"), titled(9, "nine"))
	s.putBooks(titled(1<<32, "a big one"), titled(1, "one"), titled(1<<53+1, "no float has this id"), titled(100, "a hundred"))
	books, _ := s.books()
	got := make([]int64, len(books))
	for i := range books {
		got[i] = books[i].ID
	}
	expect(s, "the ids", got, []int64{1, 9, 10, 100, 1 << 32, 1<<53 + 1, math.MaxInt64})
}

func countBooks(s *subject) {
	expect(s, "the first time", s.putBooks(titled(1, "one"), titled(2, "two"), titled(3, "three")), store.Counts{New: 3})
	counts := s.putBooks(titled(2, "two"), titled(3, "drei"), titled(4, "four"), titled(1, "one"))
	expect(s, "the second time", counts, store.Counts{New: 1, Changed: 1, Equal: 2})
	expect(s, "the third time", s.putBooks(titled(3, "drei"), titled(4, "four")), store.Counts{Equal: 2})
	books, _ := s.books()
	expect(s, "the books", books, []recommend.Book{titled(1, "one"), titled(2, "two"), titled(3, "drei"), titled(4, "four")})
}

func changeEveryField(s *subject) {
	book := fullBook()
	s.putBooks(book)
	for _, change := range []struct {
		field string
		to    func(*recommend.Book)
	}{
		{"title", func(b *recommend.Book) { b.Title += "!" }},
		{"original title", func(b *recommend.Book) { b.OriginalTitle = "" }},
		{"order of authors", func(b *recommend.Book) { b.Authors = []string{b.Authors[1], b.Authors[0]} }},
		{"authors", func(b *recommend.Book) { b.Authors = b.Authors[:1] }},
		{"order of categories", func(b *recommend.Book) { b.Categories = []recommend.Category{b.Categories[1], b.Categories[0]} }},
		{"name of a category", func(b *recommend.Book) {
			b.Categories = []recommend.Category{recommend.NewCategory("science FICTION")}
		}},
		{"year", func(b *recommend.Book) { b.Year = -b.Year }},
		{"isbn", func(b *recommend.Book) { b.ISBN13 = "9780441172719" }},
		{"language", func(b *recommend.Book) { b.Language = "en-us" }},
		{"description", func(b *recommend.Book) { b.Description += " " }},
		{"series", func(b *recommend.Book) { b.Series = "hainish cycle" }},
		{"series position", func(b *recommend.Book) { b.SeriesPosition = new(0.0) }},
		{"no series position", func(b *recommend.Book) { b.SeriesPosition = nil }},
		{"average rating", func(b *recommend.Book) { b.AverageRating = math.Nextafter(b.AverageRating, 5) }},
		{"ratings count", func(b *recommend.Book) { b.RatingsCount++ }},
		{"currency", func(b *recommend.Book) { b.Price.Currency = "USD" }},
		{"units", func(b *recommend.Book) { b.Price.Units = 0 }},
		{"nanos", func(b *recommend.Book) { b.Price.Nanos++ }},
		{"cover", func(b *recommend.Book) { b.CoverURL += "#" }},
	} {
		change.to(&book)
		expect(s, change.field, s.putBooks(book), store.Counts{Changed: 1})
		expect(s, change.field+" again", s.putBooks(book), store.Counts{Equal: 1})
	}
	books, _ := s.books()
	expect(s, "the book in the end", books, []recommend.Book{book})
}

func lastBookCounts(s *subject) {
	counts := s.putBooks(titled(1, "first"), titled(2, "two"), titled(1, "second"), titled(1, "last"))
	expect(s, "two new ones", counts, store.Counts{New: 2})
	books, _ := s.books()
	expect(s, "the books", books, []recommend.Book{titled(1, "last"), titled(2, "two")})
}

func lastBookEqual(s *subject) {
	s.putBooks(titled(1, "kept"))
	before := s.revision()
	expect(s, "the counts", s.putBooks(titled(1, "not kept"), titled(1, "kept")), store.Counts{Equal: 1})
	expect(s, "the revision", s.revision(), before)
}

func replaceBook(s *subject) {
	s.putBooks(fullBook())
	s.putBooks(titled(fullBook().ID, "bare"))
	books, _ := s.books()
	expect(s, "the books", books, []recommend.Book{titled(fullBook().ID, "bare")})
}

func putNoBooks(s *subject) {
	expect(s, "the counts", s.putBooks(), store.Counts{})
	expect(s, "the revision", s.revision(), 0)
}

func revisionGrows(s *subject) {
	before := s.revision()
	for _, book := range []recommend.Book{titled(1, "one"), titled(2, "two"), titled(1, "eins"), titled(1, "one")} {
		s.putBooks(book)
		books, revision := s.books()
		if revision <= before || len(books) == 0 {
			s.Errorf("after %q: %d books of revision %d, which was %d before", book.Title, len(books), revision, before)
		}
		expect(s, "the revision alone", s.revision(), revision)
		before = revision
	}
}

func revisionStays(s *subject) {
	s.putBooks(fullBook(), titled(1, "one"))
	before := s.revision()
	s.putBooks(titled(1, "one"), fullBook())
	s.record(view("event", 1, noon))
	s.put(view("event", 1, unknown))
	s.deleteUser(1)
	expect(s, "the revision", s.revision(), before)
}

func manyBooks(s *subject) {
	want := make([]recommend.Book, large)
	for i := range want {
		want[i] = fullBook()
		want[i].ID = int64(i + 1)
	}
	shuffled := slices.Clone(want)
	slices.Reverse(shuffled)
	expect(s, "the counts", s.putBooks(shuffled...), store.Counts{New: large})
	expect(s, "the counts again", s.putBooks(shuffled...), store.Counts{Equal: large})
	books, _ := s.books()
	if !slices.EqualFunc(books, want, func(a, b recommend.Book) bool { return a.ID == b.ID && a.ISBN13 == b.ISBN13 }) {
		s.Errorf("%d books came back, want %d in order", len(books), large)
	}
}

// What a caller does to the values that it put or was given changes nothing.
func booksAreCopies(s *subject) {
	book := fullBook()
	s.putBooks(book)
	for range 2 {
		book.Authors[0], book.Categories[0], *book.SeriesPosition = "Nobody", recommend.NewCategory("Nothing"), 9
		books, _ := s.books()
		expect(s, "the book", books, []recommend.Book{fullBook()})
		if len(books) == 1 {
			book = books[0]
		}
	}
}
