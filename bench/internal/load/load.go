// Package load drives a server with calls: as many as it can take, or as many as are told.
package load

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A Call makes the i-th call of a run and returns when it is answered. Calls run side by side.
type Call func(ctx context.Context, i int) error

// stuckAfter is how long the last calls of a run may take before it fails. It is no deadline
// of the calls, which a server would be told of.
const stuckAfter = 10 * time.Second

// maxCalls bounds a run of a server that is faster than anybody thought.
const maxCalls = 10_000_000

// A Run is what became of the calls.
type Run struct {
	Calls     int
	Elapsed   time.Duration
	Latencies []time.Duration // of an open loop, in the order of arrival
}

// Closed keeps inFlight calls going for a while, each begun when one before it is answered:
// the most that the server can do. It fails with the first call that does.
func Closed(ctx context.Context, call Call, inFlight int, while time.Duration) (Run, error) {
	ctx, end := begin(ctx, while)
	defer end(nil)
	start := time.Now()
	var begun atomic.Int64
	var workers sync.WaitGroup
	for range inFlight {
		workers.Go(func() {
			for time.Since(start) < while {
				i := begun.Add(1) - 1
				if i >= maxCalls {
					return
				}
				if err := call(ctx, int(i)); err != nil {
					end(err)
					return
				}
			}
		})
	}
	workers.Wait()
	return Run{Calls: min(int(begun.Load()), maxCalls), Elapsed: time.Since(start)}, context.Cause(ctx)
}

// Open begins calls at a fixed rate for a while, whether or not those before are answered,
// as users do. A call's latency counts from the moment at which it should have begun, so a
// call that had to wait, because inFlight others were under way or this process was late, is
// as slow as its user finds it. It fails with the first call that does.
func Open(ctx context.Context, call Call, rate float64, inFlight int, while time.Duration) (Run, error) {
	calls := int(rate * while.Seconds())
	if calls < 1 || calls > maxCalls {
		return Run{}, fmt.Errorf("%.0f calls a second for %v are %d calls, not 1 to %d", rate, while, calls, maxCalls)
	}
	ctx, end := begin(ctx, while)
	defer end(nil)
	latencies := make([]time.Duration, calls)
	places := make(chan struct{}, inFlight)
	var answers sync.WaitGroup
	start := time.Now()
	for i := range calls {
		if ctx.Err() != nil {
			break
		}
		due := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		time.Sleep(time.Until(due))
		places <- struct{}{}
		answers.Go(func() {
			if err := call(ctx, i); err != nil {
				end(err)
			}
			latencies[i] = time.Since(due)
			<-places
		})
	}
	answers.Wait()
	return Run{Calls: calls, Elapsed: time.Since(start), Latencies: latencies}, context.Cause(ctx)
}

// begin returns the context of a run's calls, which ends when one has failed or is stuck.
func begin(ctx context.Context, while time.Duration) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stuck := time.AfterFunc(while+stuckAfter, func() {
		cancel(fmt.Errorf("calls are still not answered %v after the last began", stuckAfter))
	})
	return ctx, func(cause error) {
		stuck.Stop()
		cancel(cause)
	}
}
