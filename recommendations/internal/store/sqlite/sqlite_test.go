package sqlite

import (
	"path/filepath"
	"testing"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return newStore(t) })
}

func TestShared(t *testing.T) {
	storetest.RunShared(t, func(t testing.TB) (one, other store.Store) {
		path := filepath.Join(t.TempDir(), "test.db")
		return openStore(t, path), openStore(t, path)
	})
}

func TestMachine(t *testing.T) {
	storetest.RunMachine(t, func(t testing.TB) store.Store { return newStore(t) })
}

// newStore returns an empty store that ends with the test.
func newStore(t testing.TB) *Store {
	t.Helper()
	return openStore(t, filepath.Join(t.TempDir(), "test.db"))
}

func openStore(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func view(id string, user, book int64) recommend.Activity {
	return recommend.Activity{EventID: id, UserID: user, BookID: book, Kind: recommend.View}
}
