package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/importing"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

// dryRun runs the command on a store and returns what it prints.
func dryRun(t *testing.T, database string) string {
	t.Helper()
	books := filepath.Join(t.TempDir(), "books.csv")
	if err := os.WriteFile(books, []byte("id,title\n1,Dune\n2,Emma\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("RECOMMENDATIONS_DATABASE_URL", database)
	var out strings.Builder
	c := importCommand{importing.Command{Books: books, DryRun: true, OnError: "skip"}}
	if err := c.Run(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// contents returns what is in the files below a folder, by their names; folders have none.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			found[path] = ""
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // below the test's folder
		found[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// withOpen calls do with the store as it is.
func withOpen(t *testing.T, database string, do func(context.Context, store.Store) error) error {
	t.Helper()
	st, err := openStore(database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return errors.Join(do(t.Context(), st), st.Close())
}

func TestDryRunMakesNoStore(t *testing.T) {
	folder := t.TempDir()
	for _, database := range []string{"sqlite:" + filepath.Join(folder, "new", "shop.db"), "memory:"} {
		if out := dryRun(t, database); !strings.Contains(out, "2 new, 0 changed, 0 equal") {
			t.Errorf("%s:\n%s", database, out)
		}
	}
	if found := contents(t, folder); len(found) != 1 {
		t.Errorf("it left behind %v", found)
	}
}

func TestDryRunChangesNoStore(t *testing.T) {
	folder := t.TempDir()
	database := "sqlite:" + filepath.Join(folder, "shop.db")
	for _, state := range []struct {
		make func(context.Context, store.Store) error
		want string
	}{
		{func(context.Context, store.Store) error { return nil }, "2 good"}, // never migrated
		{func(ctx context.Context, st store.Store) error { return st.Migrate(ctx) }, "2 new, 0 changed, 0 equal"},
		{func(ctx context.Context, st store.Store) error {
			_, err := st.PutBooks(ctx, []recommend.Book{{ID: 1, Title: "Dune"}, {ID: 2, Title: "Faust"}})
			return err
		}, "0 new, 1 changed, 1 equal"},
	} {
		if err := withOpen(t, database, state.make); err != nil {
			t.Fatal(err)
		}
		before := contents(t, folder)
		if out := dryRun(t, database); !strings.Contains(out, state.want) {
			t.Errorf("got\n%s, want %s", out, state.want)
		}
		if !maps.Equal(contents(t, folder), before) {
			t.Errorf("%s: it changed the store", state.want)
		}
	}
}

func TestDryRunDoesNotMigratePostgreSQL(t *testing.T) {
	database := postgrestest.Start(t, postgrestest.Fast).NewDatabase(t)
	if out := dryRun(t, database); !strings.Contains(out, "2 good") {
		t.Errorf("got\n%s", out)
	}
	err := withOpen(t, database, func(ctx context.Context, st store.Store) error {
		_, err := st.CatalogRevision(ctx)
		return err
	})
	if err == nil {
		t.Error("it migrated the database")
	}
}
