// Package catalog holds all books in memory, where they are browsed and searched. It knows
// nothing of where they come from.
package catalog

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"bookmarket/recommendations/internal/recommend"
)

// A Catalog is the books at one moment. It never changes, so it may be used concurrently; what
// it returns is shared and for reading only.
//
// Inside, a book goes by its number: its place by popularity, from 0. So lists of numbers in
// ascending order have the most popular books first.
type Catalog struct {
	revision   int64
	books      []*recommend.Book // by number
	popularity []int64           // by number
	numbers    map[int64]uint32  // by id
	orders     [orders]ordering
	groups     groups
	index      index
	matches    sync.Pool // of *matches
}

// New makes a catalogue of books with different ids, which it takes over, and of what readers
// did with them, which may be nil. A book without ratings of its own gets those of the readers.
func New(books []recommend.Book, stats map[int64]recommend.BookStats, revision int64) *Catalog {
	c := &Catalog{
		revision:   revision,
		books:      make([]*recommend.Book, len(books)),
		popularity: make([]int64, len(books)),
		numbers:    make(map[int64]uint32, len(books)),
	}
	popularity := make(map[int64]int64, len(books))
	for i := range books {
		book := &books[i]
		c.books[i] = book
		stat := stats[book.ID]
		// Before the readers' ratings are the book's: who rated it is among its readers already.
		popularity[book.ID] = sum(book.RatingsCount, stat.Readers)
		rate(book, stat)
	}
	slices.SortFunc(c.books, func(a, b *recommend.Book) int {
		return cmp.Or(cmp.Compare(popularity[b.ID], popularity[a.ID]), cmp.Compare(a.ID, b.ID))
	})
	for i, book := range c.books {
		c.numbers[book.ID] = uint32(i)
		c.popularity[i] = popularity[book.ID]
	}
	c.groups = newGroups(c.books)
	c.index = newIndex(c.books)
	for order := range c.orders {
		c.orders[order] = c.sort(Order(order))
	}
	c.matches.New = func() any { return newMatches(len(c.books)) }
	return c
}

// sum adds what is not negative; a file may say that a book has all ratings that fit.
func sum(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// rate gives a book the readers' ratings where it has none.
func rate(book *recommend.Book, stat recommend.BookStats) {
	if stat.Ratings == 0 {
		return
	}
	if book.RatingsCount == 0 {
		book.RatingsCount = stat.Ratings
	}
	if book.AverageRating == 0 {
		book.AverageRating = float64(stat.RatingSum) / float64(stat.Ratings)
	}
}

// Revision names the state of the catalogue.
func (c *Catalog) Revision() int64 { return c.revision }

// Len returns the number of books.
func (c *Catalog) Len() int { return len(c.books) }

// Book returns the book with an id, if there is one.
func (c *Catalog) Book(id int64) (*recommend.Book, bool) {
	number, ok := c.numbers[id]
	if !ok {
		return nil, false
	}
	return c.books[number], true
}

// Popularity returns how many readers a book has had: those of its file, and those that the
// shop knows of.
func (c *Catalog) Popularity(id int64) int64 {
	number, ok := c.numbers[id]
	if !ok {
		return 0
	}
	return c.popularity[number]
}
