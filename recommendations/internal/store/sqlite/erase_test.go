package sqlite

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// traces returns in which of the database's files a text stands.
func traces(t *testing.T, s *Store, text string) (files []string) {
	t.Helper()
	paths, err := filepath.Glob(s.path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(text)) {
			files = append(files, filepath.Base(path))
		}
	}
	return files
}

// populate records the events of many readers in random order, so that pages of the file are
// split again and again, and those of reader 7 have recognisable ids.
func populate(t *testing.T, s *Store) (of7 int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		batch := make([]recommend.Activity, 500)
		for i := range batch {
			user := random.Int64N(20) + 1
			id := fmt.Sprintf("event-%x", random.Uint64())
			if user == 7 {
				id = fmt.Sprintf("recognisable-%x", random.Uint64())
				of7++
			}
			batch[i] = view(id, user, random.Int64N(1000)+1)
			batch[i].OccurredAt = time.UnixMicro(random.Int64N(1_700_000_000_000_000) + 1).UTC()
		}
		if _, err := s.RecordActivity(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return of7
}

func TestDeleteUserLeavesNoTrace(t *testing.T) {
	s := newStore(t)
	want := populate(t, s)
	if found := traces(t, s, "recognisable-"); len(found) == 0 {
		t.Fatal("the ids are in no file even before they are erased")
	}
	if deleted, err := s.DeleteUser(t.Context(), 7); err != nil || deleted != int64(want) {
		t.Fatalf("%d events were deleted, want %d (%v)", deleted, want, err)
	}
	if found := traces(t, s, "recognisable-"); len(found) > 0 {
		t.Errorf("the erased reader's ids are still in %v", found)
	}
}

// Who reads an older state keeps the WAL from being emptied; it is as soon as nobody does.
func TestDeleteUserDuringRead(t *testing.T) {
	s := newStore(t)
	populate(t, s)
	reading, err := s.reads.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRowContext(t.Context(), "SELECT count(*) FROM activity").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteUser(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	if got := count(t, s, 7); got != 0 {
		t.Errorf("%d events of the erased reader are left", got)
	}
	if err := reading.Commit(); err != nil {
		t.Fatal(err)
	}
	awaitNoTraces(t, s)
}

// A process that is killed before it has emptied the WAL leaves that to the next one.
func TestDeleteUserThenKilled(t *testing.T) {
	s := newStore(t)
	populate(t, s)
	reading, err := s.reads.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Rollback() //nolint:errcheck // it only keeps the WAL from being emptied
	var n int
	if err := reading.QueryRowContext(t.Context(), "SELECT count(*) FROM activity").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteUser(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(t.TempDir(), "left.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(s.path + suffix)
		if err == nil {
			err = os.WriteFile(left+suffix, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	awaitNoTraces(t, openStore(t, left))
}

// awaitNoTraces waits until no file has an id of the erased reader's.
func awaitNoTraces(t *testing.T, s *Store) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		found := traces(t, s, "recognisable-")
		if len(found) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the erased reader's ids are still in %v", found)
		}
	}
}
