package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
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
	var begin sync.Once
	return s.run(ctx, limited, func(ctx context.Context) error {
		// In here Close waits for this function first, and then for what it has begun.
		begin.Do(func() { s.probing.Go(func() { s.cancelWhenGone(limited, cancel) }) })
		return do(ctx)
	})
}

// cancelWhenGone asks the server whether it is there, until ctx ends or there is no answer. It
// does so on a connection of its own: those of the pool may all be busy for good reasons. One that
// is refused, because there are too many say, is an answer.
func (s *Store) cancelWhenGone(ctx context.Context, cancel context.CancelFunc) {
	var conn *pgx.Conn
	defer func() {
		if conn != nil {
			closeSoon(ctx, conn)
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pingEvery):
		}
		var err error
		if conn, err = s.probe(ctx, conn); err != nil && sqlState(err) == "" {
			cancel()
			return
		}
	}
}

// probe asks the server whether it is there, on a new connection if there is none, and returns
// the one to ask on the next time.
func (s *Store) probe(ctx context.Context, conn *pgx.Conn) (*pgx.Conn, error) {
	ctx, stop := context.WithTimeout(ctx, pingTimeout)
	defer stop()
	if conn != nil {
		if conn.Ping(ctx) == nil {
			return conn, nil
		}
		closeSoon(ctx, conn) // It may be the connection alone that is gone.
	}
	return pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
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
