// Package sqlite keeps books and what readers did in one SQLite file. Several processes may use
// it at the same time: the service and an import.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"bookmarket/recommendations/internal/store"
)

// A Store is a [store.Store] in one file.
type Store struct {
	path   string
	writes *sql.DB // of one connection, the writer's
	reads  *sql.DB
	// aside is for what must not wait for reads or keep them waiting.
	aside *sql.DB

	statements sync.Map // of reads, by their text
	requests   chan *request
	closing    chan struct{}
	closed     sync.Once
	writing    sync.WaitGroup
	watchers   watchers

	leaseFile string
	lease     atomic.Pointer[lease] // the last that was given out here
}

var _ store.Store = (*Store)(nil)

// Open opens the file, and creates it and its folder where there is none.
func Open(path string) (*Store, error) {
	return open(path, durable)
}

func open(path string, with settings) (*Store, error) {
	s := &Store{
		path:     path,
		requests: make(chan *request, maxGroup),
		closing:  make(chan struct{}),
	}
	if err := s.open(with); err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, errors.Join(err, s.closeAll()))
	}
	s.writing.Go(newWriter(s, with.scrub).run)
	return s, nil
}

// Ready returns nil while the store can be written to.
func (s *Store) Ready(ctx context.Context) error {
	return s.do(ctx, func(*transaction) error { return nil })
}

// Close waits for writes under way and ends all others. What is in the WAL goes into the file,
// unless another process has it open.
func (s *Store) Close() error {
	s.closed.Do(func() { close(s.closing) })
	s.writing.Wait()
	var err error
	if l := s.lease.Load(); l != nil {
		err = l.Release()
	}
	return errors.Join(err, s.closeAll())
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

func (s *Store) closeAll() error {
	var faults []error
	for _, db := range []*sql.DB{s.reads, s.aside, s.writes} {
		if db != nil {
			faults = append(faults, db.Close())
		}
	}
	return errors.Join(faults...)
}
