package sqlite

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/storetest"
)

// While a large model is put, and another removed, writes do not wait for it but for its parts.
func TestWriteDuringPutModel(t *testing.T) {
	s := newStore(t)
	lease, err := s.TrainingLease(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const models = store.ModelsKept + 1 // the last pushes the first out
	data := storetest.SomeModel(64 << 20)
	done := make(chan time.Duration)
	go func() {
		began := time.Now()
		for range models {
			if _, err := lease.PutModel(t.Context(), data); err != nil {
				t.Error(err)
			}
		}
		done <- time.Since(began)
	}()
	var took []time.Duration
	for n := 0; ; n++ {
		select {
		case all := <-done:
			slices.Sort(took)
			slowest := took[len(took)-1]
			t.Logf("%d models of 64 MiB in %v; %d writes meanwhile: p50 %v, p99 %v, max %v",
				models, all, len(took), took[len(took)/2], took[len(took)*99/100], slowest)
			if slowest > time.Second {
				t.Errorf("a write took %v", slowest)
			}
			return
		default:
		}
		began := time.Now()
		record(t, s, fmt.Sprint("event-", n), 1)
		took = append(took, time.Since(began))
	}
}

// A backup has the models.
func TestBackupModels(t *testing.T) {
	s := newStore(t)
	lease, err := s.TrainingLease(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	version, err := lease.PutModel(t.Context(), storetest.SomeModel(3<<20))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := s.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	restored := openStore(t, path)
	if latest, err := restored.LatestModel(t.Context()); err != nil || latest.Version != version || !storetest.IsWhole(latest.Data) {
		t.Errorf("the backup has version %d of %d bytes, want %d (%v)", latest.Version, len(latest.Data), version, err)
	}
	if lease, err = restored.TrainingLease(t.Context()); err != nil {
		t.Fatal(err)
	}
	if next, err := lease.PutModel(t.Context(), storetest.SomeModel(1)); err != nil || next <= version {
		t.Errorf("version %d after %d (%v)", next, version, err)
	}
}
