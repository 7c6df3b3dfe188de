package postgres

import (
	"errors"
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
	url := server.NewDatabase(t)
	migrated(t, url)
	storetest.Run(t, emptied(server, url))
}

func TestShared(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	migrated(t, url)
	storetest.RunShared(t, func(t testing.TB) (one, other store.Store) {
		return emptied(server, url)(t), open(t, url)
	})
}

// emptied returns a function that opens the store in a database after it has emptied that: a
// database for each case would take half a minute.
func emptied(server *postgrestest.Server, url string) func(testing.TB) store.Store {
	return func(t testing.TB) store.Store {
		t.Helper()
		// What the case before has cancelled must not come late.
		server.Exec(t, url, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		server.Exec(t, url, "TRUNCATE books, activity, models, model_parts")
		server.Exec(t, url, "UPDATE catalog SET revision = 0")
		return open(t, url)
	}
}

func migrated(t testing.TB, url string) {
	t.Helper()
	s, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Migrate(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
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
