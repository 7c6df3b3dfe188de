package main

import (
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"bookmarket/bench/internal/stats"
)

// figures are the lines of the report: what of a measurement each shows.
var figures = []struct {
	name     string
	decimals int
	of       func(measurement) float64
}{
	{"fixed rate: CPU µs per call", 1, func(m measurement) float64 { return µs(m.cpu) }},
	{"fixed rate: calls a second", 0, func(m measurement) float64 { return m.held }},
	{"fixed rate: p50 latency, µs", 0, func(m measurement) float64 { return µs(m.p50) }},
	{"fixed rate: p99 latency, µs", 0, func(m measurement) float64 { return µs(m.p99) }},
	{"maximum: CPU µs per call", 1, func(m measurement) float64 { return µs(m.cpuMax) }},
	{"maximum: calls a second", 0, func(m measurement) float64 { return m.maximum }},
}

func µs(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// report prints the median of the rounds and between what their middle half lies.
func report(out io.Writer, o options, comparisons []*comparison) error {
	fmt.Fprintf(out, "%d CPUs, %s %s/%s; %d rounds of %v; median (middle half)\n",
		runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, o.rounds, o.window)
	fmt.Fprintf(out, "maximum: as many calls as are answered with %d in flight; %d connections\n", o.inFlight, o.connections)
	for _, c := range comparisons {
		fmt.Fprintf(out, "\n%s; fixed rate: %.0f calls a second\n", c.name, c.rate)
		table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
		fmt.Fprintf(table, "\t%s\t%s\tratio\n", c.columns[0], c.columns[1])
		for _, figure := range figures {
			first, second := values(c.rounds[0], figure.of), values(c.rounds[1], figure.of)
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", figure.name,
				spread(first, figure.decimals), spread(second, figure.decimals), spread(stats.Ratios(second, first), 2))
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func values(rounds []measurement, of func(measurement) float64) []float64 {
	values := make([]float64, len(rounds))
	for i, round := range rounds {
		values[i] = of(round)
	}
	return values
}

func spread(rounds []float64, decimals int) string {
	s := stats.Summarize(rounds)
	return fmt.Sprintf("%.*f (%.*f to %.*f)", decimals, s.Median, decimals, s.Low, decimals, s.High)
}
