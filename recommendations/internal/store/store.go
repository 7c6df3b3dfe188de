// Package store says what every store of books and of what readers did must do. Package
// storetest holds the suite that each of them passes.
package store

import (
	"context"
	"errors"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// A Store keeps books and what readers did. Its methods may be called concurrently, and return
// soon after their context ends. They return [recommend.ErrUnavailable] where the database
// cannot be reached, within a second for what readers do, and [recommend.ErrStorageFull] where it has no
// space; in both cases with the driver's words for the log alone. Values are valid: callers
// check them by their Validate methods first.
type Store interface {
	// Migrate brings the schema up to date. Several processes may do so at once. It returns
	// [ErrSchemaTooNew] where a newer program has been here.
	Migrate(ctx context.Context) error
	// Ready returns nil while the store can be written to.
	Ready(ctx context.Context) error
	// Close waits for writes under way and ends all others with ErrUnavailable.
	Close() error

	Books
	Activities
	Models
	// Watch calls changed for each change that any process makes, until ctx ends, at most a
	// second after it is committed. It may report too much, never too little: where it may have
	// missed something it reports that everything changed. It returns ctx's error.
	Watch(ctx context.Context, changed func(Change)) error
}

// Books are the catalogue's part of a store.
type Books interface {
	// PutBooks adds or replaces books, all or none. Of books with the same id the last counts.
	PutBooks(ctx context.Context, books []recommend.Book) (Counts, error)
	// Books returns all books by ascending id, and the revision of the catalogue they are,
	// which grows with each PutBooks that changes something. An empty store's is 0.
	Books(ctx context.Context) (books []recommend.Book, revision int64, err error)
	// CatalogRevision returns the revision alone.
	CatalogRevision(ctx context.Context) (int64, error)
}

// Activities are the readers' part of a store. Event ids are unique in the whole store.
type Activities interface {
	// RecordActivity adds events, all or none, and returns how many were new: an id that is
	// kept already is passed over, whatever else the event says, and so is the second of two
	// in one call. When it returns they are durable. If ctx ends first they may or may not be.
	RecordActivity(ctx context.Context, events []recommend.Activity) (recorded int, err error)
	// PutActivity adds or replaces events by their ids, all or none: the form for imports. Of
	// events with the same id the last counts.
	PutActivity(ctx context.Context, events []recommend.Activity) (Counts, error)
	// ListActivity returns up to n of a reader's events after a cursor, newest first; events of
	// one instant in the reverse order of their arrival, and those without a time last. next is
	// nil on the last page. Pages neither repeat nor leave out events that were there when the
	// first was read and still are.
	ListActivity(ctx context.Context, userID int64, after *Cursor, n int) (events []recommend.Activity, next *Cursor, err error)
	// DeleteActivity removes those of a reader's events and returns how many there were.
	DeleteActivity(ctx context.Context, userID int64, eventIDs []string) (deleted int, err error)
	// DeleteUser removes everything about a reader and returns how many events there were.
	DeleteUser(ctx context.Context, userID int64) (deleted int64, err error)
	// History returns everything that a reader did but views, and the latest
	// [recommend.MaxViews] of those, in the order of ListActivity.
	History(ctx context.Context, userID int64) ([]recommend.Activity, error)
	// BookStats returns for each book that readers wanted, rated or bought how many different
	// readers they were, and how they rated it: of a reader's ratings of a book the one that
	// ListActivity has first counts.
	BookStats(ctx context.Context) (map[int64]recommend.BookStats, error)
	// DailyReaders returns how many different readers did something of each kind with each book
	// on each day (UTC) from since on, ordered by day, book and kind.
	DailyReaders(ctx context.Context, since time.Time) ([]recommend.DailyReaders, error)
}

// A Cursor is a place in a reader's events. It stays valid for as long as the store exists,
// also when the event it was made from is deleted.
type Cursor struct {
	OccurredAt int64 // microseconds since 1970; 0: unknown
	Seq        int64 // the number that the event got when it arrived
}

// Counts says what became of what was put.
type Counts struct{ New, Changed, Equal int }

// Add adds up counts.
func (c *Counts) Add(d Counts) {
	c.New += d.New
	c.Changed += d.Changed
	c.Equal += d.Equal
}

// A Change is something that a process, perhaps this one, changed.
type Change struct {
	Catalog bool    // some books
	Model   bool    // which model is the latest
	Users   []int64 // what these readers did
	All     bool    // anything
}

// ErrSchemaTooNew is a database that a newer program has migrated.
var ErrSchemaTooNew = errors.New("the database has a newer schema than this program knows")
