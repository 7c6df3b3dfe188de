package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// watch returns the changes that a store reports, from after the first on, which is that all
// may have changed.
func watch(t *testing.T, s *Store) <-chan store.Change {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	changes := make(chan store.Change, 1000)
	var watching sync.WaitGroup
	watching.Go(func() {
		if err := s.Watch(ctx, func(c store.Change) { changes <- c }); !errors.Is(err, context.Canceled) {
			t.Errorf("Watch: %v, want %v", err, context.Canceled)
		}
	})
	t.Cleanup(func() {
		cancel()
		watching.Wait()
	})
	if first := next(t, changes); !first.All {
		t.Errorf("the first report is %+v, want all", first)
	}
	return changes
}

func next(t *testing.T, changes <-chan store.Change) store.Change {
	t.Helper()
	select {
	case c := <-changes:
		return c
	case <-time.After(time.Second):
		t.Fatal("no change was reported within a second")
		return store.Change{}
	}
}

func record(t *testing.T, s *Store, id string, user int64) {
	t.Helper()
	if _, err := s.RecordActivity(context.Background(), []recommend.Activity{view(id, user, 1)}); err != nil {
		t.Error(err)
	}
}

// quiet fails the test if something is reported within the time of three polls.
func quiet(t *testing.T, changes <-chan store.Change) {
	t.Helper()
	select {
	case c := <-changes:
		t.Errorf("%+v was reported, and nothing changed", c)
	case <-time.After(3 * pollState):
	}
}

func TestWatchOwn(t *testing.T) {
	s := newStore(t)
	changes := watch(t, s)
	quiet(t, changes)
	for i := range 20 {
		user := int64(i + 1)
		record(t, s, fmt.Sprint("event-", i), user)
		if c := next(t, changes); c.All || c.Catalog || !slices.Equal(c.Users, []int64{user}) {
			t.Fatalf("%+v was reported, want reader %d alone", c, user)
		}
	}
	if _, err := s.PutBooks(t.Context(), []recommend.Book{{ID: 1, Title: "One"}}); err != nil {
		t.Fatal(err)
	}
	if c := next(t, changes); c.All || !c.Catalog || len(c.Users) > 0 {
		t.Errorf("%+v was reported, want the catalogue alone", c)
	}
	record(t, s, "event-1", 1) // is kept already
	quiet(t, changes)
}

func TestWatchOther(t *testing.T) {
	s, other := twoStores(t)
	changes := watch(t, s)
	record(t, other, "event-1", 1)
	if c := next(t, changes); !c.All {
		t.Errorf("%+v was reported, want all", c)
	}
	if _, err := other.PutBooks(t.Context(), []recommend.Book{{ID: 1, Title: "One"}}); err != nil {
		t.Fatal(err)
	}
	if c := next(t, changes); !c.Catalog {
		t.Errorf("%+v was reported, want the catalogue", c)
	}
	quiet(t, changes)
}

// A change of another process's is not taken for one of those that this process makes all the
// time.
func TestWatchBoth(t *testing.T) {
	s, other := twoStores(t)
	changes := watch(t, s)
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				record(t, s, fmt.Sprint("own-", i), 1)
			}
		}
	})
	defer writing.Wait()
	defer close(stop)
	// Nothing but own changes is reported as such for a while, though polls fall between them.
	for end := time.Now().Add(5 * pollState); time.Now().Before(end); {
		if c := next(t, changes); c.All || c.Catalog {
			t.Fatalf("%+v was reported, and no other process wrote", c)
		}
	}
	for i := range 20 {
		record(t, other, fmt.Sprint("other-", i), 2)
		deadline := time.Now().Add(time.Second)
		for c := next(t, changes); !c.All; c = next(t, changes) {
			if time.Now().After(deadline) {
				t.Fatalf("change %d of the other process was not reported within a second", i)
			}
		}
	}
}

// A watcher reads the state at any moment of a commit.
func TestObserve(t *testing.T) {
	var ws watchers
	w := ws.add()
	ws.take(w)
	observe := func(now state, want store.Change) {
		t.Helper()
		ws.observe(now)
		if got := ws.take(w); got.All != want.All || got.Catalog != want.Catalog || len(got.Users) > 0 {
			t.Errorf("after %+v was read %+v was reported, want %+v", now, got, want)
		}
	}
	observe(state{catalog: 5, activity: 7}, store.Change{Catalog: true, All: true})
	observe(state{catalog: 5, activity: 7}, store.Change{})
	ws.expect(state{catalog: 6, activity: 8}) // an own commit begins
	observe(state{catalog: 5, activity: 7}, store.Change{})
	observe(state{catalog: 6, activity: 8}, store.Change{})
	ws.committed(state{catalog: 6, activity: 8}, store.Change{})
	observe(state{catalog: 6, activity: 8}, store.Change{})
	observe(state{catalog: 6, activity: 9}, store.Change{All: true})
	ws.expect(state{catalog: 7, activity: 10})
	ws.expect(state{}) // it failed, and another process came to the same number
	observe(state{catalog: 7, activity: 10}, store.Change{Catalog: true, All: true})
	observe(state{catalog: 6, activity: 9}, store.Change{}) // read before, and late
}

func TestWatchEndsWithStore(t *testing.T) {
	s := newStore(t)
	result := make(chan error, 1)
	started := make(chan struct{})
	go func() { result <- s.Watch(context.Background(), func(store.Change) { close(started) }) }()
	<-started
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("Watch: %v, want %v", err, recommend.ErrUnavailable)
	}
}
