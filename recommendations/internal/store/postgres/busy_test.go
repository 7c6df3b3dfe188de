package postgres

import (
	"context"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
	"bookmarket/recommendations/internal/store/storetest"
)

// busyFor is longer than a server may take to say that it is there.
const busyFor = pingEvery + pingTimeout + 700*time.Millisecond

// hold has somebody else take a lock for busyFor.
func hold(t *testing.T, url, lock string) {
	t.Helper()
	other := open(t, url)
	tx, err := other.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), lock); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(busyFor, func() { _ = tx.Rollback(context.Background()) })
}

// occupy takes connections of a store's pool, as long reads do, for as long as the test.
func occupy(t *testing.T, s *Store, connections int) {
	t.Helper()
	for range connections {
		conn, err := s.pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(conn.Release)
	}
}

// A longer write goes on, and a lease lasts, while all connections of the pool are in use, or the
// server takes no more of them.
func TestLongWritesWhileBusy(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	for name, busy := range map[string]func(t *testing.T, s *Store){
		"pool": func(t *testing.T, s *Store) {
			t.Helper()
			occupy(t, s, 1)
		},
		"server": func(t *testing.T, s *Store) {
			t.Helper()
			server.Exec(t, server.URL("postgres"), "ALTER DATABASE "+s.pool.Config().ConnConfig.Database+" ALLOW_CONNECTIONS false")
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := server.NewDatabase(t)
			s := open(t, withPool(url, "2"))
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			record(t, s, "event", 1)
			lease := awaitLease(t, s)
			hold(t, url, "LOCK activity, models")
			conn, err := s.pool.Acquire(t.Context()) // one to write on
			if err != nil {
				t.Fatal(err)
			}
			conn.Release()
			busy(t, s)

			put := make(chan error, 1)
			go func() {
				_, err := lease.PutModel(t.Context(), storetest.SomeModel(1))
				put <- err
			}()
			began := time.Now()
			if deleted, err := s.DeleteUser(t.Context(), 1); err != nil || deleted != 1 {
				t.Errorf("a longer write that waits ended after %v: %d, %v", time.Since(began), deleted, err)
			}
			if err := <-put; err != nil {
				t.Errorf("the lease is lost: %v", err)
			}
			if err := lease.Release(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A write that waits for the only connection of a pool is not given up.
func TestLongWriteWaitsForThePool(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	s := open(t, withPool(url, "1"))
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn, err := s.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(busyFor, conn.Release)
	if counts, err := s.PutActivity(t.Context(), []recommend.Activity{view("event", 1, 1)}); err != nil || counts.New != 1 {
		t.Errorf("%+v, %v", counts, err)
	}
}

// withPool returns the URL of a database for so many connections.
func withPool(url, connections string) string { return url + "&pool_max_conns=" + connections }
