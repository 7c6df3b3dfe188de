package load

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func sleep(d time.Duration) Call {
	return func(ctx context.Context, _ int) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func TestClosedKeepsItsCallsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, err := Closed(t.Context(), sleep(10*time.Millisecond), 4, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if run.Calls != 400 || run.Elapsed != time.Second {
			t.Errorf("4 callers of 10 ms made %d calls in %v, want 400 in 1s", run.Calls, run.Elapsed)
		}
	})
}

func TestOpenKeepsItsRateWhateverTheAnswersTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, err := Open(t.Context(), sleep(300*time.Millisecond), 100, 1000, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if run.Calls != 100 {
			t.Errorf("%d calls, want 100", run.Calls)
		}
		if want := 990*time.Millisecond + 300*time.Millisecond; run.Elapsed != want {
			t.Errorf("took %v, want %v: the last arrival and its answer", run.Elapsed, want)
		}
		for i, latency := range run.Latencies {
			if latency != 300*time.Millisecond {
				t.Fatalf("call %d took %v, want 300ms", i, latency)
			}
		}
	})
}

// A driver that counts from the moment at which it gets round to a call hides that the server
// falls behind: every latency here would be 20 ms.
func TestOpenCountsLatencyFromTheIntendedStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, err := Open(t.Context(), sleep(20*time.Millisecond), 100, 1, 100*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		for i, latency := range run.Latencies {
			if want := time.Duration(20+10*i) * time.Millisecond; latency != want {
				t.Errorf("call %d took %v, want %v", i, latency, want)
			}
		}
	})
}

func TestOpenHoldsItsBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		call := func(ctx context.Context, i int) error {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer now.Add(-1)
			return sleep(time.Second)(ctx, i)
		}
		if _, err := Open(t.Context(), call, 1000, 8, 50*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if most.Load() != 8 {
			t.Errorf("%d calls were under way at once, want 8", most.Load())
		}
	})
}

func TestARunEndsWithItsFirstFailure(t *testing.T) {
	broken := errors.New("broken")
	call := func(ctx context.Context, i int) error {
		if i == 3 {
			return broken
		}
		return sleep(time.Millisecond)(ctx, i)
	}
	synctest.Test(t, func(t *testing.T) {
		if _, err := Closed(t.Context(), call, 2, time.Hour); !errors.Is(err, broken) {
			t.Errorf("a closed loop ended with %v, want %v", err, broken)
		}
		if _, err := Open(t.Context(), call, 10, 2, time.Hour); !errors.Is(err, broken) {
			t.Errorf("an open loop ended with %v, want %v", err, broken)
		}
	})
}

func TestARunOfAStuckServerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := Closed(t.Context(), sleep(time.Hour), 2, time.Second)
		if err == nil || !strings.Contains(err.Error(), "not answered") {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestOpenRefusesARateOfNoCalls(t *testing.T) {
	if _, err := Open(t.Context(), sleep(0), 1, 1, time.Millisecond); err == nil {
		t.Error("a window in which no call begins was measured")
	}
}
