package postgres

import (
	"testing"

	"go.uber.org/goleak"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
	"bookmarket/recommendations/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	migrated := newTemplate(t, server)
	storetest.Run(t, func(t testing.TB) store.Store { return open(t, server.CopyDatabase(t, migrated)) })
}

// newTemplate returns a database to be copied: that is faster than to migrate each.
func newTemplate(t testing.TB, server *postgrestest.Server) string {
	t.Helper()
	url := server.NewDatabase(t)
	s, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return url
}

// open returns the store in a database that ends with the test.
func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// newStore returns an empty store that is migrated.
func newStore(t testing.TB, server *postgrestest.Server) *Store {
	t.Helper()
	s := open(t, server.NewDatabase(t))
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func view(id string, user, book int64) recommend.Activity {
	return recommend.Activity{EventID: id, UserID: user, BookID: book, Kind: recommend.View}
}
