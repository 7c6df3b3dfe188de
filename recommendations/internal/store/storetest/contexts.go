package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

var contextCases = []testCase{
	{"a cancelled call says so and changes nothing", func(s *subject) {
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		s.changesNothing(ctx, context.Canceled)
	}},
	{"a call after its deadline says so and changes nothing", func(s *subject) {
		ctx, cancel := context.WithDeadline(s.ctx, time.Unix(1, 0))
		defer cancel()
		s.changesNothing(ctx, context.DeadlineExceeded)
	}},
	{"calls that are cancelled while others write", cancelAmongWriters},
	{"a call whose context ends during it does all or nothing", allOrNothing},
}

// A call is one of a store's methods with some arguments.
type call struct {
	method string
	do     func(context.Context, store.Store) error
}

// calls returns every method but Close, with arguments that would change each thing that
// s.something has put.
func calls() []call {
	return []call{
		{"Migrate", func(ctx context.Context, s store.Store) error { return s.Migrate(ctx) }},
		{"Ready", func(ctx context.Context, s store.Store) error { return s.Ready(ctx) }},
		{"Watch", func(ctx context.Context, s store.Store) error { return s.Watch(ctx, func(store.Change) {}) }},
		{"PutBooks", func(ctx context.Context, s store.Store) error {
			_, err := s.PutBooks(ctx, []recommend.Book{titled(1, "changed"), titled(2, "new")})
			return err
		}},
		{"Books", func(ctx context.Context, s store.Store) error { _, _, err := s.Books(ctx); return err }},
		{"CatalogRevision", func(ctx context.Context, s store.Store) error { _, err := s.CatalogRevision(ctx); return err }},
		{"RecordActivity", func(ctx context.Context, s store.Store) error {
			_, err := s.RecordActivity(ctx, []recommend.Activity{view("recorded", 1, noon)})
			return err
		}},
		{"PutActivity", func(ctx context.Context, s store.Store) error {
			_, err := s.PutActivity(ctx, []recommend.Activity{rating("kept", 1, 9, 5, after(1)), view("put", 1, noon)})
			return err
		}},
		{"ListActivity", func(ctx context.Context, s store.Store) error {
			_, _, err := s.ListActivity(ctx, 1, nil, 1)
			return err
		}},
		{"DeleteActivity", func(ctx context.Context, s store.Store) error {
			_, err := s.DeleteActivity(ctx, 1, []string{"kept"})
			return err
		}},
		{"DeleteUser", func(ctx context.Context, s store.Store) error { _, err := s.DeleteUser(ctx, 1); return err }},
		{"History", func(ctx context.Context, s store.Store) error { _, err := s.History(ctx, 1); return err }},
		{"BookStats", func(ctx context.Context, s store.Store) error { _, err := s.BookStats(ctx); return err }},
		{"DailyReaders", func(ctx context.Context, s store.Store) error { _, err := s.DailyReaders(ctx, noon); return err }},
		{"TrainingLease", func(ctx context.Context, s store.Store) error { _, err := s.TrainingLease(ctx); return err }},
		{"LatestModel", func(ctx context.Context, s store.Store) error { _, err := s.LatestModel(ctx); return err }},
		{"ModelBefore", func(ctx context.Context, s store.Store) error { _, err := s.ModelBefore(ctx, 2); return err }},
		{"ModelVersion", func(ctx context.Context, s store.Store) error { _, err := s.ModelVersion(ctx); return err }},
		{"Interactions", func(ctx context.Context, s store.Store) error {
			return s.Interactions(ctx, func(recommend.Activity) error { return nil })
		}},
	}
}

// something puts one of each.
func (s *subject) something() {
	s.Helper()
	s.putBooks(titled(1, "kept"))
	s.record(view("kept", 1, noon))
}

// stillSomething compares all there is with what something put.
func (s *subject) stillSomething() {
	s.Helper()
	books, _ := s.books()
	expect(s, "the books", books, []recommend.Book{titled(1, "kept")})
	expect(s, "the events", s.list(1), []recommend.Activity{view("kept", 1, noon)})
}

// changesNothing calls every method with a context that has ended.
func (s *subject) changesNothing(ctx context.Context, want error) {
	s.Helper()
	s.something()
	revision := s.revision()
	for _, c := range calls() {
		if err := c.do(ctx, s.store); !errors.Is(err, want) {
			s.Errorf("%s returned %v, want %v", c.method, err, want)
		}
		s.stillSomething()
	}
	expect(s, "the revision", s.revision(), revision)
}

// Half of the writers lose their patience now and then. What others were told is kept stays,
// and nobody else is told of it.
func cancelAmongWriters(s *subject) {
	const rounds = 40
	var mu sync.Mutex
	acknowledged := make(map[string]bool)
	var writing sync.WaitGroup
	for writer := range uint64(concurrent) {
		writing.Go(func() {
			random := rand.New(rand.NewPCG(1, writer))
			for round := range rounds {
				ctx, cancel := context.WithCancel(s.ctx)
				impatient := writer%2 == 0
				if impatient {
					time.AfterFunc(time.Duration(random.IntN(2000))*time.Microsecond, cancel)
				}
				id := fmt.Sprintf("%d-%d", writer, round)
				recorded, err := s.store.RecordActivity(ctx, []recommend.Activity{view(id, 1, noon)})
				cancel()
				switch {
				case err == nil && recorded == 1:
					mu.Lock()
					acknowledged[id] = true
					mu.Unlock()
				case !impatient || !errors.Is(err, context.Canceled) || recorded != 0:
					s.Errorf("event %s: recorded %d with error %v", id, recorded, err)
				}
			}
		})
	}
	writing.Wait()
	if least := concurrent / 2 * rounds; len(acknowledged) < least {
		s.Errorf("%d events were acknowledged, want %d or more", len(acknowledged), least)
	}
	for _, event := range s.list(1) {
		delete(acknowledged, event.EventID)
	}
	if len(acknowledged) > 0 {
		s.Errorf("acknowledged events are gone: %v", acknowledged)
	}
}

// An id of a call that ended early can be tried again: it is there or it is not.
func allOrNothing(s *subject) {
	const size = 200
	for round := range 20 {
		ctx, cancel := context.WithTimeout(s.ctx, time.Duration(round*150)*time.Microsecond)
		user := int64(round + 1)
		events := views(fmt.Sprint(round, "-"), user, size)
		recorded, err := s.store.RecordActivity(ctx, events)
		cancel()
		if err != nil && (recorded != 0 || !errors.Is(err, context.DeadlineExceeded)) || err == nil && recorded != size {
			s.Errorf("recorded %d with error %v", recorded, err)
		}
		again := s.record(events...)
		if again != 0 && again != size || err == nil && again != 0 {
			s.Errorf("%d of %d events were new again after error %v", again, size, err)
		}
		expect(s, "kept", len(s.list(user)), size)
	}
}
