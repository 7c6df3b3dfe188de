package training

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeSource has as many books as its revision, and may fail.
type fakeSource struct {
	store.Models // none

	mu       sync.Mutex
	revision int64
	stats    map[int64]recommend.BookStats
	daily    []recommend.DailyReaders
	since    time.Time
	err      error
	reads    int // of all books
	looks    int // at the catalogue's revision
	counts   int // of readers
}

func (s *fakeSource) set(change func(*fakeSource)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *fakeSource) Books(context.Context) ([]recommend.Book, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	var books []recommend.Book
	for id := int64(1); id <= s.revision; id++ {
		books = append(books, recommend.Book{ID: id, Title: "x"})
	}
	return books, s.revision, s.err
}

func (s *fakeSource) CatalogRevision(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	return s.revision, s.err
}

func (s *fakeSource) BookStats(context.Context) (map[int64]recommend.BookStats, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts++
	return s.stats, s.err
}

func (s *fakeSource) DailyReaders(_ context.Context, since time.Time) ([]recommend.DailyReaders, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = since
	return s.daily, s.err
}

// running starts a publisher for as long as the test, in a bubble, with a first model.
func running(t *testing.T, s *fakeSource) (*Publisher, *bytes.Buffer) {
	t.Helper()
	if s.Models == nil {
		s.Models = memory.New()
	}
	return runningOn(t, s)
}

func runningOn(t *testing.T, s Source) (*Publisher, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	publisher := NewPublisher(s, slog.New(slog.NewTextHandler(log, nil)), time.Now)
	if publisher.Model() != nil || publisher.Catalog() != nil {
		t.Error("there is a model before the first")
	}
	if err := publisher.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var training sync.WaitGroup
	training.Go(func() { publisher.Run(ctx) })
	t.Cleanup(func() {
		stop()
		training.Wait()
	})
	return publisher, log
}

// A hangingSource says nothing, as a database does that is cut off.
type hangingSource struct{ *fakeSource }

func (hangingSource) CatalogRevision(ctx context.Context) (int64, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// Who starts waits for a store that cannot be reached, and ends for any other reason: a store that
// says nothing is one that cannot be reached.
func TestStoreSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		publisher := NewPublisher(hangingSource{}, slog.New(slog.DiscardHandler), time.Now)
		if err := publisher.Update(t.Context()); !errors.Is(err, recommend.ErrUnavailable) {
			t.Errorf("error %v, want %v", err, recommend.ErrUnavailable)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := publisher.Update(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %v", err, context.Canceled)
		}
	})
}

func TestNewBooksShowSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSource{revision: 3}
		publisher, _ := running(t, s)
		if n := publisher.Catalog().Len(); n != 3 {
			t.Fatalf("%d books, want 3", n)
		}
		// An import of many batches: they are read once.
		for range 100 {
			s.set(func(s *fakeSource) { s.revision++ })
			publisher.Changed()
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := publisher.Catalog().Len(); n != 103 {
			t.Errorf("a second after an import there are %d books, want 103", n)
		}
		if s.reads > 3 {
			t.Errorf("a hundred batches had the books read %d times", s.reads)
		}
		if publisher.Model().Catalog != recommend.Catalog(publisher.Catalog()) {
			t.Error("the model is of other books than the catalogue")
		}
	})
}

func TestTrendsShowWithinAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSource{revision: 3}
		publisher, _ := running(t, s)
		before := publisher.Model().Version
		today := time.Now().UTC().Truncate(24 * time.Hour)
		if want := today.Add(-27 * 24 * time.Hour); !s.since.Equal(want) {
			t.Errorf("trends begin at %v, want %v", s.since, want)
		}
		s.set(func(s *fakeSource) {
			s.daily = []recommend.DailyReaders{{Day: today, BookID: 2, Kind: recommend.View, Readers: 1}}
		})
		time.Sleep(trendInterval + time.Second)
		synctest.Wait()
		if publisher.Model().Version == before {
			t.Error("what readers did lately does not show")
		}
		if s.reads != 1 {
			t.Errorf("the books did not change, and were read %d times", s.reads)
		}
	})
}

