package eval

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// A Bootstrap knows how much means over readers depend on which readers there happened to be: it
// drew as many of them, with replacement, many times over (B. Efron, Bootstrap Methods: Another
// Look at the Jackknife, 1979). Each draw is of readers with all their columns, so that models
// that were measured on the same readers are compared pair by pair: what makes a reader hard for
// both of them cancels out.
type Bootstrap struct{ means [][]float64 } // by column, by draw

// Resample draws the readers, who have a value in each of the columns. Equal seeds draw equally,
// whatever the number of processors. The error is ctx's.
func Resample(ctx context.Context, columns [][]float64, draws int, seed uint64) (*Bootstrap, error) {
	readers := len(columns[0])
	// A reader's values stand side by side, since the order of readers is random.
	values := make([]float64, 0, readers*len(columns))
	for reader := range readers {
		for _, column := range columns {
			values = append(values, column[reader])
		}
	}
	b := &Bootstrap{means: make([][]float64, len(columns))}
	for c := range b.means {
		b.means[c] = make([]float64, draws)
	}
	workers := runtime.GOMAXPROCS(0)
	var working sync.WaitGroup
	for first := range workers {
		working.Go(func() {
			for draw := first; draw < draws && ctx.Err() == nil; draw += workers {
				b.draw(draw, values, seed)
			}
		})
	}
	working.Wait()
	return b, ctx.Err()
}

// draw fills in one draw of the means.
func (b *Bootstrap) draw(draw int, values []float64, seed uint64) {
	random := rand.New(rand.NewPCG(seed, uint64(draw))) //nolint:gosec // draws are counted from 0
	sums := make([]float64, len(b.means))
	readers := len(values) / len(sums)
	for range readers {
		for c, value := range values[random.IntN(readers)*len(sums):][:len(sums)] {
			sums[c] += value
		}
	}
	for c, sum := range sums {
		b.means[c][draw] = sum / float64(readers)
	}
}

// An Interval is where a mean is with a confidence of 95 %.
type Interval struct{ Low, High float64 }

// Mean returns the interval of a column's mean.
func (b *Bootstrap) Mean(column int) Interval { return middle(slices.Clone(b.means[column])) }

// Difference returns the interval of how much greater one column's mean is than another's.
func (b *Bootstrap) Difference(column, other int) Interval {
	differences := slices.Clone(b.means[column])
	for draw, mean := range b.means[other] {
		differences[draw] -= mean
	}
	return middle(differences)
}

// middle returns the interval without the least and the greatest 2.5 % of the values.
func middle(values []float64) Interval {
	slices.Sort(values)
	cut := len(values) / 40
	return Interval{values[cut], values[len(values)-1-cut]}
}
