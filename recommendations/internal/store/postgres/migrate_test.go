package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

// Each step is applied to what the step before it left, with rows in it.
func TestMigrateSteps(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	s := open(t, url)
	db := stdlib.OpenDB(*s.pool.Config().ConnConfig)
	defer db.Close() //nolint:errcheck // a test that fails says more
	provider, err := newSteps(db)
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		rows  string // that a program of this version may have written, or none
		check func(t *testing.T)
	}{
		{
			rows: `INSERT INTO books VALUES (7, '{"title":"Seven"}');
				UPDATE catalog SET revision = 1;
				INSERT INTO activity (user_id, occurred_at, seq, event_id, book_id, kind, rating) VALUES
					(1, 1700000000000000, nextval('arrivals'), 'timed', 7, 3, 5), (1, 0, nextval('arrivals'), 'untimed', 7, 1, 0)`,
			check: func(t *testing.T) { checkFirstRows(t, s) },
		},
		{
			check: func(t *testing.T) {
				checkFirstRows(t, s)
				daily, err := s.DailyReaders(t.Context(), time.Time{})
				want := []recommend.DailyReaders{{Day: time.Date(2023, 11, 14, 0, 0, 0, 0, time.UTC), BookID: 7, Kind: recommend.Rating, Readers: 1}}
				if err != nil || !slices.Equal(daily, want) {
					t.Errorf("daily readers %v, want %v (%v)", daily, want, err)
				}
			},
		},
		{
			check: func(t *testing.T) {
				checkFirstRows(t, s)
				checkFirstModel(t, s)
			},
		},
	}
	if known := provider.ListSources(); len(known) != len(steps) {
		t.Fatalf("%d steps are known and %d tested", len(known), len(steps))
	}
	for i, step := range steps {
		if _, err := provider.UpTo(t.Context(), int64(i+1)); err != nil {
			t.Fatal(err)
		}
		server.Exec(t, url, step.rows)
		step.check(t)
	}
	record(t, s, "new", 1) // behind those that there were
	if events := list(t, s, 1); len(events) != 3 || events[1].EventID != "new" {
		t.Errorf("events %v", events)
	}
}

func checkFirstRows(t *testing.T, s *Store) {
	t.Helper()
	books, revision, err := s.Books(t.Context())
	if err != nil || revision != 1 || len(books) != 1 || books[0].ID != 7 || books[0].Title != "Seven" {
		t.Errorf("books %v of revision %d (%v)", books, revision, err)
	}
	want := []recommend.Activity{
		{EventID: "timed", UserID: 1, BookID: 7, Kind: recommend.Rating, Rating: 5, OccurredAt: time.Unix(1_700_000_000, 0).UTC()},
		{EventID: "untimed", UserID: 1, BookID: 7, Kind: recommend.View},
	}
	if events := list(t, s, 1); !slices.Equal(events, want) {
		t.Errorf("events %v, want %v", events, want)
	}
}

// checkFirstModel checks that models can be kept, of which there are none yet.
func checkFirstModel(t *testing.T, s *Store) {
	t.Helper()
	if latest, err := s.LatestModel(t.Context()); !errors.Is(err, store.ErrNoModel) {
		t.Errorf("the latest model is %v (%v)", latest, err)
	}
	lease, err := s.TrainingLease(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if version, err := lease.PutModel(t.Context(), []byte("model")); err != nil || version != 1 {
		t.Errorf("the first version is %d (%v)", version, err)
	}
	if latest, err := s.LatestModel(t.Context()); err != nil || string(latest.Data) != "model" {
		t.Errorf("the latest model is %v (%v)", latest, err)
	}
}

// An old program says what is wrong and changes nothing.
func TestMigrateTooNew(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	s := open(t, url)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Exec(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
	err := s.Migrate(t.Context())
	if !errors.Is(err, store.ErrSchemaTooNew) || !strings.Contains(err.Error(), "version 99") || !strings.Contains(err.Error(), "up to 3") {
		t.Errorf("error %v, want %v with both versions", err, store.ErrSchemaTooNew)
	}
}

func TestMigrateAtOnce(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	for range 3 {
		url := server.NewDatabase(t)
		var migrating sync.WaitGroup
		for range 4 {
			s := open(t, url)
			migrating.Go(func() {
				if err := s.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		migrating.Wait()
		var versions []int64
		rows, err := open(t, url).pool.Query(t.Context(), "SELECT version_id FROM goose_db_version ORDER BY version_id")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var version int64
			if err := rows.Scan(&version); err != nil {
				t.Fatal(err)
			}
			versions = append(versions, version)
		}
		if err := rows.Err(); err != nil || !slices.Equal(versions, []int64{0, 1, 2, 3}) {
			t.Errorf("versions %v, want each once (%v)", versions, err)
		}
	}
}

// A database that is not there yet is told apart from one that cannot be migrated: the service
// waits for it.
func TestMigrateUnreachable(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	s := open(t, server.NewDatabase(t))
	for _, gone := range []struct {
		name       string
		begin, end func(testing.TB)
	}{{"stopped", server.Stop, server.Start}, {"paused", server.Pause, server.Resume}} {
		gone.begin(t)
		if err := s.Migrate(t.Context()); !errors.Is(err, recommend.ErrUnavailable) {
			t.Errorf("%s: error %v, want %v", gone.name, err, recommend.ErrUnavailable)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		began := time.Now()
		err := s.Migrate(ctx)
		if took := time.Since(began); err == nil || took > time.Second {
			t.Errorf("%s: a migration whose context ended after 50ms took %v: %v", gone.name, took, err)
		}
		cancel()
		gone.end(t)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Errorf("the server is back: %v", err)
	}
}
