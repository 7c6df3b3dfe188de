package postgres

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"bookmarket/recommendations/internal/store"
)

// trainingLock is the key of the advisory lock that is the training lease: "bookmark" in ASCII.
// Migrations have another.
const trainingLock int64 = 0x626f6f6b6d61726b

// holdSession makes the server keep a session that says nothing while a model is trained, and
// end it soon when its machine is gone: until then nobody else could train.
const holdSession = `
	SELECT set_config('idle_session_timeout', '0', false), set_config('tcp_keepalives_idle', '3', false),
		set_config('tcp_keepalives_interval', '1', false), set_config('tcp_keepalives_count', '3', false)`

// A lease is a lock of the server's that a session has, until it ends. What the lease changes it
// changes in that session: nobody who has lost the lock can write.
type lease struct {
	store  *Store
	unhook func() bool // what the end of the store would do

	mu       sync.Mutex // held by calls under way
	conn     *pgx.Conn
	released bool
}

// TrainingLease returns the lease, unless somebody has it.
func (s *Store) TrainingLease(ctx context.Context) (store.Lease, error) {
	limited, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	l := &lease{store: s}
	err := s.run(ctx, limited, func(ctx context.Context) (err error) {
		if l.conn, err = s.lockTraining(ctx); err != nil {
			return err
		}
		// Close waits for this function first, so that it knows of the lease.
		s.leases.Add(1)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.unhook = context.AfterFunc(s.closing, func() { _ = l.Release() })
		return nil
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// lockTraining returns a new connection that has the lock.
func (s *Store) lockTraining(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	locked := false
	if err = commitDurably(ctx, conn); err == nil {
		_, err = conn.Exec(ctx, holdSession)
	}
	if err == nil {
		err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", trainingLock).Scan(&locked)
	}
	if err == nil && !locked {
		err = store.ErrTraining
	}
	if err != nil {
		closeSoon(ctx, conn)
		return nil, err
	}
	return conn, nil
}

// Release ends the lease, and then its session: a server takes its time to end one.
func (l *lease) Release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return nil
	}
	l.released = true
	l.unhook()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	// Where the server does not hear this it ends the session by itself.
	_, _ = l.conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", trainingLock)
	closeSoon(context.Background(), l.conn)
	l.store.leases.Done()
	return nil
}

// change runs a transaction of the lease's that changes which model is the latest.
func (l *lease) change(ctx context.Context, do func(context.Context, pgx.Tx) error) error {
	return l.store.writeMuch(ctx, func(ctx context.Context) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.released || l.conn.IsClosed() {
			return store.ErrLeaseLost
		}
		err := pgx.BeginFunc(ctx, l.conn, func(tx pgx.Tx) error { return do(ctx, tx) })
		if l.conn.IsClosed() && err != nil {
			return fmt.Errorf("%w: %w", store.ErrLeaseLost, err)
		}
		return err
	})
}
