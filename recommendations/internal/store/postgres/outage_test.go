package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

const (
	readyLimit  = 800 * time.Millisecond // as the service's health check has it
	writersWait = 10 * time.Millisecond
	// outageWriters is how many write, some one by one and some in batches.
	outageWriters = 6
	// slack is for a busy machine.
	slack = 100 * time.Millisecond
)

// Whatever happens to the server: writes say within a second that it is gone, all is well within
// five seconds of its return, nothing that was acknowledged is lost, and watchers know of it.
func TestOutages(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Durable)
	network := startProxy(t)
	for _, tt := range []struct {
		name  string
		away  time.Duration
		begin func(testing.TB)
		end   func(testing.TB)
	}{
		{"paused", 5 * time.Second, server.Pause, server.Resume},
		{"crashed", 3 * time.Second, server.Stop, server.Start},
		{"restarted", 0, func(testing.TB) {}, server.Restart},
		{"cut off", 3 * time.Second, network.cut, network.mend},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, network.through(t, server.NewDatabase(t)))
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			changes := watch(t, s)
			write := startWriters(t, s)
			time.Sleep(500 * time.Millisecond)
			forget(changes)

			tt.begin(t)
			gone := time.Now()
			if tt.away > 0 {
				time.Sleep(slack)
				checkNotReady(t, s)
				checkReadEnds(t, s)
			}
			time.Sleep(time.Until(gone.Add(tt.away)))
			tt.end(t)
			back := time.Now()

			awaitAll(t, changes, back)
			write.waitUntilWell(t, back)
			checkReady(t, s)
			record(t, s, "after", 1<<40)
			awaitUser(t, changes, 1<<40)
			write.stop(t, s)
		})
	}
}

func checkReady(t *testing.T, s *Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), readyLimit)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		t.Errorf("the server is back and the store is not ready: %v", err)
	}
}

func checkNotReady(t *testing.T, s *Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), readyLimit)
	defer cancel()
	began := time.Now()
	if err := s.Ready(ctx); err == nil {
		t.Error("the server is gone and the store is ready")
	}
	if took := time.Since(began); took > readyLimit+slack {
		t.Errorf("Ready took %v, its context %v", took, readyLimit)
	}
}

// checkReadEnds checks that a read fails in its caller's time.
func checkReadEnds(t *testing.T, s *Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := s.History(ctx, 1); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("a read while the server is gone: %v", err)
	}
	if took := time.Since(began); took > 200*time.Millisecond+slack {
		t.Errorf("a read took %v, its context 200ms", took)
	}
}

// writers write all the time and note what happens.
type writers struct {
	end     chan struct{}
	writing sync.WaitGroup

	mu           sync.Mutex
	acknowledged [][]string // by writer
	failures     int
	slowest      time.Duration // of the failures
	lastFailure  time.Time     // when the last began
	lastSuccess  []time.Time   // when the last began; by writer
}

func startWriters(t *testing.T, s *Store) *writers {
	w := &writers{end: make(chan struct{}), acknowledged: make([][]string, outageWriters), lastSuccess: make([]time.Time, outageWriters)}
	for writer := range outageWriters {
		w.writing.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-w.end:
					return
				case <-time.After(writersWait):
				}
				w.note(t, writer, time.Now(), fmt.Sprintf("event-%d-%d", writer, i), s)
			}
		})
	}
	return w
}

// note writes an event and notes what became of it.
func (w *writers) note(t *testing.T, writer int, began time.Time, id string, s *Store) {
	var err error
	if writer%2 == 0 {
		_, err = s.RecordActivity(context.Background(), []recommend.Activity{view(id, int64(writer+1), 1)})
	} else {
		_, err = s.PutActivity(context.Background(), []recommend.Activity{view(id, int64(writer+1), 1)})
	}
	took := time.Since(began)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		w.acknowledged[writer] = append(w.acknowledged[writer], id)
		w.lastSuccess[writer] = began
		return
	}
	w.failures++
	w.slowest = max(w.slowest, took)
	w.lastFailure = began
	if !errors.Is(err, recommend.ErrUnavailable) || errors.Is(err, context.Canceled) {
		t.Errorf("a write fails with %v, want %v, which nobody cancelled", err, recommend.ErrUnavailable)
	}
}

// waitUntilWell waits until five seconds after the server's return and checks that for the last
// of them no write failed, and every writer has written.
func (w *writers) waitUntilWell(t *testing.T, back time.Time) {
	t.Helper()
	const well, calm = 5 * time.Second, time.Second
	time.Sleep(time.Until(back.Add(well)))
	w.mu.Lock()
	defer w.mu.Unlock()
	for writer, last := range w.lastSuccess {
		if last.Before(back.Add(well - calm)) {
			t.Errorf("writer %d has not written since %v after the return", writer, last.Sub(back))
		}
	}
	if w.lastFailure.After(back.Add(well - calm)) {
		t.Errorf("a write that began %v after the return failed", w.lastFailure.Sub(back))
	}
	if w.slowest > time.Second {
		t.Errorf("a write failed after %v", w.slowest)
	}
	t.Logf("%d writes failed, the slowest after %v, the last %v after the return", w.failures, w.slowest, w.lastFailure.Sub(back))
}

// stop ends the writers and checks that what they were told is kept is kept, once.
func (w *writers) stop(t *testing.T, s *Store) {
	t.Helper()
	close(w.end)
	w.writing.Wait()
	acknowledged := 0
	for writer, ids := range w.acknowledged {
		kept := make(map[string]int)
		for _, event := range list(t, s, int64(writer+1)) {
			kept[event.EventID]++
		}
		for _, id := range ids {
			if kept[id] != 1 {
				t.Errorf("%s was acknowledged and is kept %d times", id, kept[id])
			}
		}
		acknowledged += len(ids)
	}
	t.Logf("%d writes were acknowledged", acknowledged)
}

// awaitAll waits for the report that everything may have changed.
func awaitAll(t *testing.T, changes <-chan store.Change, back time.Time) {
	t.Helper()
	await(t, changes, "that everything may have changed", func(c store.Change) bool { return c.All && c.Catalog })
	t.Logf("everything was reported at most %v after the return", time.Since(back))
}
