package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// hold keeps the writer busy until the function that it returns is called, so that what is
// asked for meanwhile comes as a group.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	begun, released := make(chan struct{}), make(chan struct{})
	var holding sync.WaitGroup
	holding.Go(func() {
		err := s.do(context.Background(), func(*transaction) error {
			close(begun)
			<-released
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	return func() {
		close(released)
		holding.Wait()
	}
}

// queued waits until that many requests wait for the writer.
func queued(t *testing.T, s *Store, n int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); len(s.requests) < n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d requests wait, want %d", len(s.requests), n)
		}
	}
}

func count(t *testing.T, s *Store, userID int64) int {
	t.Helper()
	events, _, err := s.ListActivity(t.Context(), userID, nil, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return len(events)
}

// Of writes that share a transaction, each stands for itself.
func TestGroup(t *testing.T) {
	s := newStore(t)
	release := hold(t, s)

	const n = 30
	cancelled, cancel := context.WithCancel(t.Context())
	failure := errors.New("this one fails")
	errs := make([]error, n)
	var callers, leaving sync.WaitGroup
	for i := range n {
		callers := &callers
		if i%3 == 1 {
			callers = &leaving
		}
		callers.Go(func() {
			event := newEvent(&recommend.Activity{EventID: fmt.Sprint("event-", i), UserID: 1, BookID: 1, Kind: recommend.View})
			ctx := t.Context()
			if i%3 == 1 {
				ctx = cancelled
			}
			errs[i] = s.do(ctx, func(tx *transaction) error {
				if _, err := tx.insert(&event); err != nil {
					return err
				}
				if i%3 == 2 {
					return failure
				}
				return nil
			})
		})
	}
	queued(t, s, n)
	cancel()
	leaving.Wait()
	before := commits(t, s)
	release()
	callers.Wait()

	want := []error{nil, context.Canceled, failure}
	for i, err := range errs {
		if !errors.Is(err, want[i%3]) {
			t.Errorf("request %d: %v, want %v", i, err, want[i%3])
		}
	}
	if got := count(t, s, 1); got != n/3 {
		t.Errorf("%d events are kept, want the %d that succeeded", got, n/3)
	}
	if got := commits(t, s) - before; got != 1 {
		t.Errorf("%d transactions wrote something, want 1 for all", got)
	}
	if state, err := s.readState(t.Context()); err != nil || state.seq != n/3 {
		t.Errorf("the last number is %d, want %d: failed requests give theirs back (%v)", state.seq, n/3, err)
	}
}

// commits returns how many transactions have changed what readers did.
func commits(t *testing.T, s *Store) int64 {
	t.Helper()
	now, err := s.readState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return now.activity
}

// A connection that cannot even be rolled back is replaced.
func TestConnectionLost(t *testing.T) {
	s := newStore(t)
	err := s.do(t.Context(), func(tx *transaction) error {
		tx.close()
		return nil
	})
	if err == nil {
		t.Error("a write whose connection was lost has succeeded")
	}
	record(t, s, "next", 1)
	if got := count(t, s, 1); got != 1 {
		t.Errorf("%d events are kept, want 1", got)
	}
}

// A write that has begun is neither undone nor in the way when its caller leaves.
func TestCallerLeaves(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	event := newEvent(&recommend.Activity{EventID: "left", UserID: 1, BookID: 1, Kind: recommend.View})
	begun, left := make(chan struct{}), make(chan struct{})
	result := make(chan error, 1)
	go func() {
		result <- s.do(ctx, func(tx *transaction) error {
			close(begun)
			<-left
			_, err := tx.insert(&event)
			return err
		})
	}()
	<-begun
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller got %v, want %v", err, context.Canceled)
	}
	close(left)
	if _, err := s.RecordActivity(t.Context(), []recommend.Activity{view("next", 1, 1)}); err != nil {
		t.Fatal(err)
	}
	if got := count(t, s, 1); got != 2 {
		t.Errorf("%d events are kept, want 2", got)
	}
}

func TestClose(t *testing.T) {
	s := newStore(t)
	release := hold(t, s)
	waits := make(chan error, 1)
	go func() {
		_, err := s.RecordActivity(context.Background(), []recommend.Activity{view("waits", 1, 1)})
		waits <- err
	}()
	queued(t, s, 1)
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	if err := <-waits; !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("the write that waited got %v, want %v", err, recommend.ErrUnavailable)
	}
	select {
	case err := <-closed:
		t.Errorf("Close did not wait for the write under way (%v)", err)
	case <-time.After(50 * time.Millisecond):
	}
	release()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := s.RecordActivity(t.Context(), nil); !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("a write after Close: %v, want %v", err, recommend.ErrUnavailable)
	}
	if _, err := s.History(t.Context(), 1); !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("a read after Close: %v, want %v", err, recommend.ErrUnavailable)
	}
	if err := s.Backup(t.Context(), t.TempDir()+"/backup.db"); !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("a backup after Close: %v, want %v", err, recommend.ErrUnavailable)
	}
}
