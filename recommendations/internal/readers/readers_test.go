package readers

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeStore keeps events by reader. Reads take their time, and may fail.
type fakeStore struct {
	store.Activities

	mu     sync.Mutex
	events map[int64][]recommend.Activity
	reads  int
	takes  time.Duration
	err    error
}

func (s *fakeStore) History(ctx context.Context, userID int64) ([]recommend.Activity, error) {
	s.mu.Lock()
	events, takes, err := s.events[userID], s.takes, s.err // as they are when the read begins
	s.reads++
	s.mu.Unlock()
	select {
	case <-time.After(takes):
		return events, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *fakeStore) RecordActivity(_ context.Context, events []recommend.Activity) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.events == nil {
		s.events = make(map[int64][]recommend.Activity)
	}
	for _, e := range events {
		s.events[e.UserID] = append([]recommend.Activity{e}, s.events[e.UserID]...)
	}
	return len(events), s.err
}

func (s *fakeStore) DeleteActivity(_ context.Context, userID int64, _ []string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events[userID] = nil
	return 1, s.err
}

func (s *fakeStore) DeleteUser(_ context.Context, userID int64) (int64, error) {
	n, err := s.DeleteActivity(context.Background(), userID, nil)
	return int64(n), err
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 123_456_789, time.UTC)

func newReaders(s *fakeStore) *Readers {
	r := New(s, func() time.Time { return noon }, prometheus.NewRegistry())
	return r
}

func purchase(bookID int64) []recommend.Activity {
	return []recommend.Activity{{EventID: "e", UserID: 1, BookID: bookID, Kind: recommend.Purchase}}
}

// knows asks whether the reader's history excludes a book.
func knows(t *testing.T, r *Readers, userID, bookID int64) bool {
	t.Helper()
	history, err := r.History(t.Context(), userID)
	if err != nil {
		t.Fatal(err)
	}
	return history.Excludes(bookID)
}

func TestHistoryIsCached(t *testing.T) {
	s := new(fakeStore)
	r := newReaders(s)
	for range 3 {
		if knows(t, r, 1, 7) {
			t.Error("the reader did nothing yet")
		}
	}
	if s.reads != 1 {
		t.Errorf("three questions read the store %d times", s.reads)
	}
	for result, want := range map[string]float64{"hit": 2, "miss": 1, "failed": 0} {
		if got := testutil.ToFloat64(r.lookups.WithLabelValues(result)); got != want {
			t.Errorf("counted %v lookups with %s, want %v", got, result, want)
		}
	}
}

// The next question after each change is answered with it.
func TestOwnChangesShowAtOnce(t *testing.T) {
	s := new(fakeStore)
	r := newReaders(s)
	knows(t, r, 1, 7)
	if n, err := r.Record(t.Context(), purchase(7)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if !knows(t, r, 1, 7) {
		t.Error("what was bought is not known")
	}
	if n, err := r.Delete(t.Context(), 1, []string{"e"}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if knows(t, r, 1, 7) {
		t.Error("what was undone is still known")
	}
	s.err = errors.New("the answer got lost")
	if _, err := r.Record(t.Context(), purchase(8)); err == nil {
		t.Fatal("no error")
	}
	s.err = nil
	if !knows(t, r, 1, 8) {
		t.Error("what was kept, though nobody came to say so, is not known")
	}
	if n, err := r.Erase(t.Context(), 1); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if knows(t, r, 1, 8) {
		t.Error("a reader who was erased is still known")
	}
}

func TestChangesElsewhere(t *testing.T) {
	for name, change := range map[string]store.Change{
		"of this reader": {Users: []int64{5, 1}},
		"of anything":    {All: true},
	} {
		s := &fakeStore{events: map[int64][]recommend.Activity{}}
		r := newReaders(s)
		knows(t, r, 1, 7)
		s.events[1] = purchase(7)
		if knows(t, r, 1, 7) {
			t.Fatal("the test's change is not cached away")
		}
		r.Forget(store.Change{Catalog: true, Users: []int64{2}})
		if knows(t, r, 1, 7) {
			t.Error("another reader's change dropped this one's history")
		}
		r.Forget(change)
		if !knows(t, r, 1, 7) {
			t.Errorf("a change %s does not show", name)
		}
	}
}

// A history that was being read while it changed is not kept, and nobody who asks after the
// change gets it.
func TestChangeWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeStore{events: map[int64][]recommend.Activity{}, takes: 50 * time.Millisecond}
		r := newReaders(s)
		var asking sync.WaitGroup
		asking.Go(func() {
			if knows(t, r, 1, 7) {
				t.Error("the first question got an answer from the future")
			}
		})
		synctest.Wait() // it reads by now
		if _, err := r.Record(t.Context(), purchase(7)); err != nil {
			t.Fatal(err)
		}
		if !knows(t, r, 1, 7) {
			t.Error("a question after the change got what was read before it")
		}
		asking.Wait()
		if !knows(t, r, 1, 7) {
			t.Error("what was read before the change was kept after it")
		}
	})
}

func TestOneReadForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeStore{takes: 50 * time.Millisecond}
		r := newReaders(s)
		var asking sync.WaitGroup
		for range 12 {
			asking.Go(func() { knows(t, r, 1, 7) })
		}
		asking.Wait()
		if s.reads != 1 {
			t.Errorf("a page's twelve shelves read the store %d times", s.reads)
		}
	})
}

// A slow store holds up nobody for long, and a caller who leaves takes nobody along.
func TestStoreIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeStore{takes: time.Hour}
		r := newReaders(s)
		start := time.Now()
		if _, err := r.History(t.Context(), 1); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != historyTimeout {
			t.Errorf("got %v after %v", err, time.Since(start))
		}

		s.takes = 50 * time.Millisecond
		hasty, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		var patient sync.WaitGroup
		patient.Go(func() { _, _ = r.History(hasty, 2) })
		synctest.Wait()
		if _, err := r.History(t.Context(), 2); err != nil {
			t.Errorf("a caller who left took another one along: %v", err)
		}
		patient.Wait()
	})
}

// A store that is gone is soon not waited for any more, but for one reader every second, and
// everybody's history is known again with the first that can be read.
func TestStoreIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(fakeStore)
		r := New(s, time.Now, prometheus.NewRegistry())
		knows(t, r, 1, 7)
		s.takes = time.Hour
		ask := func(userID int64) (waited bool) {
			start, reads := time.Now(), s.reads
			_, err := r.History(t.Context(), userID)
			waited = time.Since(start) > 0
			if waited != (s.reads > reads) || !waited && !errors.Is(err, recommend.ErrUnavailable) {
				t.Errorf("reader %d waited %v, the store was read %d times, and got %v", userID, waited, s.reads-reads, err)
			}
			return waited
		}
		for user := int64(2); user < 2+maxFailures; user++ {
			if !ask(user) {
				t.Errorf("after %d failures the store is not asked", user-2)
			}
		}
		for range 3 {
			if ask(10) || ask(11) {
				t.Error("a store that is gone is waited for")
			}
			time.Sleep(retryInterval)
			if !ask(12) || ask(13) {
				t.Error("not one reader asks the store again")
			}
		}
		knows(t, r, 1, 7) // is in memory
		s.takes = 0
		time.Sleep(retryInterval)
		knows(t, r, 14, 7)
		knows(t, r, 15, 7)
	})
}

// Histories are bounded by what they hold, not by their number.
func TestCacheIsBounded(t *testing.T) {
	s := &fakeStore{events: map[int64][]recommend.Activity{}}
	r := newReaders(s)
	big := make([]recommend.Activity, maxEvents/10)
	for user := int64(1); user <= 100; user++ {
		s.events[user] = big
		knows(t, r, user, 7)
	}
	r.cache.CleanUp()
	if n := r.cache.WeightedSize(); n > maxEvents {
		t.Errorf("the cache holds %d events, at most %d are allowed", n, maxEvents)
	}
	if n := r.cache.EstimatedSize(); n == 0 || n > 10 {
		t.Errorf("the cache holds %d histories of %d events each", n, len(big))
	}
}

func TestRecordTellsTheTime(t *testing.T) {
	s := new(fakeStore)
	r := newReaders(s)
	then := noon.Add(-time.Hour).Truncate(time.Microsecond)
	events := append(purchase(7), purchase(8)...)
	events[0].OccurredAt = then
	if _, err := r.Record(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	got := s.events[1]
	if want := noon.Truncate(time.Microsecond); !got[0].OccurredAt.Equal(want) || !got[1].OccurredAt.Equal(then) {
		t.Errorf("kept %v and %v, want %v and %v", got[0].OccurredAt, got[1].OccurredAt, want, then)
	}
}
