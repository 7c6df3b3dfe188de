package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// Each step is applied to what the step before it left, with rows in it.
func TestMigrateSteps(t *testing.T) {
	steps := []struct {
		version int64
		rows    string // that a program of this version may have written
		check   func(t *testing.T, s *Store)
	}{
		{
			version: 1,
			rows: `INSERT INTO books VALUES (7, '{"title":"Seven"}');
				INSERT INTO activity (user_id, occurred_at, seq, event_id, book_id, kind, rating) VALUES
					(1, 1700000000000000, 1, 'timed', 7, 3, 5), (1, 0, 2, 'untimed', 7, 1, 0);
				UPDATE state SET catalog = 1, activity = 1, seq = 2;`,
			check: checkFirstRows,
		},
		{
			version: 2,
			check: func(t *testing.T, s *Store) {
				checkFirstRows(t, s)
				daily, err := s.DailyReaders(t.Context(), time.Time{})
				want := []recommend.DailyReaders{{Day: time.Date(2023, 11, 14, 0, 0, 0, 0, time.UTC), BookID: 7, Kind: recommend.Rating, Readers: 1}}
				if err != nil || !slices.Equal(daily, want) {
					t.Errorf("daily readers %v, want %v (%v)", daily, want, err)
				}
				if plan := plan(t, s, "SELECT book_id FROM activity WHERE occurred_at > 0 AND occurred_at >= 5"); !strings.Contains(plan, "activity_by_time") {
					t.Errorf("the rows of before are not looked up by the index: %s", plan)
				}
			},
		},
		{
			version: 3,
			check: func(t *testing.T, s *Store) {
				checkFirstRows(t, s)
				checkFirstModel(t, s)
			},
		},
	}
	s, err := Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // a test that fails says more
	provider, err := s.steps()
	if err != nil {
		t.Fatal(err)
	}
	if known := provider.ListSources(); len(known) != len(steps) {
		t.Fatalf("%d steps are known and %d tested", len(known), len(steps))
	}
	for _, step := range steps {
		if _, err := provider.UpTo(t.Context(), step.version); err != nil {
			t.Fatal(err)
		}
		if _, err := s.aside.ExecContext(t.Context(), step.rows); err != nil {
			t.Fatal(err)
		}
		step.check(t, s)
	}
}

func checkFirstRows(t *testing.T, s *Store) {
	t.Helper()
	books, revision, err := s.Books(t.Context())
	if err != nil || revision != 1 || len(books) != 1 || books[0].ID != 7 || books[0].Title != "Seven" {
		t.Errorf("books %v of revision %d (%v)", books, revision, err)
	}
	events, err := s.History(t.Context(), 1)
	want := []recommend.Activity{
		{EventID: "timed", UserID: 1, BookID: 7, Kind: recommend.Rating, Rating: 5, OccurredAt: time.Unix(1_700_000_000, 0).UTC()},
		{EventID: "untimed", UserID: 1, BookID: 7, Kind: recommend.View},
	}
	if err != nil || !slices.Equal(events, want) {
		t.Errorf("events %v, want %v (%v)", events, want, err)
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

func TestMigrateTooNew(t *testing.T) {
	s := newStore(t)
	if _, err := s.aside.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	err := s.Migrate(t.Context())
	if !errors.Is(err, store.ErrSchemaTooNew) || !strings.Contains(err.Error(), "version 99") || !strings.Contains(err.Error(), "up to 3") {
		t.Errorf("error %v, want %v with both versions", err, store.ErrSchemaTooNew)
	}
}

// checkAppliedOnce checks that every step has been applied, and once.
func checkAppliedOnce(t *testing.T, s *Store) {
	t.Helper()
	var versions string
	err := s.aside.QueryRowContext(t.Context(), "SELECT group_concat(version_id) FROM (SELECT * FROM goose_db_version ORDER BY version_id)").Scan(&versions)
	if err != nil || versions != "0,1,2,3" {
		t.Errorf("versions %s, want each once (%v)", versions, err)
	}
	var rows int
	if err := s.aside.QueryRowContext(t.Context(), "SELECT count(*) FROM state").Scan(&rows); err != nil || rows != 1 {
		t.Errorf("the state has %d rows, want one (%v)", rows, err)
	}
}

func TestMigrateAtOnce(t *testing.T) {
	for i := range 20 {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("test-%d.db", i))
		stores := make([]*Store, 4)
		for i := range stores {
			s, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() }) // A test that fails says more.
			stores[i] = s
		}
		var migrating sync.WaitGroup
		for _, s := range stores {
			migrating.Go(func() {
				if err := s.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		migrating.Wait()
		checkAppliedOnce(t, stores[0])
	}
}

func TestMigrateProcessesAtOnce(t *testing.T) {
	for i := range 5 {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("test-%d.db", i))
		var migrating sync.WaitGroup
		for range 4 {
			migrating.Go(func() {
				if out := run(t, command(t.Context(), t, nil, "migrate", path)); out != "" {
					t.Errorf("it wrote %q", out)
				}
			})
		}
		migrating.Wait()
		checkAppliedOnce(t, openStore(t, path))
	}
}
