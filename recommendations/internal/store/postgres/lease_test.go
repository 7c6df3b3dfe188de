package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
	"bookmarket/recommendations/internal/store/storetest"
)

// kills is how often a trainer loses its session.
const kills = 20

// endTraining ends the session that has the lease.
const endTraining = `
	SELECT pg_terminate_backend(pid) FROM pg_locks
	WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// awaitLease returns the lease as soon as it is free.
func awaitLease(t *testing.T, s *Store) store.Lease {
	t.Helper()
	for {
		lease, err := s.TrainingLease(t.Context())
		if err == nil {
			return lease
		}
		if !errors.Is(err, store.ErrTraining) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// A trainer's session is ended again and again, at any moment, while another store waits for the
// lease. The next has it soon, who had it writes no more, and what they put are whole models of
// versions that rise.
func TestTrainerKilled(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	stores := []*Store{open(t, url), open(t, url)}
	if err := stores[0].Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var slowest time.Duration
	var last int64
	lease := awaitLease(t, stores[0])
	for round := range kills {
		var versions []int64
		var training sync.WaitGroup
		training.Go(func() { versions = train(t, lease) })
		if _, err := stores[(round+1)%2].TrainingLease(t.Context()); !errors.Is(err, store.ErrTraining) {
			t.Errorf("round %d: a lease beside another: %v", round, err)
		}
		time.Sleep(time.Duration(random.IntN(100)) * time.Millisecond)
		server.Exec(t, url, endTraining)
		ended := time.Now()
		next := awaitLease(t, stores[(round+1)%2])
		slowest = max(slowest, time.Since(ended))
		version, err := next.PutModel(t.Context(), storetest.SomeModel(10))
		if err != nil {
			t.Fatal(err)
		}
		training.Wait()
		if err := lease.Release(); err != nil {
			t.Error(err)
		}
		if versions = append(versions, version); !slices.IsSorted(versions) || versions[0] <= last {
			t.Errorf("round %d: versions %v after %d", round, versions, last)
		}
		lease, last = next, version
		if latest, err := stores[0].LatestModel(t.Context()); err != nil || latest.Version != version || !storetest.IsWhole(latest.Data) {
			t.Errorf("round %d: the latest model is %d, want %d whole (%v)", round, latest.Version, version, err)
		}
	}
	if slowest > 2*time.Second {
		t.Errorf("a successor got the lease after %v", slowest)
	}
	t.Logf("%d sessions ended, %d versions, the next had the lease after %v at most", kills, last, slowest)
}

// train puts models until the lease has ended, and returns their versions. It goes on to try for
// a moment.
func train(t *testing.T, lease store.Lease) (versions []int64) {
	for i := 0; ; i++ {
		version, err := lease.PutModel(context.Background(), storetest.SomeModel(i%7*500_000))
		if err == nil {
			versions = append(versions, version)
			continue
		}
		if !errors.Is(err, store.ErrLeaseLost) {
			t.Error(err)
		}
		for range 10 {
			if version, err := lease.PutModel(context.Background(), storetest.SomeModel(1)); !errors.Is(err, store.ErrLeaseLost) {
				t.Errorf("a put with a lease that has ended: %d, %v", version, err)
			}
			time.Sleep(time.Millisecond)
		}
		return versions
	}
}

// A lease that is held while the server restarts is lost, and the next is to be had at once.
func TestLeaseRestart(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Durable)
	s := newStore(t, server)
	lease := awaitLease(t, s)
	version, err := lease.PutModel(t.Context(), storetest.SomeModel(3<<20))
	if err != nil {
		t.Fatal(err)
	}
	server.Restart(t)
	for range 2 {
		if _, err := lease.PutModel(t.Context(), storetest.SomeModel(1)); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("a put after a restart: %v, want %v", err, store.ErrLeaseLost)
		}
	}
	if err := lease.Release(); err != nil {
		t.Error(err)
	}
	if latest, err := s.LatestModel(t.Context()); err != nil || latest.Version != version || !storetest.IsWhole(latest.Data) {
		t.Errorf("the latest model is %d (%v)", latest.Version, err)
	}
	next := awaitLease(t, s)
	if after, err := next.PutModel(t.Context(), storetest.SomeModel(1)); err != nil || after <= version {
		t.Errorf("version %d after %d (%v)", after, version, err)
	}
	if err := next.Release(); err != nil {
		t.Error(err)
	}
}

// Where the server is gone a put ends soon, and so do the release and the end of the store.
func TestLeaseOutage(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	s := newStore(t, server)
	lease := awaitLease(t, s)
	server.Pause(t)
	defer server.Resume(t)
	began := time.Now()
	if _, err := lease.PutModel(t.Context(), storetest.SomeModel(1)); !errors.Is(err, store.ErrLeaseLost) || !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("a put: %v, want %v and %v", err, store.ErrLeaseLost, recommend.ErrUnavailable)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("a put took %v", took)
	}
	began = time.Now()
	if err := lease.Release(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 2*closeTimeout+slack {
		t.Errorf("the release took %v", took)
	}
	if _, err := s.TrainingLease(t.Context()); !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("a lease: %v, want %v", err, recommend.ErrUnavailable)
	}
}

// While a large model is put, events are recorded as ever. A backup has it.
func TestLargeModel(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Durable)
	url := server.NewDatabase(t)
	s := open(t, url)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	lease := awaitLease(t, s)
	data := storetest.SomeModel(64 << 20)
	done := make(chan time.Duration)
	go func() {
		began := time.Now()
		if _, err := lease.PutModel(t.Context(), data); err != nil {
			t.Error(err)
		}
		done <- time.Since(began)
	}()
	var slowest time.Duration
	for n := 0; ; n++ {
		select {
		case took := <-done:
			t.Logf("64 MiB in %v; %d events meanwhile, the slowest took %v", took, n, slowest)
			restored := open(t, restore(t, server, dump(t, server, url)))
			if latest, err := restored.LatestModel(t.Context()); err != nil || !bytes.Equal(latest.Data, data) {
				t.Errorf("the backup has version %d of %d bytes (%v)", latest.Version, len(latest.Data), err)
			}
			return
		default:
		}
		began := time.Now()
		record(t, s, fmt.Sprint("event-", n), 1)
		slowest = max(slowest, time.Since(began))
	}
}
