package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"bookmarket/bench/internal/load"
	"bookmarket/bench/internal/stats"
)

// A comparison is of two servers that answer the same calls.
type comparison struct {
	name    string
	columns [2]string
	servers [2]*server
	ask     call
	rate    float64          // calls a second of the fixed rate
	rounds  [2][]measurement // by server
}

func (s *server) calls(ask call) load.Call {
	return func(ctx context.Context, i int) error {
		_, err := ask(ctx, s.conns[i%len(s.conns)])
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

// measure measures each server once, one after the other.
func (c *comparison) measure(ctx context.Context, o options) error {
	for i, s := range c.servers {
		m, err := s.measure(ctx, s.calls(c.ask), c.rate, o)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", c.name, c.columns[i], err)
		}
		c.rounds[i] = append(c.rounds[i], m)
	}
	return nil
}

func (s *server) measure(ctx context.Context, call load.Call, rate float64, o options) (measurement, error) {
	fixed, cpu, err := s.watch(ctx, o.window, func(window time.Duration) (load.Run, error) {
		return load.Open(ctx, call, rate, o.inFlight, window)
	})
	if err != nil {
		return measurement{}, fmt.Errorf("at %.0f calls a second: %w", rate, err)
	}
	most, cpuMax, err := s.watch(ctx, o.window, func(window time.Duration) (load.Run, error) {
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
func (s *server) watch(ctx context.Context, window time.Duration, run func(time.Duration) (load.Run, error)) (result load.Run, cpu time.Duration, err error) {
	if err := s.process.Resume(); err != nil {
		return load.Run{}, 0, err
	}
	defer func() { err = errors.Join(err, s.process.Suspend()) }()
	if s.before != nil {
		if err := s.before(ctx); err != nil {
			return load.Run{}, 0, err
		}
	}
	if _, err := run(window / 3); err != nil {
		return load.Run{}, 0, err
	}
	before, err := s.process.CPUTime()
	if err != nil {
		return load.Run{}, 0, err
	}
	result, err = run(window)
	if err != nil {
		return load.Run{}, 0, err
	}
	after, err := s.process.CPUTime()
	return result, (after - before) / time.Duration(result.Calls), err
}

// maximumRate returns how many calls a second the slower server of a comparison can take: the
// median of three tries, since the fixed rate follows from it.
func (c *comparison) maximumRate(ctx context.Context, o options) (float64, error) {
	slowest := math.Inf(1)
	for _, s := range c.servers {
		var tries []float64
		for range 3 {
			run, _, err := s.watch(ctx, o.window, func(window time.Duration) (load.Run, error) {
				return load.Closed(ctx, s.calls(c.ask), o.inFlight, window)
			})
			if err != nil {
				return 0, err
			}
			tries = append(tries, perSecond(run))
		}
		slowest = min(slowest, stats.Summarize(tries).Median)
	}
	return slowest, nil
}

func perSecond(run load.Run) float64 { return float64(run.Calls) / run.Elapsed.Seconds() }
