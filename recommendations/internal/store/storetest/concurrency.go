package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"

	"bookmarket/recommendations/internal/recommend"
)

var concurrencyCases = []testCase{
	{"the same ids from many writers count once", sameIDs},
	{"different ids from many writers are all kept", differentIDs},
	{"the same ids recorded and put are new once", recordAndPut},
	{"the same events deleted by many are deleted once", deletedOnce},
	{"a reader deleted while writing", deleteWhileWriting},
	{"a call's events are seen together", seenTogether},
	{"books from many writers are all kept", booksFromMany},
	{"a call's books are seen together, with their revision", booksSeenTogether},
}

// together runs f in many goroutines and waits for them.
func together(f func(n int)) {
	var all sync.WaitGroup
	for n := range concurrent {
		all.Go(func() { f(n) })
	}
	all.Wait()
}

func sameIDs(s *subject) {
	const n = 100
	events := mixed("event-", 1, n)
	var total atomic.Int64
	together(func(writer int) {
		for i := range events {
			// Each begins elsewhere, and sends pairs that overlap.
			first, second := events[(i+writer*7)%n], events[(i+writer*7+1)%n]
			recorded, err := s.store.RecordActivity(s.ctx, []recommend.Activity{first, second})
			if err != nil {
				s.Error(err)
			}
			total.Add(int64(recorded))
		}
	})
	expect(s, "recorded in total", total.Load(), n)
	expect(s, "kept", len(s.list(1)), n)
}

func differentIDs(s *subject) {
	const n = 50
	together(func(writer int) {
		for i, event := range mixed(fmt.Sprint(writer, "-"), int64(writer%3+1), n) {
			if recorded, err := s.store.RecordActivity(s.ctx, []recommend.Activity{event}); err != nil || recorded != 1 {
				s.Errorf("event %d: recorded %d with error %v", i, recorded, err)
			}
		}
	})
	expect(s, "kept", len(s.list(1))+len(s.list(2))+len(s.list(3)), concurrent*n)
}

func recordAndPut(s *subject) {
	const n = 200
	var added atomic.Int64
	together(func(writer int) {
		for i, event := range mixed("event-", int64(writer+1), n) {
			if writer%2 == 0 {
				recorded, err := s.store.RecordActivity(s.ctx, []recommend.Activity{event})
				if err != nil {
					s.Errorf("record %d: %v", i, err)
				}
				added.Add(int64(recorded))
				continue
			}
			counts, err := s.store.PutActivity(s.ctx, []recommend.Activity{event})
			if err != nil || counts.New+counts.Changed+counts.Equal != 1 {
				s.Errorf("put %d: %+v, %v", i, counts, err)
			}
			added.Add(int64(counts.New))
		}
	})
	kept := 0
	for user := range int64(concurrent) {
		kept += len(s.list(user + 1))
	}
	expect(s, "new in total", added.Load(), n)
	expect(s, "kept", kept, n)
}

func deletedOnce(s *subject) {
	const n = 100
	events := mixed("event-", 1, n)
	s.record(events...)
	var total atomic.Int64
	together(func(writer int) {
		for i := range events {
			deleted, err := s.store.DeleteActivity(s.ctx, 1, ids(events[(i*7+writer)%n:][:1]))
			if err != nil {
				s.Error(err)
			}
			total.Add(int64(deleted))
		}
	})
	expect(s, "deleted in total", total.Load(), n)
	expectIDs(s, "left", s.list(1))
}

func deleteWhileWriting(s *subject) {
	const n = 40
	var recorded, deleted atomic.Int64
	together(func(writer int) {
		for i := range n {
			if writer == 0 {
				gone, err := s.store.DeleteUser(s.ctx, 1)
				if err != nil {
					s.Errorf("delete: %v", err)
				}
				deleted.Add(gone)
				continue
			}
			added, err := s.store.RecordActivity(s.ctx, mixed(fmt.Sprintf("%d-%d-", writer, i), 1, 3))
			if err != nil {
				s.Errorf("record: %v", err)
			}
			recorded.Add(int64(added))
		}
	})
	expect(s, "recorded", recorded.Load(), (concurrent-1)*n*3)
	expect(s, "left", int64(len(s.list(1))), recorded.Load()-deleted.Load())
}

func seenTogether(s *subject) {
	const size, rounds = 10, 20
	together(func(writer int) {
		for round := range rounds {
			if writer%4 == 0 {
				if _, err := s.store.RecordActivity(s.ctx, mixed(fmt.Sprintf("%d-%d-", writer, round), 1, size)); err != nil {
					s.Errorf("record: %v", err)
				}
				continue
			}
			events, _, err := s.store.ListActivity(s.ctx, 1, nil, large)
			if err != nil || len(events)%size != 0 {
				s.Errorf("read %d events, of calls of %d each, with error %v", len(events), size, err)
			}
		}
	})
	expect(s, "kept", len(s.list(1)), concurrent/4*rounds*size)
}

// Calls at the same time may share a revision, but none is without a new one.
func booksFromMany(s *subject) {
	const n = 20
	together(func(writer int) {
		for i := range n {
			before, err := s.store.CatalogRevision(s.ctx)
			if err != nil {
				s.Error(err)
			}
			book := titled(int64(writer*n+i+1), fmt.Sprint(writer))
			if counts, err := s.store.PutBooks(s.ctx, []recommend.Book{book}); err != nil || counts.New != 1 {
				s.Errorf("put book %d: %+v, %v", book.ID, counts, err)
			}
			if revision, err := s.store.CatalogRevision(s.ctx); err != nil || revision <= before {
				s.Errorf("revision %d after book %d, was %d before, error %v", revision, book.ID, before, err)
			}
		}
	})
	books, _ := s.books()
	expect(s, "kept", len(books), concurrent*n)
}

// Each call gives all books a year of its own. Who reads sees all books with one year, and
// always the same year with a revision.
func booksSeenTogether(s *subject) {
	const size, rounds = 30, 15
	var years sync.Map // by revision
	together(func(writer int) {
		for round := range rounds {
			if writer%4 == 0 {
				books := make([]recommend.Book, size)
				for i := range books {
					books[i] = titled(int64(i+1), "a book")
					books[i].Year = writer*rounds + round + 1
				}
				if _, err := s.store.PutBooks(s.ctx, books); err != nil {
					s.Errorf("put: %v", err)
				}
				continue
			}
			books, revision, err := s.store.Books(s.ctx)
			if err != nil || len(books) == 0 {
				expect(s, "the error", err, nil)
				continue
			}
			year, _ := years.LoadOrStore(revision, books[0].Year)
			for _, book := range books {
				expect(s, fmt.Sprintf("book %d's year in revision %d", book.ID, revision), book.Year, year.(int))
			}
			expect(s, "the number of books", len(books), size)
		}
	})
}
