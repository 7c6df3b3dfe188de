package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// A lease is a lock on a file beside the database, which the system takes back from a process
// that ends, however it ends. The file stays: who removed it could let another process lock a
// new one of that name. Should somebody do so, the lease's number in the database decides: it
// is looked at in every transaction of the lease, and who comes later has a higher one.
type lease struct {
	store  *Store
	number int64

	mu   sync.Mutex // held by calls under way
	file *os.File   // nil when released
}

// TrainingLease returns the lease, unless somebody has it.
func (s *Store) TrainingLease(ctx context.Context) (store.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.isClosed() {
		return nil, errClosed
	}
	file, err := lock(s.leaseFile)
	if err != nil {
		return nil, err
	}
	l := &lease{store: s, file: file}
	// Without the caller's context: the number of a lease that was given up on must not come
	// after that of the next.
	err = s.do(context.WithoutCancel(ctx), func(tx *transaction) error {
		tx.state.lease++
		l.number = tx.state.lease
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s.lease.Store(l)
	if s.isClosed() { // and may have found no lease to release
		return nil, errors.Join(errClosed, l.Release())
	}
	return l, nil
}

// lock opens and locks a file, if nobody else has locked it.
func lock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("%w: %w", recommend.ErrUnavailable, err)
	}
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil:
		return file, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, errors.Join(store.ErrTraining, file.Close())
	default:
		return nil, errors.Join(fmt.Errorf("%w: lock %s: %w", recommend.ErrUnavailable, path, err), file.Close())
	}
}

// Release ends the lease.
func (l *lease) Release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// usable returns what is wrong with the lease. Its caller holds the lock.
func (l *lease) usable(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case l.store.isClosed():
		return errClosed
	case l.file == nil:
		return store.ErrLeaseLost
	}
	return nil
}

// do runs one of the lease's transactions, each of which is short. It does not leave early: the
// lease must not be released before that has ended.
func (l *lease) do(ctx context.Context, run func(*transaction) error) error {
	if err := l.usable(ctx); err != nil {
		return err
	}
	return l.store.do(context.WithoutCancel(ctx), func(tx *transaction) error {
		if tx.state.lease != l.number {
			return store.ErrLeaseLost
		}
		return run(tx)
	})
}
