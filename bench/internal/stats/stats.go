// Package stats holds the arithmetic of the benchmarks.
package stats

import (
	"math"
	"slices"
	"time"
)

// Percentile returns the smallest latency that at least p percent of them do not exceed (the
// nearest-rank method); 0 where there are none. It sorts the latencies.
func Percentile(latencies []time.Duration, p float64) time.Duration {
	if len(latencies) == 0 {
		return 0
	}
	slices.Sort(latencies)
	rank := int(math.Ceil(p / 100 * float64(len(latencies))))
	return latencies[max(rank, 1)-1]
}

// A Summary tells what several rounds have in common, and between which figures the middle
// half of them lies: what a busy machine did to the others does not show.
type Summary struct{ Median, Low, High float64 }

// Summarize returns the summary of a figure's rounds, of which there must be one at least.
func Summarize(rounds []float64) Summary {
	sorted := slices.Sorted(slices.Values(rounds))
	quarter, middle, last := len(sorted)/4, len(sorted)/2, len(sorted)-1
	return Summary{
		Median: (sorted[last-middle] + sorted[middle]) / 2, // the same one where their number is odd
		Low:    sorted[quarter],
		High:   sorted[last-quarter],
	}
}

// Ratios divides a round by the same round of another server, so that what slowed the machine
// down for both does not count.
func Ratios(rounds, by []float64) []float64 {
	ratios := make([]float64, len(rounds))
	for i := range rounds {
		ratios[i] = rounds[i] / by[i]
	}
	return ratios
}
