package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ path, reason string }{
		"a folder":                     {folder, "is a directory"},
		"another kind of file":         {text, "file is not a database"},
		"in a file":                    {filepath.Join(text, "test.db"), "not a directory"},
		"in a folder that can't exist": {"/proc/nowhere/test.db", "/proc/nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(test.path)
			if err == nil {
				t.Fatal("it opened", s.Close())
			}
			if got := err.Error(); !strings.Contains(got, test.path) || !strings.Contains(got, test.reason) {
				t.Errorf("error %q, want it to name %q and the reason %q", got, test.path, test.reason)
			}
		})
	}
}

// Every character of a path is part of the path, and nobody else may read what readers did.
func TestOpenCreates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a new/folder", "50% of #1?mode=memory&x.db")
	openStore(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() == 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has %d bytes and mode %v, want some and -rw-------", info.Size(), info.Mode().Perm())
	}
}

func TestOpenRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	openStore(t, "data/test.db")
	if _, err := os.Stat("data/test.db"); err != nil {
		t.Error(err)
	}
}

// Several processes may start on a new file at the same moment.
func TestOpenAtOnce(t *testing.T) {
	for i := range 20 {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("test-%d.db", i))
		var opening sync.WaitGroup
		for range 4 {
			opening.Go(func() {
				s, err := Open(path)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		opening.Wait()
	}
}

// What the promises rest on: each connection has the settings.
func TestSettings(t *testing.T) {
	s := newStore(t)
	for query, want := range map[string]string{
		"PRAGMA journal_mode":  "wal",
		"PRAGMA synchronous":   "2", // FULL
		"PRAGMA secure_delete": "1",
		"PRAGMA temp_store":    "2", // MEMORY
	} {
		var got string
		if err := s.aside.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", query, got, want, err)
		}
	}
	// Before 3.51.3 two connections that write and checkpoint at the same time could damage a
	// file with a WAL (https://sqlite.org/wal.html#walresetbug).
	var major, minor, patch int
	var version string
	if err := s.aside.QueryRowContext(t.Context(), "SELECT sqlite_version()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil || major*1_000_000+minor*1000+patch < 3_051_003 {
		t.Errorf("SQLite %s, want 3.51.3 or later (%v)", version, err)
	}
	if _, err := s.reads.ExecContext(t.Context(), "DELETE FROM activity"); err == nil {
		t.Error("a connection for reads can write")
	}
}
