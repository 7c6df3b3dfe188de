package sqlite

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A power cut leaves what was synced, and of the rest of the WAL any part or rubbish. Wherever
// it is damaged, the file opens and is sound, whole writes are there from the first up to some
// last, and none is missing that was acknowledged on the strength of what is undamaged.
func TestDamagedWAL(t *testing.T) {
	if lost := loseWAL(t, traceWrites(t, durable.synchronous), 1000); lost > 0 {
		t.Errorf("after %d of 1000 power cuts something acknowledged was lost", lost)
	}
	if lost := loseWAL(t, traceWrites(t, "OFF"), 50); lost < 25 {
		t.Errorf("with synchronous=OFF the test found something lost after only %d of 50 power cuts", lost)
	}
}

// loseWAL damages copies of a traced database and returns how many of them have lost writes
// that had been acknowledged.
func loseWAL(t *testing.T, traced trace, copies int) (lost int) {
	t.Helper()
	database, err := os.ReadFile(traced.path)
	if err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(traced.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if len(wal) < writesTraced*4096 {
		t.Fatalf("the WAL has only %d bytes", len(wal))
	}
	random := rand.New(rand.NewPCG(1, 2))
	rubbish := make([]byte, len(wal)) // a header of 32 bytes and frames of 4096 + 24
	for i := 0; i < len(rubbish); i += 8 {
		binary.NativeEndian.PutUint64(rubbish[i:], random.Uint64())
	}
	path := filepath.Join(t.TempDir(), "test.db")
	for i := range copies {
		offset := random.IntN(len(wal))
		damaged := slices.Clone(wal[:offset])
		if i%2 == 1 { // overwritten instead of cut
			damaged = append(damaged, rubbish[offset:]...)
		}
		for name, content := range map[string][]byte{path: database, path + "-wal": damaged} {
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		least := 0
		for write, synced := range traced.synced {
			if synced <= int64(offset) {
				least = write + 1
			}
		}
		if survivors(t, path) < least {
			lost++
		}
		if t.Failed() {
			t.Fatalf("copy %d, damaged from byte %d of %d on", i, offset, len(wal))
		}
	}
	return lost
}

// survivors returns how many whole writes a damaged database has.
func survivors(t *testing.T, path string) int {
	t.Helper()
	s, err := open(path, settings{synchronous: "OFF"}) // for speed: nothing more is promised here
	if err != nil {
		t.Error(err)
		return 0
	}
	checkIntegrity(t, s)
	events, _, err := s.ListActivity(t.Context(), 1, nil, 10*writesTraced)
	if err != nil {
		t.Error(err)
	}
	slices.Reverse(events)
	for i, event := range events {
		if want := fmt.Sprintf("event-%d", i+1); event.EventID != want {
			t.Errorf("event %d is %s, want %s", i+1, event.EventID, want)
		}
	}
	if len(events)%2 != 0 {
		t.Errorf("%d events have survived: one write in part", len(events))
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return len(events) / 2
}
