package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// writeLimit is how long a write may take: after a second its caller has been promised to
	// know that the database is gone.
	writeLimit = 900 * time.Millisecond
	// pingEvery is how often a longer write makes sure that the server is there. With the time
	// that the answer may take it is less than a second, too.
	pingEvery = 300 * time.Millisecond
	// attempts is how often a statement is tried that the server undid or never got.
	attempts = 4
)

// write runs a statement that changes little, for as long as writeLimit.
func (s *Store) write(ctx context.Context, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	return s.run(ctx, limited, do)
}

// writeMuch runs a statement that may change much, for as long as the server is there.
func (s *Store) writeMuch(ctx context.Context, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	go s.cancelWhenGone(limited, cancel)
	return s.run(ctx, limited, do)
}

// cancelWhenGone asks the server whether it is there, until ctx ends or there is no answer.
func (s *Store) cancelWhenGone(ctx context.Context, cancel context.CancelFunc) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pingEvery):
		}
		ping, stop := context.WithTimeout(ctx, pingTimeout)
		err := s.pool.Ping(ping)
		stop()
		if err != nil {
			cancel()
			return
		}
	}
}

// run runs a write, which Close waits for.
func (s *Store) run(ctx, limited context.Context, do func(context.Context) error) error {
	if s.closing.Err() != nil {
		return errClosed // without waiting for Close
	}
	s.writing.RLock()
	defer s.writing.RUnlock()
	err := do(limited)
	for range attempts - 1 {
		if limited.Err() != nil || !undone(err) && !pgconn.SafeToRetry(err) {
			break
		}
		err = do(limited)
	}
	return s.fault(ctx, err)
}

// read runs a query, which Close ends.
func (s *Store) read(ctx context.Context, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	err := do(limited)
	if limited.Err() == nil && gone(err) {
		err = do(limited) // that was perhaps a connection which a restart has left behind
	}
	return s.fault(ctx, err)
}
