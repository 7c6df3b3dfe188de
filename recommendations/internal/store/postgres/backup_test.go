package postgres

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
	"bookmarket/recommendations/internal/store/storetest"
)

const (
	backups       = 20
	backupWriters = 4
	backupPace    = 20 * time.Millisecond // of each writer: 200 writes a second
)

// Backups by pg_dump under 200 writes a second hold all that was acknowledged when they began,
// and of each writer nothing after the first write that they do not hold.
func TestBackupUnderWrites(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	url := server.NewDatabase(t)
	s := open(t, url)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutBooks(t.Context(), []recommend.Book{{ID: 1, Title: "One"}}); err != nil {
		t.Fatal(err)
	}
	var acknowledged [backupWriters]atomic.Int64
	stop := make(chan struct{})
	var writing sync.WaitGroup
	for writer := range backupWriters {
		writing.Go(func() {
			pace := time.NewTicker(backupPace)
			defer pace.Stop()
			for n := int64(1); ; n++ {
				select {
				case <-stop:
					return
				case <-pace.C:
				}
				record(t, s, fmt.Sprintf("event-%d-%d", writer, n), int64(writer+1))
				acknowledged[writer].Store(n)
			}
		})
	}
	counts := func() (n [backupWriters]int64) {
		for writer := range n {
			n[writer] = acknowledged[writer].Load()
		}
		return n
	}
	eventually(t, "every writer has written", func() bool { n := counts(); return slices.Min(n[:]) > 0 })
	for range backups {
		before := counts()
		file := dump(t, server, url)
		after := counts()
		restored := open(t, restore(t, server, file))
		for writer := range backupWriters {
			checkBackup(t, restored, writer, before[writer], after[writer]+1)
		}
		checkRestored(t, restored)
	}
	close(stop)
	writing.Wait()
	t.Logf("%d backups, %v writes", backups, counts())
}

// dump backs a database up as documented.
func dump(t *testing.T, server *postgrestest.Server, url string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "backup")
	server.Run(t, "pg_dump", "--format", "custom", "--file", file, "--dbname", url)
	return file
}

// restore restores a backup into a new database.
func restore(t *testing.T, server *postgrestest.Server, file string) (url string) {
	t.Helper()
	url = server.NewDatabase(t)
	server.Run(t, "pg_restore", "--exit-on-error", "--dbname", url, file)
	return url
}

// checkBackup checks that a writer's events 1 to n are there, where n is between two numbers.
func checkBackup(t *testing.T, s *Store, writer int, least, most int64) {
	t.Helper()
	events := list(t, s, int64(writer+1))
	if n := int64(len(events)); n < least || n > most {
		t.Errorf("the backup has %d events; %d were acknowledged when it began and %d begun when it ended", n, least, most)
	}
	slices.Reverse(events)
	for i, event := range events {
		if want := fmt.Sprintf("event-%d-%d", writer, i+1); event.EventID != want {
			t.Fatalf("event %d is %s, want %s", i+1, event.EventID, want)
		}
	}
}

// checkRestored checks that a service can go on where the backup ends.
func checkRestored(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if books, revision, err := s.Books(t.Context()); err != nil || len(books) != 1 || revision != 1 {
		t.Errorf("the backup has %d books of revision %d (%v)", len(books), revision, err)
	}
	events := []recommend.Activity{view("event-0-1", 1, 1), view("restored", 1, 1)}
	if recorded, err := s.RecordActivity(t.Context(), events); err != nil || recorded != 1 {
		t.Errorf("of an event that is kept and a new one %d are new (%v)", recorded, err)
	}
	if events := list(t, s, 1); events[0].EventID != "restored" {
		t.Errorf("the newest event is %s", events[0].EventID)
	}
}

// A restored database is as good as any: it is the one that is compared with the model.
func TestRestoredStore(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Fast)
	original := server.NewDatabase(t)
	migrated(t, original)
	storetest.RunMachine(t, emptied(server, restore(t, server, dump(t, server, original))))
}
