package product_test

import (
	"math"
	"slices"
	"testing"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/product"
)

func TestRow(t *testing.T) {
	row := product.NewRow(3)
	for column, score := range []float32{0.5, 0, 0.25, -1, 1, 0.25, 0.5} {
		row.Offer(int32(column), score)
	}
	want := []product.Entry{{Column: 4, Score: 1}, {Column: 0, Score: 0.5}, {Column: 6, Score: 0.5}}
	if got := row.Take(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := row.Take(); len(got) > 0 {
		t.Errorf("what was taken is still there: %v", got)
	}
	// Of equal scores the lower columns stay, whichever came first.
	for _, column := range []int32{9, 2, 7, 1, 8} {
		row.Offer(column, 1)
	}
	want = []product.Entry{{Column: 1, Score: 1}, {Column: 2, Score: 1}, {Column: 7, Score: 1}}
	if got := row.Take(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAccumulator(t *testing.T) {
	sums := product.NewAccumulator(5)
	take := func() []product.Entry {
		row := product.NewRow(5)
		sums.Offer(row, func(column int32, sum float32) float32 { return sum + float32(column) })
		return row.Take()
	}
	sums.Add(2, []int32{0, 3}, nil)               // 2 · (1 0 0 1 0)
	sums.Add(0.5, []int32{0, 1}, []float32{4, 3}) // 0.5 · (4 3 0 0 0)
	sums.Touch([]int32{0, 4})                     // 0 has its sum, 4 is worth its column
	if n := sums.Touched(); n != 4 {
		t.Errorf("%d columns are touched, want 4", n)
	}
	want := []product.Entry{{Column: 3, Score: 5}, {Column: 0, Score: 4}, {Column: 4, Score: 4}, {Column: 1, Score: 2.5}}
	if got := take(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := sums.Touched(); n != 0 {
		t.Errorf("%d columns are still touched", n)
	}
}

func TestCheck(t *testing.T) {
	for _, value := range []float32{0, -1, float32(math.NaN()), float32(math.Inf(1))} {
		m := &matrix.Sparse{Columns: 1, Start: []int{0, 1}, Column: []int32{0}, Value: []float32{value}}
		if product.Check(m) == nil {
			t.Errorf("%g: no error", value)
		}
		m.Value[0] = 0.5
		if err := product.Check(m); err != nil {
			t.Error(err)
		}
	}
}
