package postgres

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

// watch returns the changes that a store reports, from after the first on, which is that all
// may have changed.
func watch(t *testing.T, s *Store) <-chan store.Change {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	changes := make(chan store.Change, 10_000)
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
	await(t, changes, "that everything may have changed", func(c store.Change) bool { return c.All && c.Catalog })
	return changes
}

// await returns the first change that is wanted, within two seconds.
func await(t *testing.T, changes <-chan store.Change, want string, wanted func(store.Change) bool) store.Change {
	t.Helper()
	late := time.After(2 * time.Second)
	for {
		select {
		case c := <-changes:
			if wanted(c) {
				return c
			}
		case <-late:
			t.Fatalf("it was not reported within two seconds %s", want)
		}
	}
}

func awaitUser(t *testing.T, changes <-chan store.Change, user int64) {
	t.Helper()
	await(t, changes, fmt.Sprint("that reader ", user, " did something"), func(c store.Change) bool { return slices.Contains(c.Users, user) })
}

// forget drops what was reported.
func forget(changes <-chan store.Change) {
	for len(changes) > 0 {
		<-changes
	}
}

func record(t *testing.T, s *Store, id string, user int64) {
	t.Helper()
	if _, err := s.RecordActivity(t.Context(), []recommend.Activity{view(id, user, 1)}); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, s *Store, user int64) []recommend.Activity {
	t.Helper()
	events, next, err := s.ListActivity(t.Context(), user, nil, 1_000_000)
	if err != nil || next != nil {
		t.Fatalf("reader %d: %v, %v", user, next, err)
	}
	return events
}

// What is recorded through one store is visible through another as soon as that is told.
func TestWatchOtherStore(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Durable)
	const trials = 1000
	url := server.NewDatabase(t)
	one, other := open(t, url), open(t, url)
	if err := one.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	changes := watch(t, other)
	latencies := make([]time.Duration, trials)
	for i := range latencies {
		user := int64(i + 1)
		began := time.Now()
		record(t, one, fmt.Sprint("event-", i), user)
		awaitUser(t, changes, user)
		if events := list(t, other, user); len(events) != 1 {
			t.Fatalf("trial %d: the other store has %v", i, events)
		}
		latencies[i] = time.Since(began)
	}
	slices.Sort(latencies)
	t.Logf("from the call to what the other store reads: p50 %v, p99 %v, max %v", latencies[trials/2], latencies[trials*99/100], latencies[trials-1])
	if slowest := latencies[trials-1]; slowest > time.Second {
		t.Errorf("the slowest took %v", slowest)
	}
}

// Reports are exact: they name the readers, also who has an event no longer, and nothing is
// reported where nothing changed.
func TestWatchExact(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	s := newStore(t, server)
	many := make([]recommend.Activity, 1000)
	for i := range many {
		many[i] = view(fmt.Sprint("many-", i), int64(1_000_000_000_000+i), 1)
	}
	changes := watch(t, s)
	for _, step := range []struct {
		name string
		do   func(context.Context) error
		want []store.Change // in any order
	}{
		{"record two readers'", func(ctx context.Context) error {
			_, err := s.RecordActivity(ctx, []recommend.Activity{view("a", 1, 1), view("b", 2, 1), view("c", 1, 1)})
			return err
		}, []store.Change{{Users: []int64{1, 2}}}},
		{"record one and one that is kept", func(ctx context.Context) error {
			_, err := s.RecordActivity(ctx, []recommend.Activity{view("a", 9, 1), view("d", 3, 1)})
			return err
		}, []store.Change{{Users: []int64{3}}}},
		{"record what is kept", func(ctx context.Context) error {
			_, err := s.RecordActivity(ctx, []recommend.Activity{view("a", 1, 1)})
			return err
		}, nil},
		{"give an event to another reader", func(ctx context.Context) error {
			_, err := s.PutActivity(ctx, []recommend.Activity{view("a", 7, 1), view("b", 2, 1)})
			return err
		}, []store.Change{{Users: []int64{1}}, {Users: []int64{7}}}},
		{"put what is kept", func(ctx context.Context) error {
			_, err := s.PutActivity(ctx, []recommend.Activity{view("a", 7, 1)})
			return err
		}, nil},
		{"delete one, and another reader's", func(ctx context.Context) error {
			_, err := s.DeleteActivity(ctx, 2, []string{"a", "b"})
			return err
		}, []store.Change{{Users: []int64{2}}}},
		{"delete a reader", func(ctx context.Context) error {
			_, err := s.DeleteUser(ctx, 7)
			return err
		}, []store.Change{{Users: []int64{7}}}},
		{"delete nobody", func(ctx context.Context) error {
			_, err := s.DeleteUser(ctx, 99)
			return err
		}, nil},
		{"put books", func(ctx context.Context) error {
			_, err := s.PutBooks(ctx, []recommend.Book{{ID: 1, Title: "One"}})
			return err
		}, []store.Change{{Catalog: true}}},
		{"put the same books", func(ctx context.Context) error {
			_, err := s.PutBooks(ctx, []recommend.Book{{ID: 1, Title: "One"}})
			return err
		}, nil},
		{"more readers than a message holds", func(ctx context.Context) error {
			_, err := s.PutActivity(ctx, many)
			return err
		}, []store.Change{{All: true}}},
	} {
		if err := step.do(t.Context()); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		record(t, s, "end of "+step.name, 1<<40)
		var got []store.Change
		await(t, changes, "that the step has ended", func(c store.Change) bool {
			end := reflect.DeepEqual(c, store.Change{Users: []int64{1 << 40}})
			if !end {
				slices.Sort(c.Users)
				got = append(got, c)
			}
			return end
		})
		slices.SortFunc(got, func(a, b store.Change) int { return slices.Compare(a.Users, b.Users) })
		if !reflect.DeepEqual(got, step.want) {
			t.Errorf("%s: %+v was reported, want %+v", step.name, got, step.want)
		}
	}
}

func TestParseChange(t *testing.T) {
	for message, want := range map[string]store.Change{
		"catalog":               {Catalog: true},
		"model":                 {Model: true},
		"all":                   {All: true},
		"1":                     {Users: []int64{1}},
		"1,9223372036854775807": {Users: []int64{1, 1<<63 - 1}},
		"":                      {All: true, Catalog: true, Model: true},
		"of a newer program":    {All: true, Catalog: true, Model: true},
	} {
		if got := parseChange(message); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %+v, want %+v", message, got, want)
		}
	}
}
