package shop

import (
	"context"
	"errors"
)

// Errors that the shop's needs return, and the shop in turn. Any other error means that there
// is no answer now.
var (
	ErrNotFound = errors.New("not found")              // no such book or category
	ErrBadPage  = errors.New("no such page of a list") // a page token that is not this list's
)

// What the shop needs of others. Every method returns when ctx ends, at the latest.

// A Catalog knows the books.
type Catalog interface {
	// Categories returns the categories that have books, the largest first.
	Categories(ctx context.Context) ([]Category, error)
	// Book returns a book, or [ErrNotFound].
	Book(ctx context.Context, id int64) (*Book, error)
	// Books returns those of up to 100 books that there are, in the order of their ids.
	Books(ctx context.Context, ids []int64) ([]*Book, error)
	// List returns a page of books, or [ErrNotFound] or [ErrBadPage].
	List(ctx context.Context, q ListQuery) (List, error)
	// Search returns a page of the books that match, or [ErrNotFound] or [ErrBadPage].
	Search(ctx context.Context, q SearchQuery) (List, error)
}

// A ListQuery asks for books: at most one of Category, Author and Series is set.
type ListQuery struct {
	Category string // a slug
	Author   string
	Series   string
	Order    Order
	Size     int    // 1 to 100
	Page     string // List.Next of the page before; "" is the first
}

// A SearchQuery asks for books that match a text.
type SearchQuery struct {
	Text     string // at most MaxSearch characters
	Category string // a slug; "" is everywhere
	Order    Order
	Size     int
	Page     string
}

// MaxSearch is how many characters of a text are searched for.
const MaxSearch = 200

// A List is a page of books.
type List struct {
	Books []*Book
	Next  string // names the next page; "" on the last
	Total int    // of the books on all pages
}

// A Recommender recommends books. The books of its reasons may have no more than an id.
type Recommender interface {
	// Recommend returns up to n books for a visitor, of the category with a slug or of all, or
	// [ErrNotFound].
	Recommend(ctx context.Context, v Visitor, slug string, n int) ([]Pick, error)
	// Similar returns up to n books that go with one, but none that the reader knows, or
	// [ErrNotFound].
	Similar(ctx context.Context, book, reader int64, n int) ([]Pick, error)
	// Popular returns up to n books that are read most, of the category with a slug or of all,
	// or [ErrNotFound].
	Popular(ctx context.Context, slug string, n int) ([]Pick, error)
	// Trending returns up to n books that are read most lately.
	Trending(ctx context.Context, n int) ([]Pick, error)
}

// An Activity keeps what readers do.
type Activity interface {
	// Record keeps up to 500 events, all or none. They are durable when it returns nil.
	Record(ctx context.Context, events []Event) error
	// Events returns a page of what is kept about a reader, the newest first, and what names the
	// next page; "" is the first page, and after the last.
	Events(ctx context.Context, reader int64, page string) ([]Event, string, error)
	// Remove removes up to 500 of a reader's events for good. Ids that are not kept are passed over.
	Remove(ctx context.Context, reader int64, ids []string) error
	// Erase removes everything that is kept about a reader, for good, and returns how many events
	// there were.
	Erase(ctx context.Context, reader int64) (int64, error)
}
