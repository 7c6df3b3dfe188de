package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/storetest"
)

// 20 backups under some 200 writes a second each hold all that was acknowledged when they
// began, and nothing after the first write that they do not hold.
func TestBackupUnderWrites(t *testing.T) {
	s := newStore(t)
	if _, err := s.PutBooks(t.Context(), []recommend.Book{{ID: 1, Title: "One"}}); err != nil {
		t.Fatal(err)
	}
	var acknowledged atomic.Int64
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		pace := time.NewTicker(5 * time.Millisecond)
		defer pace.Stop()
		for n := int64(1); ; n++ {
			select {
			case <-stop:
				return
			case <-pace.C:
			}
			record(t, s, fmt.Sprint("event-", n), 1)
			acknowledged.Store(n)
		}
	})
	defer writing.Wait()
	defer close(stop)
	folder := t.TempDir()
	for i := range 20 {
		path := filepath.Join(folder, fmt.Sprintf("backup-%d.db", i))
		time.Sleep(20 * time.Millisecond) // a write or more
		before := acknowledged.Load()
		if err := s.Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		checkBackup(t, path, before, acknowledged.Load()+1)
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".*")); err != nil || len(left) > 0 {
		t.Errorf("%v were left behind (%v)", left, err)
	}
}

// checkBackup checks that a store which starts on the backup holds the events 1 to n, where n
// is between two numbers, that it is sound, and that it can be written to.
func checkBackup(t *testing.T, path string, least, most int64) {
	t.Helper()
	s := openStore(t, path)
	checkIntegrity(t, s)
	events, _, err := s.ListActivity(t.Context(), 1, nil, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(len(events))
	if n < least || n > most {
		t.Errorf("the backup has %d events; %d were acknowledged when it began and %d begun when it ended", n, least, most)
	}
	slices.Reverse(events)
	for i, event := range events {
		if want := fmt.Sprint("event-", i+1); event.EventID != want {
			t.Fatalf("event %d is %s, want %s", i+1, event.EventID, want)
		}
	}
	if books, revision, err := s.Books(t.Context()); err != nil || len(books) != 1 || revision != 1 {
		t.Errorf("the backup has %d books of revision %d (%v)", len(books), revision, err)
	}
	record(t, s, "restored", 1)
	if got := count(t, s, 1); int64(got) != n+1 {
		t.Errorf("%d events after one more, want %d", got, n+1)
	}
}

// A store that starts on a backup is one like any other.
func TestRestoredStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		path := filepath.Join(t.TempDir(), "backup.db")
		if err := newStore(t).Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		return openStore(t, path)
	})
}

func TestBackupFails(t *testing.T) {
	s := newStore(t)
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), path); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want %v with the path", err, fs.ErrExist)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "precious" {
		t.Errorf("the file now holds %q (%v)", content, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	folder := t.TempDir()
	if err := s.Backup(cancelled, filepath.Join(folder, "backup.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v were left behind (%v)", left, err)
	}
	missing := filepath.Join(t.TempDir(), "no such folder", "backup.db")
	if err := s.Backup(t.Context(), missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("error %v, want %v with the path", err, fs.ErrNotExist)
	}
}
