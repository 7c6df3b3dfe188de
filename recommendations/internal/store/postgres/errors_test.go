package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

func TestFault(t *testing.T) {
	s := open(t, "postgres://localhost:1/none")
	other := errors.New("something else")
	tests := map[string]struct {
		err  error
		want error
	}{
		"connection failure":        {&pgconn.PgError{Code: "08006"}, recommend.ErrUnavailable},
		"too many connections":      {&pgconn.PgError{Code: "53300"}, recommend.ErrUnavailable},
		"disk full":                 {&pgconn.PgError{Code: "53100"}, recommend.ErrStorageFull},
		"shutdown":                  {&pgconn.PgError{Code: "57P01"}, recommend.ErrUnavailable},
		"crash":                     {&pgconn.PgError{Code: "57P02"}, recommend.ErrUnavailable},
		"starting":                  {&pgconn.PgError{Code: "57P03"}, recommend.ErrUnavailable},
		"statement timeout":         {&pgconn.PgError{Code: "57014"}, recommend.ErrUnavailable},
		"read-only":                 {&pgconn.PgError{Code: "25006"}, recommend.ErrUnavailable},
		"deadlock":                  {&pgconn.PgError{Code: "40P01"}, recommend.ErrUnavailable},
		"lock timeout":              {&pgconn.PgError{Code: "55P03"}, recommend.ErrUnavailable},
		"our time is over":          {fmt.Errorf("query: %w", context.DeadlineExceeded), recommend.ErrUnavailable},
		"connection ends":           {io.ErrUnexpectedEOF, recommend.ErrUnavailable},
		"connection refused":        {&net.OpError{Op: "dial", Err: errors.New("connection refused")}, recommend.ErrUnavailable},
		"wrong password":            {&pgconn.PgError{Code: "28P01"}, nil},
		"no such database":          {&pgconn.PgError{Code: "3D000"}, nil},
		"no such table":             {&pgconn.PgError{Code: "42P01"}, nil},
		"neither driver nor server": {other, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.fault(t.Context(), tt.err)
			if !errors.Is(got, tt.err) {
				t.Errorf("%v has lost %v, which the log wants", got, tt.err)
			}
			for _, sentinel := range []error{recommend.ErrUnavailable, recommend.ErrStorageFull} {
				if errors.Is(got, sentinel) != errors.Is(tt.want, sentinel) {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
	lost := s.fault(t.Context(), fmt.Errorf("%w: %w", store.ErrLeaseLost, context.Canceled))
	if errors.Is(lost, context.Canceled) || !errors.Is(lost, recommend.ErrUnavailable) || !errors.Is(lost, store.ErrLeaseLost) {
		t.Errorf("after a cancellation of ours got %v, which is taken for the caller's", lost)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if got := s.fault(cancelled, other); got != context.Canceled { //nolint:errorlint // as such
		t.Errorf("after the caller's cancellation got %v, want %v", got, context.Canceled)
	}
	if got := s.fault(cancelled, nil); got != nil {
		t.Errorf("what has succeeded ends with %v", got)
	}
}

// Nobody finds a password in what an error says, however wrong the URL is.
func TestSecrets(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	for _, url := range []string{
		"postgres://me:hunter2@localhost:port/books", "postgres://me:hunter2", "postgres://me:hunter2@[::1/books",
		"postgres://me:hunter2%zz@localhost/books", "postgres://me:hun/hunter2@localhost/books", "hunter2",
		"postgres://me@localhost/books?password=hunter2&sslmode=hunter2", "postgres://me:hunter2@localhost/books?pool_max_conns=hunter2",
	} {
		s, err := Open(url)
		if err == nil {
			err = s.Ready(t.Context())
			_ = s.Close() // It was never used.
		}
		if err == nil || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s: %v", url, err)
		}
	}
	database := server.NewDatabase(t)
	for name, url := range map[string]string{
		"wrong user":   strings.Replace(database, "tester", "hacker", 1),
		"no database":  server.URL("nowhere"),
		"nobody there": strings.Replace(database, "127.0.0.1", "127.0.0.2", 1),
	} {
		s := open(t, url)
		for _, err := range []error{s.Ready(t.Context()), s.Migrate(t.Context())} {
			if err == nil || strings.Contains(err.Error(), server.Password()) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A database that may not be written to is not ready; it is as soon as it may.
func TestReadOnly(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	s := newStore(t, server)
	record(t, s, "before", 1)
	set := func(value string) {
		server.Exec(t, server.URL("postgres"), "ALTER SYSTEM SET default_transaction_read_only = "+value)
		server.Exec(t, server.URL("postgres"), "SELECT pg_reload_conf()")
	}
	set("on")
	eventually(t, "a write fails", func() bool {
		_, err := s.RecordActivity(t.Context(), []recommend.Activity{view("refused", 1, 1)})
		return errors.Is(err, recommend.ErrUnavailable)
	})
	if err := s.Ready(t.Context()); !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("Ready: %v, want %v", err, recommend.ErrUnavailable)
	}
	if events := list(t, s, 1); len(events) == 0 {
		t.Error("nothing can be read")
	}
	set("off")
	eventually(t, "the store is ready", func() bool { return s.Ready(t.Context()) == nil })
	record(t, s, "after", 1)
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after five seconds it is not so that %s", what)
		}
	}
}

// A full disk ends writes and nothing else, until there is space again.
func TestDiskFull(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url, fill, free := server.NewSmallDatabase(t, 24)
	s := open(t, url)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept := 0
	write := func() error {
		events := make([]recommend.Activity, 100)
		for i := range events {
			events[i] = view(fmt.Sprintf("event-%d-%d", kept, i), 1, 1)
		}
		_, err := s.RecordActivity(t.Context(), events)
		if err == nil {
			kept += len(events)
		}
		return err
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		fill(t)
		err := write()
		for err == nil { // there were pages to spare
			err = write()
		}
		if !errors.Is(err, recommend.ErrStorageFull) {
			t.Fatalf("round %d: a write on a full disk: %v, want %v", round, err, recommend.ErrStorageFull)
		}
		if events := list(t, s, 1); len(events) != kept {
			t.Errorf("round %d: %d events are read from a full disk, want %d", round, len(events), kept)
		}
		free(t)
		if err := write(); err != nil {
			t.Fatalf("round %d: a write when there is space again: %v", round, err)
		}
	}
}

// What the server is set to does not weaken the promise that what is acknowledged is durable.
func TestCommitsAreDurable(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast) // its synchronous_commit is off
	for setting, want := range map[string]string{"off": "on", "remote_apply": "remote_apply"} {
		url := server.NewDatabase(t)
		server.Exec(t, url, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = "+setting+"', current_database()); END $$")
		var got string
		if err := open(t, url).pool.QueryRow(t.Context(), "SHOW synchronous_commit").Scan(&got); err != nil || got != want {
			t.Errorf("where the server says %s a connection has %s, want %s (%v)", setting, got, want, err)
		}
	}
}
