package sqlite

import (
	"context"
	"sync"
	"time"

	"bookmarket/recommendations/internal/store"
)

// pollState is how often a watcher looks for what other processes changed: SQLite tells nobody.
const pollState = 100 * time.Millisecond

// maxUsers is how many readers are named in one change, before it is all of them.
const maxUsers = 10_000

// watchers tell what this process changed from what others did, by the table state: its
// numbers only grow, and are those that this process gave them, or another did it.
type watchers struct {
	mu       sync.Mutex
	known    state // the newest seen
	expected state // what the commit under way will make of it
	all      map[*watcher]struct{}
}

// A watcher has changes that were not reported yet.
type watcher struct {
	wake chan struct{} // of one element

	pending store.Change
}

// Watch calls changed for each change, of which the first is that everything may have changed
// before it began to look.
func (s *Store) Watch(ctx context.Context, changed func(store.Change)) error {
	w := s.watchers.add()
	defer s.watchers.remove(w)
	poll := time.NewTicker(pollState)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.closing:
			return errClosed
		case <-w.wake:
			changed(s.watchers.take(w))
		case <-poll.C:
			// What cannot be read now is not missed: it still differs the next time.
			if now, err := s.readState(ctx); err == nil {
				s.watchers.observe(now)
			}
		}
	}
}

// readState reads the row rather than PRAGMA data_version, which says that something changed
// after each write of this process as well.
func (s *Store) readState(ctx context.Context) (now state, err error) {
	err = s.aside.QueryRowContext(ctx, selectState).Scan(now.into()...)
	return now, err
}

func (ws *watchers) add() *watcher {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.all == nil {
		ws.all = make(map[*watcher]struct{})
	}
	w := &watcher{wake: make(chan struct{}, 1)}
	ws.all[w] = struct{}{}
	w.add(store.Change{All: true})
	return w
}

func (ws *watchers) remove(w *watcher) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	delete(ws.all, w)
}

func (ws *watchers) take(w *watcher) store.Change {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	change := w.pending
	w.pending = store.Change{}
	return change
}

// expect says what a commit that begins now will make of the state: a watcher may read it
// before the commit has returned. The zero value takes it back.
func (ws *watchers) expect(next state) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.expected = next
}

// committed reports a change of this process's.
func (ws *watchers) committed(now state, change store.Change) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.known, ws.expected = now, state{}
	if change.Catalog || change.Model || len(change.Users) > 0 {
		ws.report(change)
	}
}

// observe reports what other processes changed, if the state that was read is theirs.
func (ws *watchers) observe(now state) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var change store.Change
	if now.catalog > ws.known.catalog && now.catalog != ws.expected.catalog {
		ws.known.catalog, change.Catalog = now.catalog, true
	}
	if now.activity > ws.known.activity && now.activity != ws.expected.activity {
		ws.known.activity, change.All = now.activity, true
	}
	if now.model > ws.known.model && now.model != ws.expected.model {
		ws.known.model, change.Model = now.model, true
	}
	if change.Catalog || change.Model || change.All {
		ws.report(change)
	}
}

func (ws *watchers) report(change store.Change) {
	for w := range ws.all {
		w.add(change)
	}
}

// add adds to what is pending. Its caller holds the lock.
func (w *watcher) add(change store.Change) {
	w.pending.Catalog = w.pending.Catalog || change.Catalog
	w.pending.Model = w.pending.Model || change.Model
	w.pending.All = w.pending.All || change.All
	w.pending.Users = append(w.pending.Users, change.Users...)
	if len(w.pending.Users) > maxUsers {
		w.pending.Users, w.pending.All = nil, true
	}
	select {
	case w.wake <- struct{}{}:
	default: // it is awake
	}
}
