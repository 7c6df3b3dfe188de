package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

var watchCases = []testCase{
	{"tells of recorded events", func(s *subject) { s.tells(user(1), func() { s.record(view("a", 1, noon)) }) }},
	{"tells of every reader in a call", func(s *subject) {
		s.tells(user(1, 2, 3), func() { s.record(view("a", 1, noon), view("b", 2, noon), view("c", 3, noon), view("d", 1, noon)) })
	}},
	{"tells of more readers than anybody can name", manyReaders},
	{"tells of new events that are put", func(s *subject) { s.tells(user(1), func() { s.put(view("a", 1, noon)) }) }},
	{"tells of replaced events", func(s *subject) {
		s.put(view("a", 1, noon))
		s.tells(user(1), func() { s.put(rating("a", 1, 1, 5, noon)) })
	}},
	{"tells of both readers of an event that moves", func(s *subject) {
		s.put(view("a", 1, noon))
		s.tells(user(1, 2), func() { s.put(view("a", 2, noon)) })
	}},
	{"tells of deleted events", func(s *subject) {
		s.record(view("a", 1, noon), view("b", 1, noon))
		s.tells(user(1), func() { s.deleteActivity(1, "a") })
	}},
	{"tells of deleted readers", func(s *subject) {
		s.record(view("a", 1, noon))
		s.tells(user(1), func() { s.deleteUser(1) })
	}},
	{"tells of new books", func(s *subject) { s.tells(catalog, func() { s.putBooks(titled(1, "one")) }) }},
	{"tells of replaced books", func(s *subject) {
		s.putBooks(titled(1, "one"))
		s.tells(catalog, func() { s.putBooks(titled(1, "eins")) })
	}},
	{"tells every watcher", everyWatcher},
	{"tells of a change after it can be read", toldAfterCommit},
	{"waits for nobody who looks", slowWatcher},
	{"ends with its context", watchEnds},
}

// patience is how long a change may take to be told, which the contract says is a second, on a
// machine with other things to do.
const patience = 2 * time.Second

var catalog = store.Change{Catalog: true}

func user(ids ...int64) store.Change { return store.Change{Users: ids} }

// A watcher notes what it is told.
type watcher struct {
	mu    sync.Mutex
	told  store.Change
	news  chan struct{} // of one element
	ended chan error    // of one element
	stop  context.CancelFunc
}

// watch returns a watcher that looks already.
func (s *subject) watch(look func()) *watcher {
	s.Helper()
	ctx, stop := context.WithCancel(s.ctx)
	w := &watcher{news: make(chan struct{}, 1), ended: make(chan error, 1), stop: stop}
	go func() {
		w.ended <- s.store.Watch(ctx, func(change store.Change) {
			w.add(change)
			look()
		})
	}()
	s.Cleanup(w.stop)
	w.settle(s)
	return w
}

// settle makes changes until one is told: a watcher need not tell when it begins.
func (w *watcher) settle(s *subject) {
	s.Helper()
	const probe = 1 << 40
	deadline := time.After(patience)
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		s.record(view("probe", probe, noon))
		s.deleteUser(probe)
		select {
		case <-w.news:
			return
		case err := <-w.ended:
			s.Fatalf("the watch ended with %v", err)
		case <-deadline:
			s.Fatal("nothing was told")
		case <-retry.C:
		}
	}
}

func (w *watcher) add(change store.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told.Catalog = w.told.Catalog || change.Catalog
	w.told.Model = w.told.Model || change.Model
	w.told.All = w.told.All || change.All
	w.told.Users = append(w.told.Users, change.Users...)
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// forget forgets what was told so far.
func (w *watcher) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = store.Change{}
}

// covers reports whether a change, or more, was told.
func (w *watcher) covers(change store.Change) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.told.All || (w.told.Catalog || !change.Catalog) && (w.told.Model || !change.Model) &&
		!slices.ContainsFunc(change.Users, func(id int64) bool { return !slices.Contains(w.told.Users, id) })
}

// await fails the test unless a change is told in time.
func (w *watcher) await(s *subject, change store.Change) {
	s.Helper()
	deadline := time.After(patience)
	for !w.covers(change) {
		select {
		case <-w.news:
		case err := <-w.ended:
			s.Fatalf("the watch ended with %v", err)
		case <-deadline:
			s.Fatalf("in %v only %+v was told, want %+v", patience, w.told, change)
		}
	}
}

// tells checks that a watcher is told of what happens.
func (s *subject) tells(want store.Change, happen func()) {
	s.Helper()
	w := s.watch(func() {})
	w.forget()
	happen()
	w.await(s, want)
}

func manyReaders(s *subject) {
	const readers = 3 * large
	events := make([]recommend.Activity, readers)
	change := store.Change{Users: make([]int64, 0, readers)}
	for i := range events {
		id := int64(1<<41 + i) // of many digits
		events[i] = view(fmt.Sprint("event-", i), id, noon)
		if i%100 == 0 {
			change.Users = append(change.Users, id)
		}
	}
	s.tells(change, func() { s.record(events...) })
}

func everyWatcher(s *subject) {
	watchers := make([]*watcher, 5)
	for i := range watchers {
		watchers[i] = s.watch(func() {})
	}
	for _, w := range watchers {
		w.forget()
	}
	watchers[0].stop()
	if err := <-watchers[0].ended; !errors.Is(err, context.Canceled) {
		s.Errorf("the first watch ended with %v", err)
	}
	s.record(view("a", 1, noon))
	s.putBooks(titled(1, "one"))
	for _, w := range watchers[1:] {
		w.await(s, store.Change{Catalog: true, Users: []int64{1}})
	}
}

// Who is told and reads at once must not read, and keep, what was before.
func toldAfterCommit(s *subject) {
	const events = 50
	var seen atomic.Int64
	s.watch(func() {
		kept, _, err := s.store.ListActivity(s.ctx, 1, nil, events)
		if err != nil && s.ctx.Err() == nil {
			s.Errorf("list: %v", err)
		}
		seen.Store(int64(len(kept)))
	})
	for i := range events {
		s.record(view(fmt.Sprint(i), 1, after(i)))
	}
	for deadline := time.Now().Add(patience); seen.Load() < events; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("the watcher saw %d of %d events when it was told last", seen.Load(), events)
		}
	}
}

// A watcher that takes its time holds up no writer, and is told of all when it is back.
func slowWatcher(s *subject) {
	back := make(chan struct{})
	slow := s.watch(func() { <-back })
	defer slow.stop()
	slow.forget()
	quick := s.watch(func() {})
	quick.forget()
	change := store.Change{Catalog: true}
	began := time.Now()
	for i := range int64(100) {
		change.Users = append(change.Users, i+1)
		s.record(view(fmt.Sprint("event-", i), i+1, noon))
	}
	s.putBooks(titled(1, "one"))
	if took := time.Since(began); took > 10*patience {
		s.Errorf("writing took %v", took)
	}
	quick.await(s, change)
	close(back)
	slow.await(s, change)
}

func watchEnds(s *subject) {
	w := s.watch(func() {})
	w.stop()
	select {
	case err := <-w.ended:
		if !errors.Is(err, context.Canceled) {
			s.Errorf("the watch ended with %v, want %v", err, context.Canceled)
		}
	case <-time.After(patience):
		s.Error("the watch did not end")
	}
	ctx, cancel := context.WithTimeout(s.ctx, 50*time.Millisecond)
	defer cancel()
	if err := s.store.Watch(ctx, func(store.Change) {}); !errors.Is(err, context.DeadlineExceeded) {
		s.Errorf("the watch ended with %v, want %v", err, context.DeadlineExceeded)
	}
}
