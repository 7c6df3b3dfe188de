// Package trainertest holds models that learn items × items from a sparse matrix to what all of
// them promise.
package trainertest

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
)

// Train learns from a matrix, which it gets as readers × items, and keeps k items for each.
type Train func(ctx context.Context, readers *matrix.Sparse, k int, progress func(done, items int)) (*matrix.Sparse, error)

// Run runs the suite. ByTarget says that k is how many entries a column has, not a row.
func Run(t *testing.T, train Train, byTarget bool) {
	t.Run("well formed", func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { wellFormed(t, train) }) })
	t.Run("keeps the best", func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { keepsTheBest(t, train, byTarget) }) })
	t.Run("workers", func(t *testing.T) { workers(t, train) })
	t.Run("progress", func(t *testing.T) { progress(t, train) })
	t.Run("cancel", func(t *testing.T) { cancel(t, train) })
	t.Run("empty", func(t *testing.T) {
		for _, m := range []*matrix.Sparse{{Start: []int{0}}, {Columns: 3, Start: []int{0, 0}}} {
			if got := mustTrain(t, train, m, 1); got.Rows() != m.Columns || len(got.Column) > 0 {
				t.Errorf("nothing was read, got %+v", got)
			}
		}
	})
}

func mustTrain(t rapid.TB, train Train, readers *matrix.Sparse, k int) *matrix.Sparse {
	t.Helper()
	got, err := train(context.Background(), readers, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func wellFormed(t *rapid.T, train Train) {
	readers := Draw(t)
	got := mustTrain(t, train, readers, rapid.IntRange(1, 10).Draw(t, "k"))
	if got.Rows() != readers.Columns || got.Columns != readers.Columns {
		t.Fatalf("%d × %d for %d items", got.Rows(), got.Columns, readers.Columns)
	}
	for i := range got.Rows() {
		row := got.Row(i)
		for at, score := range got.Values(i) {
			if int(row[at]) == i || !(score > 0) || at > 0 && row[at-1] >= row[at] {
				t.Fatalf("row %d: %v %v: want ascending columns, none the row's own, scores above 0", i, row, got.Values(i))
			}
		}
	}
}

// keepsTheBest compares with what is kept when everything is.
func keepsTheBest(t *rapid.T, train Train, byTarget bool) {
	readers, k := Draw(t), rapid.IntRange(1, 5).Draw(t, "k")
	all, got := mustTrain(t, train, readers, readers.Columns), mustTrain(t, train, readers, k)
	if byTarget {
		all, got = all.Transpose(), got.Transpose()
	}
	for i := range all.Rows() {
		row, values := all.Row(i), all.Values(i)
		order := make([]int, len(row))
		for at := range order {
			order[at] = at
		}
		// Of equal scores the first stays first: that with the lower number.
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
		order = order[:min(k, len(order))]
		slices.Sort(order)
		var wantRow []int32
		var want []float32
		for _, at := range order {
			wantRow, want = append(wantRow, row[at]), append(want, values[at])
		}
		if !slices.Equal(got.Row(i), wantRow) || !slices.Equal(got.Values(i), want) {
			t.Fatalf("%d: kept %v %v, want %v %v", i, got.Row(i), got.Values(i), wantRow, want)
		}
	}
}

// withWorkers lets tests have more workers than the machine has cores.
func withWorkers(t testing.TB, n int) {
	was := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(was) })
}

func workers(t *testing.T, train Train) {
	readers := Random(500, 300, 12)
	withWorkers(t, 1)
	want := mustTrain(t, train, readers, 20)
	withWorkers(t, 8)
	for range 5 {
		if !Equal(mustTrain(t, train, readers, 20), want) {
			t.Fatal("8 workers learn something else than one")
		}
	}
}

func progress(t *testing.T, train Train) {
	withWorkers(t, 8)
	last := 0
	_, err := train(t.Context(), Random(100, 300, 12), 20, func(done, items int) {
		if done != last+1 || items != 300 {
			t.Errorf("%d of %d items are done, after %d of 300", done, items, last)
		}
		last = done
	})
	if err != nil || last != 300 {
		t.Errorf("the last progress was %d of 300 items, error %v", last, err)
	}
}

func cancel(t *testing.T, train Train) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	withWorkers(t, 8)
	readers := Random(500, 3000, 12)
	ctx, stop := context.WithCancel(t.Context())
	calls := 0
	got, err := train(ctx, readers, 20, func(int, int) {
		stop()
		calls++
	})
	if got != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, error %v", got != nil, err)
	}
	if calls > 8 {
		t.Errorf("%d items were done since, want each of 8 workers to finish one at most", calls)
	}
	if _, err := train(ctx, readers, 20, func(int, int) { t.Error("progress after the end") }); !errors.Is(err, context.Canceled) {
		t.Errorf("begun when it was cancelled already: error %v", err)
	}
}
