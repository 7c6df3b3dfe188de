package eval

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"bookmarket/recommendations/engine/matrix"
)

// Character says what lists are like, whomever they please.
type Character struct {
	// Coverage is the share of all items that are in any list.
	Coverage float64
	// Gini says how unequally often items are in lists: 0 where each is as often as any other,
	// near 1 where a few have all places.
	Gini float64
	// Novelty is the mean of −log2(readers of an item / all readers) over the lists' items, in
	// bits: how surprising it is that anybody knows them. Who has no reader counts as if with one.
	Novelty float64
	// Diversity is 1 minus the mean cosine of the pairs of a list, as columns of readers by items,
	// and the mean of that over the lists of two and more: 1 where no reader knows two of a list.
	Diversity float64
	// Popularity is the mean of the items' Percentiles.
	Popularity float64
}

// Describe returns the character of lists of the items that readers are known to have. The error
// is ctx's.
func Describe(ctx context.Context, lists [][]int32, readers *matrix.Sparse) (Character, error) {
	popularity := Popularity(readers)
	percentiles, places := Percentiles(popularity), make([]int, readers.Columns)
	var c Character
	total := 0.0
	for _, list := range lists {
		for _, item := range list {
			places[item]++
			total++
			c.Novelty -= math.Log2(float64(max(popularity[item], 1)) / float64(readers.Rows()))
			c.Popularity += percentiles[item]
		}
	}
	for _, n := range places {
		if n > 0 {
			c.Coverage += 1 / float64(len(places))
		}
	}
	c.Novelty /= max(total, 1)
	c.Popularity /= max(total, 1)
	c.Gini = gini(places)
	var err error
	c.Diversity, err = diversity(ctx, lists, readers.Transpose())
	return c, err
}

// gini returns the Gini coefficient of counts, which it sorts.
func gini(counts []int) float64 {
	slices.Sort(counts)
	n, sum, weighted := float64(len(counts)), 0.0, 0.0
	for i, count := range counts {
		sum += float64(count)
		weighted += (2*float64(i+1) - n - 1) * float64(count)
	}
	return weighted / max(n*sum, 1)
}

// diversity returns the mean diversity of lists, of items by readers.
func diversity(ctx context.Context, lists [][]int32, items *matrix.Sparse) (float64, error) {
	each := make([]float64, len(lists))
	workers := runtime.GOMAXPROCS(0)
	var working sync.WaitGroup
	for first := range workers {
		working.Go(func() {
			sums := make([]float64, items.Columns)
			for i := first; i < len(lists) && ctx.Err() == nil; i += workers {
				each[i] = 1 - meanCosine(lists[i], items, sums)
			}
		})
	}
	working.Wait()
	sum, n := 0.0, 0.0
	for i, list := range lists {
		if len(list) > 1 {
			sum += each[i]
			n++
		}
	}
	return sum / max(n, 1), ctx.Err()
}

// meanCosine returns the mean cosine of a list's pairs. It looks at no pair: with x̂ the items'
// rows of length 1, ‖Σx̂‖² is the number of items plus twice the sum of the pairs' cosines. sums
// has a 0 for each reader, before and after.
func meanCosine(list []int32, items *matrix.Sparse, sums []float64) float64 {
	rows := 0.0 // that are not empty
	for _, item := range list {
		readers := items.Row(int(item))
		if len(readers) == 0 {
			continue
		}
		rows++
		for _, reader := range readers {
			sums[reader] += 1 / math.Sqrt(float64(len(readers)))
		}
	}
	square := 0.0
	for _, item := range list {
		for _, reader := range items.Row(int(item)) {
			square += sums[reader] * sums[reader]
			sums[reader] = 0
		}
	}
	n := float64(len(list))
	return (square - rows) / max(n*(n-1), 1)
}
