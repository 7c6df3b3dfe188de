package postgres

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

// Two processes write and erase the same events in any order: one waits for the other, and never
// each for the other, of which the server would undo one, after a second.
func TestNoDeadlocks(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	stores := []*Store{open(t, url), open(t, url)}
	if err := stores[0].Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	const readers, ids = 3, 300
	end := time.Now().Add(2 * time.Second)
	var writing sync.WaitGroup
	for writer := range 8 {
		s := stores[writer%len(stores)]
		random := rand.New(rand.NewPCG(uint64(writer), 1))
		writing.Go(func() {
			for time.Now().Before(end) {
				events := make([]recommend.Activity, ids)
				named := make([]string, ids)
				for i, n := range random.Perm(ids) {
					named[i] = fmt.Sprint("event-", n)
					events[i] = view(named[i], random.Int64N(readers)+1, random.Int64N(2)+1)
				}
				var err error
				switch random.IntN(4) {
				case 0:
					_, err = s.RecordActivity(t.Context(), events)
				case 1:
					_, err = s.PutActivity(t.Context(), events)
				case 2:
					_, err = s.DeleteActivity(t.Context(), 1, named)
				case 3:
					_, err = s.DeleteUser(t.Context(), random.Int64N(readers)+1)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	var deadlocks, commits int64
	err := stores[0].pool.QueryRow(t.Context(), "SELECT deadlocks, xact_commit FROM pg_stat_database WHERE datname = current_database()").Scan(&deadlocks, &commits)
	if err != nil || deadlocks > 0 {
		t.Errorf("there were %d deadlocks (%v)", deadlocks, err)
	}
	t.Logf("%d transactions", commits)
}

// A second process that puts books at the same time sees what the first has put.
func TestPutBooksTogether(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	stores := []*Store{open(t, url), open(t, url), open(t, url)}
	if err := stores[0].Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	books := make([]recommend.Book, 500)
	for i := range books {
		books[i] = recommend.Book{ID: int64(i + 1), Title: "Book"}
	}
	var putting sync.WaitGroup
	var mu sync.Mutex
	var fresh, equal int
	for _, s := range stores {
		putting.Go(func() {
			counts, err := s.PutBooks(t.Context(), books)
			if err != nil || counts.Changed > 0 {
				t.Errorf("%+v, %v", counts, err)
			}
			mu.Lock()
			defer mu.Unlock()
			fresh += counts.New
			equal += counts.Equal
		})
	}
	putting.Wait()
	if fresh != len(books) || equal != 2*len(books) {
		t.Errorf("%d books were new and %d equal, want %d and %d", fresh, equal, len(books), 2*len(books))
	}
	if kept, revision, err := stores[0].Books(t.Context()); err != nil || revision != 1 || len(kept) != len(books) {
		t.Errorf("%d books of revision %d (%v)", len(kept), revision, err)
	}
}

// A longer write is not given up for taking its time, as a short one is.
func TestLongWrites(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	s := newStore(t, server)
	record(t, s, "event", 1)
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SELECT FROM activity FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := s.DeleteActivity(t.Context(), 1, []string{"event"}); err == nil || time.Since(began) > time.Second {
		t.Errorf("a short write that cannot go on ended after %v: %v", time.Since(began), err)
	}
	time.AfterFunc(1500*time.Millisecond, func() { _ = tx.Rollback(t.Context()) })
	began = time.Now()
	if deleted, err := s.DeleteUser(t.Context(), 1); err != nil || deleted != 1 || time.Since(began) < time.Second {
		t.Errorf("a longer write that waits ended after %v: %d, %v", time.Since(began), deleted, err)
	}
}
