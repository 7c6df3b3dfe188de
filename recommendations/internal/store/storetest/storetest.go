// Package storetest holds the suite that every store passes, and a machine that compares a
// store with a model step by step. Both know stores by their interface alone.
package storetest

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// caseTimeout bounds a case, and every call in it.
const caseTimeout = time.Minute

// concurrent is how many goroutines call a store at the same time.
const concurrent = 16

// large is the size of a large batch.
const large = 5000

// A testCase checks one promise on a store of its own.
type testCase struct {
	name string
	run  func(*subject)
}

// Run runs the suite. open returns an empty store that is migrated and ends with the test.
func Run(t *testing.T, open func(t testing.TB) store.Store) {
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"put books", bookCases},
		{"keep books", fidelityCases},
		{"record activity", recordCases},
		{"put activity", putCases},
		{"order", orderCases},
		{"pages", pageCases},
		{"history", historyCases},
		{"statistics", statsCases},
		{"days", dailyCases},
		{"erase", eraseCases},
		{"contexts", contextCases},
		{"concurrency", concurrencyCases},
		{"models", modelCases},
		{"training lease", leaseCases},
		{"interactions", interactionCases},
		{"watch", watchCases},
		{"life", lifeCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
					defer cancel()
					c.run(&subject{T: t, store: open(t), ctx: ctx})
				})
			}
		})
	}
}

// A subject is a store under test. Its methods are those of the store, but end the test where
// the store fails or where what they pass to it is not valid.
type subject struct {
	*testing.T

	store store.Store
	ctx   context.Context
}

func (s *subject) putBooks(books ...recommend.Book) store.Counts {
	s.Helper()
	for i := range books {
		s.must(books[i].Validate())
	}
	counts, err := s.store.PutBooks(s.ctx, books)
	s.must(err)
	return counts
}

func (s *subject) books() ([]recommend.Book, int64) {
	s.Helper()
	books, revision, err := s.store.Books(s.ctx)
	s.must(err)
	return books, revision
}

func (s *subject) revision() int64 {
	s.Helper()
	revision, err := s.store.CatalogRevision(s.ctx)
	s.must(err)
	return revision
}

func (s *subject) record(events ...recommend.Activity) int {
	s.Helper()
	s.valid(events)
	recorded, err := s.store.RecordActivity(s.ctx, events)
	s.must(err)
	return recorded
}

func (s *subject) put(events ...recommend.Activity) store.Counts {
	s.Helper()
	s.valid(events)
	counts, err := s.store.PutActivity(s.ctx, events)
	s.must(err)
	return counts
}

func (s *subject) page(userID int64, after *store.Cursor, n int) ([]recommend.Activity, *store.Cursor) {
	s.Helper()
	events, next, err := s.store.ListActivity(s.ctx, userID, after, n)
	s.must(err)
	return events, next
}

// list returns all of a reader's events.
func (s *subject) list(userID int64) []recommend.Activity {
	s.Helper()
	events, next := s.page(userID, nil, 10*large)
	if next != nil {
		s.Fatalf("there is a page after all %d events", len(events))
	}
	return events
}

func (s *subject) deleteActivity(userID int64, eventIDs ...string) int {
	s.Helper()
	deleted, err := s.store.DeleteActivity(s.ctx, userID, eventIDs)
	s.must(err)
	return deleted
}

func (s *subject) deleteUser(userID int64) int64 {
	s.Helper()
	deleted, err := s.store.DeleteUser(s.ctx, userID)
	s.must(err)
	return deleted
}

func (s *subject) history(userID int64) []recommend.Activity {
	s.Helper()
	events, err := s.store.History(s.ctx, userID)
	s.must(err)
	return events
}

func (s *subject) stats() map[int64]recommend.BookStats {
	s.Helper()
	stats, err := s.store.BookStats(s.ctx)
	s.must(err)
	return stats
}

func (s *subject) daily(since time.Time) []recommend.DailyReaders {
	s.Helper()
	daily, err := s.store.DailyReaders(s.ctx, since)
	s.must(err)
	return daily
}

func (s *subject) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// valid ends the test where a store would not have to do anything sensible.
func (s *subject) valid(events []recommend.Activity) {
	s.Helper()
	for i := range events {
		if err := events[i].Validate(endOfTime); err != nil {
			s.Fatalf("event %q: %v", events[i].EventID, err)
		}
	}
}

// expect compares any two values.
func expect[T any](s *subject, what string, got, want T) {
	s.Helper()
	if !reflect.DeepEqual(got, want) {
		s.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

// expectIDs compares events by their ids, in their order.
func expectIDs(s *subject, what string, events []recommend.Activity, want ...string) {
	s.Helper()
	if got := ids(events); !slices.Equal(got, want) {
		s.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func ids(events []recommend.Activity) []string {
	list := make([]string, len(events))
	for i := range events {
		list[i] = events[i].EventID
	}
	return list
}
