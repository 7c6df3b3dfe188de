package sqlite

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// writeTimeout is how long a write waits for its turn: for those before it, and for another
// process that holds the lock.
const writeTimeout = 900 * time.Millisecond

var errBusy = fmt.Errorf("%w: another process is writing", recommend.ErrUnavailable)

// A request is a write that waits for its turn, then runs in the writer's goroutine.
type request struct {
	run  func(*transaction) error
	turn atomic.Int32
	done chan error // of one element: the writer does not wait for who has left
}

// Of a request's turn. Whoever changes waiting into something else decides.
const (
	waiting int32 = iota
	begun
	abandoned
)

func (r *request) begin() bool   { return r.turn.CompareAndSwap(waiting, begun) }
func (r *request) abandon() bool { return r.turn.CompareAndSwap(waiting, abandoned) }

// do has the writer run a function in a transaction, and returns when it is durable. Where ctx
// ends while it runs, do returns early and the function runs on, so it must not use what
// belongs to the caller: one context must not undo the writes of others in the transaction.
func (s *Store) do(ctx context.Context, run func(*transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &request{run: run, done: make(chan error, 1)}
	timeout := time.NewTimer(writeTimeout)
	defer timeout.Stop()
	select {
	case s.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-timeout.C:
		return errBusy
	case <-s.closing:
		return errClosed
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		r.abandon()
		return ctx.Err()
	case <-timeout.C:
		if r.abandon() {
			return errBusy
		}
	case <-s.closing:
		if r.abandon() {
			return errClosed
		}
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
