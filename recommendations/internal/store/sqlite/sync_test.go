package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/recommend"
)

const (
	// writesTraced is how many writes one traced process makes, each with two events.
	writesTraced = 60
	acknowledged = "acknowledged "
)

// recordJob makes writes one by one and notes each on standard output when it is acknowledged.
// It ends as a crash does: the WAL stays as it is.
func recordJob(path string, args []string) error {
	s, err := open(path, settings{synchronous: args[0], autocheckpoint: 0})
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if _, err := s.aside.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return err
	}
	for i := range writesTraced {
		events := []recommend.Activity{view(fmt.Sprintf("event-%d", 2*i+1), 1, 1), view(fmt.Sprintf("event-%d", 2*i+2), 1, 2)}
		if _, err := s.RecordActivity(ctx, events); err != nil {
			return err
		}
		fmt.Printf("%s%d\n", acknowledged, i) //nolint:forbidigo // the job's report
	}
	return nil
}

// A trace is what the system was asked to do about the WAL.
type trace struct {
	path string // of the database
	// synced is by write how much of the WAL was on the disk when it was acknowledged.
	synced []int64
	// early is how many acknowledgements came after something was written to the WAL and before
	// that was synced, or before anything was written for them.
	early int
}

// traceWrites has a process record events under strace.
func traceWrites(t *testing.T, synchronous string) trace {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skipf("%v: install the package strace to see what is synced", err)
	}
	if out, err := exec.CommandContext(t.Context(), strace, "true").CombinedOutput(); err != nil {
		t.Skipf("strace may not trace here (%v): %s", err, out)
	}
	folder := t.TempDir()
	log := filepath.Join(folder, "trace")
	result := trace{path: filepath.Join(folder, "test.db")}
	run(t, command(t.Context(), t, []string{strace, "-f", "-y", "-s", "16", "-o", log, "-e", "trace=write,pwrite64,fsync,fdatasync"},
		"record", result.path, synchronous))
	file, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	lines := bufio.NewScanner(file)
	p := traceParser{trace: &result, syncing: make(map[string]bool)}
	for lines.Scan() {
		p.line(lines.Text())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(result.synced) != writesTraced {
		t.Fatalf("%d acknowledgements in the trace, want %d", len(result.synced), writesTraced)
	}
	return result
}

var (
	walWrite = regexp.MustCompile(`\bpwrite64\(\d+<[^>]*-wal>, .*, (\d+), (\d+)(?:\)| <unfinished)`)
	walSync  = regexp.MustCompile(`^(\d+) +f(?:data)?sync\(\d+<[^>]*-wal>(.*)`)
	resumed  = regexp.MustCompile(`^(\d+) +<\.{3} f(?:data)?sync resumed>`)
)

// A traceParser follows the calls of all threads.
type traceParser struct {
	*trace
	written, onDisk int64
	wrote           bool            // since the last acknowledgement
	syncing         map[string]bool // threads whose sync of the WAL has begun
}

func (p *traceParser) line(text string) {
	if m := walWrite.FindStringSubmatch(text); m != nil {
		p.written, p.wrote = max(p.written, number(m[1])+number(m[2])), true
	} else if m := walSync.FindStringSubmatch(text); m != nil {
		if strings.Contains(m[2], "unfinished") {
			p.syncing[m[1]] = true
		} else {
			p.onDisk = p.written
		}
	} else if m := resumed.FindStringSubmatch(text); len(m) > 0 && p.syncing[m[1]] {
		delete(p.syncing, m[1])
		p.onDisk = p.written
	} else if strings.Contains(text, `"`+acknowledged) {
		if !p.wrote || p.onDisk < p.written {
			p.early++
		}
		p.synced, p.wrote = append(p.synced, p.onDisk), false
	}
}

func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64) // The expression matches nothing else.
	return n
}

// Between the last write to the WAL and each acknowledgement the WAL is synced; and this test
// sees it where it is not.
func TestSyncBeforeAcknowledgement(t *testing.T) {
	if got := traceWrites(t, durable.synchronous); got.early > 0 {
		t.Errorf("%d of %d acknowledgements came before the sync", got.early, writesTraced)
	}
	for _, synchronous := range []string{"NORMAL", "OFF"} {
		if got := traceWrites(t, synchronous); got.early < writesTraced/2 {
			t.Errorf("with synchronous=%s the test found only %d of %d acknowledgements early", synchronous, got.early, writesTraced)
		}
	}
}
