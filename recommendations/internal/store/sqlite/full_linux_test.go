package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"bookmarket/recommendations/internal/recommend"
)

// A full disk ends writes and nothing else, until there is space again.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): run the tests as root to see a full one", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
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
