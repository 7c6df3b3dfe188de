package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"

	"bookmarket/recommendations/internal/recommend"
)

// A full disk ends writes and nothing else, until there is space again.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v: %s): run the tests as root on Linux to see a full one", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(context.Background(), "umount", disk).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	s := openStore(t, filepath.Join(disk, "test.db"))
	kept := 0
	put := func() error {
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
	if err := put(); err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		filler := fill(t, disk)
		err := put()
		for err == nil { // the WAL had room left
			err = put()
		}
		if !errors.Is(err, recommend.ErrStorageFull) {
			t.Fatalf("round %d: a write on a full disk: %v, want %v", round, err, recommend.ErrStorageFull)
		}
		t.Log(err)
		if got := count(t, s, 1); got != kept {
			t.Errorf("round %d: %d events are read from a full disk, want %d", round, got, kept)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if err := put(); err != nil {
			t.Fatalf("round %d: a write when there is space again: %v", round, err)
		}
	}
	if got := count(t, s, 1); got != kept {
		t.Errorf("%d events are kept, want %d", got, kept)
	}
	checkIntegrity(t, s)
}

// Where the file may not grow, as with a quota, SQLite tells of a failed write (IOERR) instead
// of a full disk: it means the same.
func TestFileLimit(t *testing.T) {
	run(t, command(t.Context(), t, nil, "limited", filepath.Join(t.TempDir(), "test.db")))
}

func limitedJob(path string, _ []string) error {
	signal.Ignore(syscall.SIGXFSZ) // which would end the process
	s, err := Open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	write := func(id string) error {
		_, err := s.RecordActivity(ctx, []recommend.Activity{view(id, 1, 1)})
		return err
	}
	var unlimited syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &unlimited); err != nil {
		return err
	}
	if err := errors.Join(write("before"), limitFiles(4096, unlimited.Max)); err != nil {
		return err
	}
	if err := write("refused"); !errors.Is(err, recommend.ErrStorageFull) || code(err) != sqlite3.SQLITE_IOERR {
		return fmt.Errorf("a write that makes a file too large: %w, want %w because of IOERR", err, recommend.ErrStorageFull)
	}
	if err := errors.Join(limitFiles(unlimited.Cur, unlimited.Max), write("after")); err != nil {
		return err
	}
	events, err := s.History(ctx, 1)
	if err != nil || len(events) != 2 || events[0].EventID != "after" || events[1].EventID != "before" {
		return fmt.Errorf("the events are %v: %w", events, err)
	}
	return s.Close()
}

func limitFiles(now, most uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: now, Max: most})
}

// fill leaves no space in a folder.
func fill(t *testing.T, folder string) (path string) {
	t.Helper()
	path = filepath.Join(folder, "filler")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func checkIntegrity(t testing.TB, s *Store) {
	t.Helper()
	var result string
	if err := s.aside.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result); err != nil || result != "ok" {
		t.Errorf("integrity check: %s (%v)", result, err)
	}
}
