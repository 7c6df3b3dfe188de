package parallel_test

import (
	"sync/atomic"
	"testing"

	"bookmarket/recommendations/engine/parallel"
)

func TestRun(t *testing.T) {
	var begun, worked atomic.Int64
	parallel.Workers{N: 5, Begin: func() { begun.Add(1) }}.Run(func(worker int) {
		if begun.Load() == 0 {
			t.Error("one works that has not begun")
		}
		worked.Add(1 << (8 * worker))
	})
	if begun.Load() != 5 || worked.Load() != 0x0101010101 {
		t.Errorf("%d began, and %x worked", begun.Load(), worked.Load())
	}
	parallel.Workers{N: 1}.Run(func(int) { worked.Add(1) })
	if worked.Load() != 0x0101010102 || parallel.All().N < 1 {
		t.Error("without a beginning it does not work")
	}
}
