package top_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/top"
)

type number int

func (n number) Worse(than number) bool { return n < than }

func TestBest(t *testing.T) {
	var best top.Best[number] // one for all: nothing may be left of the choice before
	best.Offer(1)
	if got := best.Sorted(); len(got) > 0 {
		t.Errorf("nothing was asked for, got %v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) number { return number(rapid.Int().Draw(t, "number")) }), func(n number) number { return n }).Draw(t, "values")
		size := rapid.IntRange(0, 20).Draw(t, "size")
		best.Begin(size)
		for i, value := range values {
			best.Offer(value)
			worst, full := best.Worst()
			if full != (size > 0 && i+1 >= size) {
				t.Fatalf("after %d values of %d it is full: %v", i+1, size, full)
			}
			if so := sorted(values[:i+1]); full && worst != so[size-1] {
				t.Fatalf("the worst is %d, want %d", worst, so[size-1])
			}
		}
		if got, want := best.Sorted(), sorted(values); !slices.Equal(got, want[:min(size, len(want))]) {
			t.Fatalf("got %v of %v", got, want)
		}
	})
}

func sorted(values []number) []number {
	return slices.SortedFunc(slices.Values(values), func(a, b number) int { return cmp.Compare(b, a) })
}
