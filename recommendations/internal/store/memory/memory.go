// Package memory keeps books and what readers did in memory, for as long as the process lives.
package memory

import (
	"context"
	"fmt"
	"sync"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// errClosed is what a closed store answers.
var errClosed = fmt.Errorf("%w: it is closed", recommend.ErrUnavailable)

// A Store keeps everything in maps under one lock.
type Store struct {
	mu       sync.RWMutex
	closed   bool
	books    map[int64]recommend.Book
	revision int64
	events   map[string]*event           // by event id
	readers  map[int64]map[string]*event // by reader, then by event id
	seq      int64
	models   []store.Model // the latest last
	version  int64         // the last given to a model
	lease    *lease        // the one that has not ended
	watchers map[*watcher]struct{}
}

var _ store.Store = (*Store)(nil)

// An event is an activity and the number that it got when it arrived.
type event struct {
	recommend.Activity

	seq int64
}

func (e *event) cursor() store.Cursor {
	c := store.Cursor{Seq: e.seq}
	if !e.OccurredAt.IsZero() {
		c.OccurredAt = e.OccurredAt.UnixMicro()
	}
	return c
}

// New returns an empty store.
func New() *Store {
	return &Store{
		books:    make(map[int64]recommend.Book),
		events:   make(map[string]*event),
		readers:  make(map[int64]map[string]*event),
		watchers: make(map[*watcher]struct{}),
	}
}

// Migrate does nothing: there is no schema.
func (s *Store) Migrate(ctx context.Context) error { return s.read(ctx, func() {}) }

// Ready returns nil until the store is closed.
func (s *Store) Ready(ctx context.Context) error { return s.read(ctx, func() {}) }

// Close ends the store; what it kept is lost.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.lease = nil
	for w := range s.watchers {
		w.close()
	}
	return nil
}

// read calls f, unless the caller has left or the store is closed.
func (s *Store) read(ctx context.Context, f func()) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	f()
	return nil
}

// write is read for changes, and reports what f says that it changed.
func (s *Store) write(ctx context.Context, f func() store.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.report(f())
	return nil
}

func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed {
		return errClosed
	}
	return nil
}
