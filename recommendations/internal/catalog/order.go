package catalog

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"bookmarket/recommendations/internal/recommend"
)

// An Order is what books are listed by. Books that are equal in it come by id.
type Order int

// The orders. A list by Default has a series by position and anything else by popularity; a
// search has the best matches first.
const (
	Default    Order = iota
	Popularity       // the most read first
	Rating           // the best rated first, of equals those that more readers rated
	Year             // the newest first, those without a year last
	Title            // by the words of the title, folded
	position         // by the position in the series, those without one last
	orders           // how many there are
)

// A Cursor is the place of a book in an order: what it is sorted by. It does not depend on
// other books, so it holds in every later catalogue, whether the book is still there or not:
// what comes behind it came behind it before. Cursors are kept in page tokens as JSON.
type Cursor struct {
	Class  uint8  `json:"c,omitzero"` // how well the book matches; see class
	First  int64  `json:"f,omitzero"`
	Second int64  `json:"s,omitzero"`
	Text   string `json:"t,omitzero"`
	ID     int64  `json:"i"`
}

// compare orders the cursors of one class.
func (k Cursor) compare(other Cursor) int {
	return cmp.Or(
		cmp.Compare(k.First, other.First),
		cmp.Compare(k.Second, other.Second),
		strings.Compare(k.Text, other.Text),
		cmp.Compare(k.ID, other.ID),
	)
}

// keys make a book's cursor in each order, from which everything ascends. Floats that are not
// negative ascend as their bits do, and survive JSON as such.
var keys = [orders]func(c *Catalog, number uint32, book *recommend.Book) Cursor{
	Default:    popularityKey,
	Popularity: popularityKey,
	Rating: func(_ *Catalog, _ uint32, book *recommend.Book) Cursor {
		return Cursor{First: -bits(book.AverageRating), Second: -book.RatingsCount}
	},
	Year: func(_ *Catalog, _ uint32, book *recommend.Book) Cursor {
		if book.Year == 0 {
			return Cursor{First: math.MaxInt64}
		}
		return Cursor{First: -int64(book.Year)}
	},
	Title: func(c *Catalog, number uint32, _ *recommend.Book) Cursor {
		return Cursor{Text: cut(c.index.titles[number])}
	},
	position: func(_ *Catalog, _ uint32, book *recommend.Book) Cursor {
		if book.SeriesPosition == nil {
			return Cursor{First: math.MaxInt64}
		}
		return Cursor{First: bits(*book.SeriesPosition)}
	},
}

func popularityKey(c *Catalog, number uint32, _ *recommend.Book) Cursor {
	return Cursor{First: -c.popularity[number]}
}

func bits(f float64) int64 {
	return int64(math.Float64bits(f + 0)) //nolint:gosec // not negative, and + 0 makes -0 to 0
}

// cut bounds a title for page tokens: titles that are equal so far come by id.
func cut(title string) string {
	const most = 200 // bytes
	if len(title) <= most {
		return title
	}
	end := most
	for !utf8.RuneStart(title[end]) {
		end-- // JSON would not keep half a letter
	}
	return title[:end]
}

// key returns the cursor of a book.
func (c *Catalog) key(order Order, number uint32) Cursor {
	book := c.books[number]
	key := keys[order](c, number, book)
	key.ID = book.ID
	return key
}

// An ordering is all books in one order.
type ordering struct {
	numbers []uint32 // of the books in this order
	ranks   []uint32 // where each book, by number, stands in it
}

func (c *Catalog) sort(order Order) ordering {
	sorted := make([]uint32, len(c.books))
	cursors := make([]Cursor, len(c.books))
	for i := range sorted {
		sorted[i] = uint32(i)
		cursors[i] = c.key(order, sorted[i])
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return cursors[a].compare(cursors[b]) })
	ranks := make([]uint32, len(c.books))
	for rank, number := range sorted {
		ranks[number] = uint32(rank)
	}
	return ordering{sorted, ranks}
}

// behind returns the rank of the first book behind a cursor.
func (c *Catalog) behind(order Order, after *Cursor) int {
	numbers := c.orders[order].numbers
	return sort.Search(len(numbers), func(i int) bool { return c.key(order, numbers[i]).compare(*after) > 0 })
}
