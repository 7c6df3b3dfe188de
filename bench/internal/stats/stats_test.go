package stats

import (
	"slices"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i) // the slowest first: the order must not matter
	}
	for _, c := range []struct {
		name      string
		latencies []time.Duration
		p         float64
		want      time.Duration
	}{
		{"none", nil, 99, 0},
		{"one", []time.Duration{7}, 50, 7},
		{"lowest", hundred, 0, 1},
		{"median", hundred, 50, 50},
		{"p99", hundred, 99, 99},
		{"between ranks, the slower", hundred, 99.5, 100},
		{"highest", hundred, 100, 100},
		{"median of two, the faster", []time.Duration{9, 3}, 50, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Percentile(slices.Clone(c.latencies), c.p); got != c.want {
				t.Errorf("p%v = %d, want %d", c.p, got, c.want)
			}
		})
	}
}

func TestSummarize(t *testing.T) {
	for _, c := range []struct {
		name   string
		rounds []float64
		want   Summary
	}{
		{"one", []float64{4}, Summary{4, 4, 4}},
		{"odd", []float64{9, 1, 2}, Summary{2, 1, 9}},
		{"even", []float64{8, 1, 2, 4}, Summary{3, 2, 4}},
		{"two outliers", []float64{5, 99, 4, 6, 0, 3, 7}, Summary{5, 3, 7}},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := slices.Clone(c.rounds)
			if got := Summarize(c.rounds); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if !slices.Equal(c.rounds, given) {
				t.Errorf("the rounds came out of order: %v", c.rounds)
			}
		})
	}
}

func TestRatiosPairRounds(t *testing.T) {
	// The machine was twice as slow in the second round, for both: the ratio stays.
	got := Ratios([]float64{11, 22}, []float64{10, 20})
	if want := []float64{1.1, 1.1}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
