package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// Two stores on one file lock as those of two processes do.
func twoStores(t *testing.T) (a, b *Store) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	return openStore(t, path), openStore(t, path)
}

// importJob imports batches without a pause until its standard input ends, and says how many.
func importJob(path string, _ []string) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		ended <- err
	}()
	for batch := 0; ; batch++ {
		select {
		case err := <-ended:
			fmt.Println(batch) //nolint:forbidigo // the job's report
			return errors.Join(err, s.Close())
		default:
		}
		events := make([]recommend.Activity, 2000)
		for i := range events {
			n := int64(batch*len(events) + i)
			events[i] = view(fmt.Sprint("import-", n), n*7919%100_003+1, n+1)
		}
		if _, err := s.PutActivity(context.Background(), events); err != nil {
			return fmt.Errorf("batch %d: %w", batch, err)
		}
	}
}

// While another process imports without a pause, a write has its second, and the import gets on.
func TestWriteDuringImport(t *testing.T) {
	s := newStore(t)
	importer := command(t.Context(), t, nil, "import", s.path)
	stop, err := importer.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var report strings.Builder
	importer.Stdout = &report
	if err := importer.Start(); err != nil {
		t.Fatal(err)
	}
	for count(t, s, 1) == 0 { // it has not begun
		time.Sleep(time.Millisecond)
	}
	var longest time.Duration
	writes := 0
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); writes++ {
		began := time.Now()
		record(t, s, fmt.Sprint("event-", writes), 1)
		longest = max(longest, time.Since(began))
	}
	if err := errors.Join(stop.Close(), importer.Wait()); err != nil {
		t.Fatalf("%v\n%v", err, importer.Stderr)
	}
	batches, err := strconv.Atoi(strings.TrimSpace(report.String()))
	t.Logf("%d writes, the longest took %v, during %d batches of 2000", writes, longest, batches)
	if longest > time.Second {
		t.Errorf("a write took %v", longest)
	}
	if err != nil || batches < 10 {
		t.Errorf("the import got no further than %d batches (%v)", batches, err)
	}
}

// A process that always has another write waiting leaves others their turn.
func TestTurns(t *testing.T) {
	server, other := twoStores(t)
	stop := make(chan struct{})
	var writing sync.WaitGroup
	for range 2 {
		writing.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := other.do(context.Background(), func(*transaction) error {
					time.Sleep(40 * time.Millisecond)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 10 {
		time.Sleep(20 * time.Millisecond) // the other process takes the lock
		began := time.Now()
		record(t, server, fmt.Sprint("event-", i), 1)
		if took := time.Since(began); took > time.Second {
			t.Errorf("write %d took %v", i, took)
		}
	}
	close(stop)
	writing.Wait()
}

// A process that does not let go of the lock is told of within a second; reads go on.
func TestLocked(t *testing.T) {
	server, other := twoStores(t)
	release := hold(t, other)
	began := time.Now()
	_, err := server.RecordActivity(t.Context(), []recommend.Activity{view("event", 1, 1)})
	if took := time.Since(began); !errors.Is(err, recommend.ErrUnavailable) || took > time.Second {
		t.Errorf("a write: %v after %v, want %v within a second", err, took, recommend.ErrUnavailable)
	}
	if err := server.Ready(t.Context()); !errors.Is(err, recommend.ErrUnavailable) {
		t.Errorf("Ready: %v, want %v", err, recommend.ErrUnavailable)
	}
	if got := count(t, server, 1); got != 0 {
		t.Errorf("%d events, want none of a write that failed", got)
	}
	release()
	if err := server.Ready(t.Context()); err != nil {
		t.Errorf("Ready when the lock is free: %v", err)
	}
}
