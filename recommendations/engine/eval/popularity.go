package eval

import (
	"cmp"
	"slices"

	"bookmarket/recommendations/engine/matrix"
)

// Popularity returns how many readers each item has.
func Popularity(readers *matrix.Sparse) []int {
	popularity := make([]int, readers.Columns)
	for _, item := range readers.Column {
		popularity[item]++
	}
	return popularity
}

// byPopularity returns the items' numbers, the least popular first.
func byPopularity(popularity []int) []int32 {
	items := make([]int32, len(popularity))
	for i := range items {
		items[i] = int32(i)
	}
	slices.SortFunc(items, func(a, b int32) int {
		return cmp.Or(cmp.Compare(popularity[a], popularity[b]), cmp.Compare(a, b))
	})
	return items
}

// Percentiles returns for each item the share of items that are less popular, from 0 to 1, where
// of items that are equally popular half count as less.
func Percentiles(popularity []int) []float64 {
	items, percentiles := byPopularity(popularity), make([]float64, len(popularity))
	for first := 0; first < len(items); {
		end := first
		for end < len(items) && popularity[items[end]] == popularity[items[first]] {
			end++
		}
		for _, item := range items[first:end] {
			percentiles[item] = float64(first+end) / 2 / float64(len(items))
		}
		first = end
	}
	return percentiles
}

// A Bucket is items of about the same popularity.
type Bucket struct {
	Least, Most int // popularity
	Items       int
	Held        int // how often its items are held out
}

// Buckets part the items by popularity.
type Buckets struct {
	List []Bucket // the least popular first
	of   []int    // by item: which one it belongs to
}

// NewBuckets parts the items into up to n buckets, from each of which about the same number is
// held out of the readers, so that what is measured of each is as certain. Items that are equally
// popular are in one bucket, so that there may be fewer.
func NewBuckets(popularity []int, test *matrix.Sparse, n int) *Buckets {
	held := Popularity(test)
	b := &Buckets{of: make([]int, len(popularity))}
	items, seen := byPopularity(popularity), 0
	for i, item := range items {
		last := len(b.List) - 1
		tied := i > 0 && popularity[item] == popularity[items[i-1]]
		if full := last >= 0 && seen*n >= (last+1)*len(test.Column); last < 0 || full && !tied && last+1 < n {
			b.List = append(b.List, Bucket{Least: popularity[item]})
			last++
		}
		bucket := &b.List[last]
		bucket.Most = popularity[item]
		bucket.Items++
		bucket.Held += held[item]
		seen += held[item]
		b.of[item] = last
	}
	return b
}

// Recall returns for each bucket which share of what is held out of the readers is in their lists.
func (b *Buckets) Recall(lists [][]int32, test *matrix.Sparse, readers []int32) []float64 {
	hits, held := make([]float64, len(b.List)), make([]float64, len(b.List))
	for i, reader := range readers {
		for _, item := range test.Row(int(reader)) {
			held[b.of[item]]++
			if slices.Contains(lists[i], item) {
				hits[b.of[item]]++
			}
		}
	}
	for bucket := range hits {
		hits[bucket] /= max(held[bucket], 1)
	}
	return hits
}
