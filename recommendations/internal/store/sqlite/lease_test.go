package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/storetest"
)

// kills is how often a trainer is killed.
const kills = 20

// trainJob takes the lease as soon as it is free, and puts models, some of them in place of all
// others, until it is killed. It reports the lease and every version.
func trainJob(path string, _ []string) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	lease, err := awaitLease(context.Background(), s)
	if err != nil {
		return err
	}
	fmt.Println("lease") //nolint:forbidigo // the job's report
	for i := 0; ; i++ {
		from := int64(math.MaxInt64)
		if i%2 == 1 {
			from = 1
		}
		version, err := lease.ReplaceModels(context.Background(), from, storetest.SomeModel(i%7*500_000))
		if err != nil {
			return err
		}
		fmt.Println(version) //nolint:forbidigo // the job's report
	}
}

// awaitLease returns the lease as soon as it is free.
func awaitLease(ctx context.Context, s *Store) (store.Lease, error) {
	for {
		lease, err := s.TrainingLease(ctx)
		if !errors.Is(err, store.ErrTraining) {
			return lease, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// A trainer is killed again and again, at any moment, while others wait. Never do two have the
// lease, the next has it soon, and what they put are whole models of versions that rise.
func TestTrainerKilled(t *testing.T) {
	s := newStore(t)
	random := rand.New(rand.NewPCG(1, 2))
	var last int64
	var slowest time.Duration
	for round := range kills {
		trainer := command(t.Context(), t, nil, "train", s.path)
		out, err := trainer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := trainer.Start(); err != nil {
			t.Fatal(err)
		}
		report := bufio.NewReader(out)
		if line, err := report.ReadString('\n'); line != "lease\n" {
			t.Fatalf("the trainer began with %q (%v)\n%v", line, err, trainer.Stderr)
		}
		if _, err := s.TrainingLease(t.Context()); !errors.Is(err, store.ErrTraining) {
			t.Errorf("round %d: a lease beside that of another process: %v", round, err)
		}
		time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
		if err := trainer.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		killed := time.Now()
		lease, err := awaitLease(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		slowest = max(slowest, time.Since(killed))
		said, err := io.ReadAll(report)
		if err != nil {
			t.Fatal(err)
		}
		_ = trainer.Wait() // It was killed.
		versions := append(numbers(t, string(said)), successor(t, s, lease, last))
		if !slices.IsSorted(versions) || versions[0] <= last {
			t.Errorf("round %d: versions %v after %d", round, versions, last)
		}
		last = versions[len(versions)-1]
	}
	if slowest > 2*time.Second {
		t.Errorf("a successor got the lease after %v", slowest)
	}
	checkIntegrity(t, s)
	t.Logf("%d trainers killed, %d versions, the next had the lease after %v at most", kills, last, slowest)
}

// successor does what a trainer does that comes after one that was killed, and returns the
// version that it puts. There is a model always, once there was one.
func successor(t *testing.T, s *Store, lease store.Lease, last int64) int64 {
	t.Helper()
	found, err := s.LatestModel(t.Context())
	if err != nil && (last > 0 || !errors.Is(err, store.ErrNoModel)) || err == nil && !storetest.IsWhole(found.Data) {
		t.Errorf("version %d was left in part (%v)", found.Version, err)
	}
	version, err := lease.PutModel(t.Context(), storetest.SomeModel(10))
	if err != nil || version <= found.Version {
		t.Errorf("version %d after %d (%v)", version, found.Version, err)
	}
	if err := lease.Release(); err != nil {
		t.Error(err)
	}
	var left int
	err = s.aside.QueryRowContext(t.Context(), "SELECT count(*) FROM model_parts WHERE version NOT IN (SELECT version FROM models)").Scan(&left)
	if err != nil || left > 0 {
		t.Errorf("%d parts are of no model (%v)", left, err)
	}
	return version
}

// numbers returns the numbers of whole lines: the last may be cut off.
func numbers(t *testing.T, lines string) (list []int64) {
	t.Helper()
	for line := range strings.Lines(lines) {
		if text, whole := strings.CutSuffix(line, "\n"); whole {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, n)
		}
	}
	return list
}

// Where somebody has removed the file that is locked, another process can lock a new one. The
// one that came first writes no more.
func TestLeaseFileRemoved(t *testing.T) {
	one, other := twoStores(t)
	first, err := one.TrainingLease(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(one.leaseFile); err != nil {
		t.Fatal(err)
	}
	second, err := other.TrainingLease(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.PutModel(t.Context(), storetest.SomeModel(1)); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("the first trainer's put: %v, want %v", err, store.ErrLeaseLost)
	}
	if version, err := second.PutModel(t.Context(), storetest.SomeModel(1)); err != nil || version != 1 {
		t.Errorf("the second trainer's put: %d, %v", version, err)
	}
}

func TestLeaseFileUnusable(t *testing.T) {
	s := newStore(t)
	if err := os.Mkdir(s.leaseFile, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.TrainingLease(t.Context()); err == nil || errors.Is(err, store.ErrTraining) || !strings.Contains(err.Error(), s.leaseFile) {
		t.Errorf("error %v, want one that names %s", err, s.leaseFile)
	}
}
