package memory

import (
	"context"
	"sync"

	"bookmarket/recommendations/internal/store"
)

// A watcher has changes that were not reported yet: reporting must not hold up who changes.
type watcher struct {
	wake   chan struct{} // of one element
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex
	pending store.Change
}

func (w *watcher) close() { w.once.Do(func() { close(w.closed) }) }

func (w *watcher) add(change store.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending.Catalog = w.pending.Catalog || change.Catalog
	w.pending.Model = w.pending.Model || change.Model
	w.pending.All = w.pending.All || change.All
	w.pending.Users = append(w.pending.Users, change.Users...)
	select {
	case w.wake <- struct{}{}:
	default: // it is awake
	}
}

func (w *watcher) take() store.Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	change := w.pending
	w.pending = store.Change{}
	return change
}

// Watch calls changed for each change, of which the first is that everything may have changed
// before it began to look.
func (s *Store) Watch(ctx context.Context, changed func(store.Change)) error {
	w := &watcher{wake: make(chan struct{}, 1), closed: make(chan struct{})}
	w.add(store.Change{All: true})
	s.mu.Lock()
	if s.closed {
		w.close()
	}
	s.watchers[w] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, w)
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.closed:
			return errClosed
		case <-w.wake:
			changed(w.take())
		}
	}
}

// report tells every watcher. Its caller holds the lock.
func (s *Store) report(change store.Change) {
	if !change.Catalog && !change.Model && !change.All && len(change.Users) == 0 {
		return
	}
	for w := range s.watchers {
		w.add(change)
	}
}
