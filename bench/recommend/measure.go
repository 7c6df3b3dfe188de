package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"google.golang.org/grpc/metadata"

	"bookmarket/bench/internal/load"
	"bookmarket/bench/internal/stats"
	"bookmarket/protobufs/gen/tutorialpb"
)

// request is answered with all mysteries, so with an equal number of bytes each time.
var request = &tutorialpb.RecommendationRequest{UserId: 1, Category: tutorialpb.BookCategory_MYSTERY, MaxResults: 3}

// A kind is a way of making the same call.
type kind struct {
	name    string
	context func(context.Context) (context.Context, context.CancelFunc)
}

var kinds = [...]kind{
	{"calls as the tutorial makes them", func(ctx context.Context) (context.Context, context.CancelFunc) {
		return ctx, func() {}
	}},
	{"calls as the marketplace makes them, with a request id and a deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx = metadata.AppendToOutgoingContext(ctx, "x-request-id", rand.Text())
		// Longer than the marketplace's, so that a machine that stalls spoils no measurement.
		return context.WithTimeout(ctx, 10*time.Second)
	}},
}

func (s *server) calls(k kind) load.Call {
	return func(ctx context.Context, i int) error {
		ctx, cancel := k.context(ctx)
		defer cancel()
		_, err := s.clients[i%len(s.clients)].Recommend(ctx, request)
		return err
	}
}

// A measurement is what one server did in one round, for one kind of call.
type measurement struct {
	cpu, p50, p99 time.Duration // at the fixed rate: CPU time of a call, latencies
	held          float64       // calls a second that were answered there; fewer than begun if the machine was busy
	cpuMax        time.Duration // at the server's maximum rate: CPU time of a call
	maximum       float64       // calls a second
}

func measure(ctx context.Context, s *server, k kind, o options) (measurement, error) {
	call := s.calls(k)
	fixed, cpu, err := s.watch(o.window, func(window time.Duration) (load.Run, error) {
		return load.Open(ctx, call, o.rate, o.inFlight, window)
	})
	if err != nil {
		return measurement{}, fmt.Errorf("at %.0f calls a second: %w", o.rate, err)
	}
	most, cpuMax, err := s.watch(o.window, func(window time.Duration) (load.Run, error) {
		return load.Closed(ctx, call, o.inFlight, window)
	})
	if err != nil {
		return measurement{}, fmt.Errorf("at the maximum rate: %w", err)
	}
	return measurement{
		cpu:     cpu,
		p50:     stats.Percentile(fixed.Latencies, 50),
		p99:     stats.Percentile(fixed.Latencies, 99),
		held:    perSecond(fixed),
		cpuMax:  cpuMax,
		maximum: perSecond(most),
	}, nil
}

// watch runs a load twice, first for a third of the window to warm up, and returns the second
// run and the CPU time that the server took for each of its calls.
func (s *server) watch(window time.Duration, run func(time.Duration) (load.Run, error)) (load.Run, time.Duration, error) {
	if _, err := run(window / 3); err != nil {
		return load.Run{}, 0, err
	}
	before, err := s.process.CPUTime()
	if err != nil {
		return load.Run{}, 0, err
	}
	result, err := run(window)
	if err != nil {
		return load.Run{}, 0, err
	}
	after, err := s.process.CPUTime()
	return result, (after - before) / time.Duration(result.Calls), err
}

// maximumRate returns how many of the tutorial's calls a second the server can take: the
// median of three tries, since the fixed rate of the whole benchmark follows from it.
func maximumRate(ctx context.Context, s *server, o options) (float64, error) {
	var tries []float64
	for range 3 {
		run, _, err := s.watch(o.window, func(window time.Duration) (load.Run, error) {
			return load.Closed(ctx, s.calls(kinds[0]), o.inFlight, window)
		})
		if err != nil {
			return 0, err
		}
		tries = append(tries, perSecond(run))
	}
	return stats.Summarize(tries).Median, nil
}

func perSecond(run load.Run) float64 { return float64(run.Calls) / run.Elapsed.Seconds() }