// Memory is given back after much was read. That looks at the whole heap, too much for what
// changes every minute.
func TestTrendsGiveNoMemoryBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		given := func() uint32 {
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			return stats.NumForcedGC
		}
		s := &fakeSource{revision: 3}
		publisher, _ := running(t, s)
		began, today := given(), time.Now().UTC().Truncate(24*time.Hour)
		for readers := range int64(5) {
			before := publisher.Model().Version
			s.set(func(s *fakeSource) {
				s.daily = []recommend.DailyReaders{{Day: today, BookID: 2, Kind: recommend.View, Readers: 1 + readers}}
			})
			time.Sleep(trendInterval + time.Second)
			synctest.Wait()
			if publisher.Model().Version == before {
				t.Errorf("after %d readers trends do not change", readers)
			}
		}
		if n := given() - began; n > 0 {
			t.Errorf("memory was given back %d times for trends", n)
		}
		s.set(func(s *fakeSource) { s.revision++ })
		publisher.Changed()
		time.Sleep(2 * settle)
		synctest.Wait()
		if n := given() - began; n != 1 {
			t.Errorf("memory was given back %d times for new books", n)
		}
	})
}

// Readers are counted anew every quarter of an hour, so that the next model is without those
// who were erased.
func TestErasedReadersLeaveTheModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSource{revision: 2, stats: map[int64]recommend.BookStats{2: {Readers: 5}}}
		publisher, _ := running(t, s)
		if n := publisher.Catalog().Popularity(2); n != 5 {
			t.Fatalf("five readers are counted as %d", n)
		}
		s.set(func(s *fakeSource) { s.stats = map[int64]recommend.BookStats{2: {Readers: 4}} })
		time.Sleep(statsInterval + trendInterval)
		synctest.Wait()
		if n := publisher.Catalog().Popularity(2); n != 4 {
			t.Errorf("one of five readers was erased, and %d are counted", n)
		}
		if s.counts != 2 {
			t.Errorf("readers were counted %d times in a quarter of an hour", s.counts)
		}
	})
}

func TestModelOutlivesTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSource{revision: 3}
		publisher, log := running(t, s)
		for _, err := range []error{recommend.ErrUnavailable, errors.New("broken")} {
			s.set(func(s *fakeSource) { s.err, s.revision = err, 4 })
			publisher.Changed()
			time.Sleep(time.Second)
			synctest.Wait()
			if n := publisher.Catalog().Len(); n != 3 {
				t.Errorf("%v: %d books", err, n)
			}
		}
		if out := log.String(); !strings.Contains(out, "level=WARN") || !strings.Contains(out, "level=ERROR") {
			t.Errorf("logged %s", out)
		}
		s.set(func(s *fakeSource) { s.err = nil })
		time.Sleep(2 * trendInterval)
		synctest.Wait()
		if n := publisher.Catalog().Len(); n != 4 {
			t.Errorf("after the store's return there are %d books, want 4", n)
		}
	})
}

// What could not be read is tried again within seconds, and less and less often.
func TestFailedUpdateIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeSource{revision: 3}
		publisher, _ := running(t, s)
		fail := func(err error) { s.set(func(s *fakeSource) { s.err, s.looks, s.revision = err, 0, s.revision+1 }) }
		for range 2 { // a success makes the next failure a first one
			fail(recommend.ErrUnavailable)
			publisher.Changed()
			time.Sleep(settle + 100*time.Millisecond)
			s.set(func(s *fakeSource) { s.err = nil })
			time.Sleep(firstRetry)
			synctest.Wait()
			if got, want := int64(publisher.Catalog().Len()), s.revision; got != want {
				t.Fatalf("a second after the store's return there are %d books, want %d", got, want)
			}
		}
		fail(errors.New("broken"))
		publisher.Changed()
		time.Sleep(time.Hour)
		synctest.Wait()
		if hour := int(time.Hour / lastRetry); s.looks < hour || s.looks > 2*hour {
			t.Errorf("in an hour it was tried %d times, want about %d", s.looks, hour)
		}
		s.set(func(s *fakeSource) { s.err = nil })
		time.Sleep(lastRetry)
		synctest.Wait()
		if got, want := int64(publisher.Catalog().Len()), s.revision; got != want {
			t.Errorf("after the store's return there are %d books, want %d", got, want)
		}
	})
}
