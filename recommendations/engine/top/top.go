// Package top picks the best of many in one pass, in memory for the best alone.
package top

import "slices"

// Ordered values know which of two is worse. No two of one choice may be equal, so that there is
// but one answer.
type Ordered[T any] interface{ Worse(than T) bool }

// Best holds the best of the values that it was offered. The zero value holds none.
type Best[T Ordered[T]] struct {
	size   int
	values []T // a heap with the worst on top once there are size of them
}

// Begin forgets what was offered before, and makes it hold up to size values from now on. What
// Sorted returned is used again.
func (b *Best[T]) Begin(size int) {
	b.size, b.values = size, b.values[:0]
}

// Worst returns the worst value of those held if any that is not better would be refused.
func (b *Best[T]) Worst() (worst T, full bool) {
	if len(b.values) < b.size || b.size == 0 {
		return worst, false
	}
	return b.values[0], true
}

// Offer takes a value if it is among the best so far.
func (b *Best[T]) Offer(value T) {
	switch {
	case len(b.values) < b.size:
		b.values = append(b.values, value)
		if len(b.values) == b.size {
			for i := b.size/2 - 1; i >= 0; i-- {
				b.down(i)
			}
		}
	case b.size > 0 && b.values[0].Worse(value):
		b.values[0] = value
		b.down(0)
	}
}

// down restores the heap below a place.
func (b *Best[T]) down(i int) {
	heap := b.values
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if right := child + 1; right < len(heap) && heap[right].Worse(heap[child]) {
			child = right
		}
		if !heap[child].Worse(heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

// Sorted returns the values held, best first, until the next Begin. Nothing may be offered
// meanwhile.
func (b *Best[T]) Sorted() []T {
	slices.SortFunc(b.values, func(x, y T) int {
		if y.Worse(x) {
			return -1
		}
		return 1
	})
	return b.values
}
