package product

import (
	"fmt"
	"math"

	"bookmarket/recommendations/engine/matrix"
)

// Check returns an error unless the values of a matrix are above 0 and finite, as an accumulator
// wants them.
func Check(m *matrix.Sparse) error {
	for at, x := range m.Value {
		if !(x > 0 && x <= math.MaxFloat32) {
			return fmt.Errorf("a value of column %d is %g: want a finite one above 0", m.Column[at], x)
		}
	}
	return nil
}

// An Accumulator sums sparse rows of which all values and weights are above 0, so that a sum of 0
// means that there is none.
type Accumulator struct {
	sum     []float32 // by column; all are 0 while touched is empty
	touched []int32   // the columns that have a sum or were touched
}

// NewAccumulator returns an empty accumulator of rows with so many columns.
func NewAccumulator(columns int) *Accumulator {
	return &Accumulator{sum: make([]float32, columns)}
}

// Add adds weight times a sparse row. Without values, each is 1.
func (a *Accumulator) Add(weight float32, columns []int32, values []float32) {
	if values == nil {
		for _, c := range columns {
			if a.sum[c] == 0 {
				a.touched = append(a.touched, c)
			}
			a.sum[c] += weight
		}
		return
	}
	for n, c := range columns {
		if a.sum[c] == 0 {
			a.touched = append(a.touched, c)
		}
		a.sum[c] += weight * values[n]
	}
}

// Touch has columns considered although they have no sum. It is called once, after Add.
func (a *Accumulator) Touch(columns []int32) {
	for _, c := range columns {
		if a.sum[c] == 0 {
			a.touched = append(a.touched, c)
		}
	}
}

// Touched returns how many columns will be considered.
func (a *Accumulator) Touched() int { return len(a.touched) }

// Offer offers the score of each touched column to a row and empties the accumulator.
func (a *Accumulator) Offer(row *Row, score func(column int32, sum float32) float32) {
	for _, c := range a.touched {
		sum := a.sum[c]
		a.sum[c] = 0
		row.Offer(c, score(c, sum))
	}
	a.touched = a.touched[:0]
}
