package linear

import (
	"context"
	"math"
	"slices"
	"sync/atomic"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
)

// A gram knows the matrices G = XᵀWX and F = XᵀWT without having them: of the pairs of items that many have read
// it keeps G, since those recur in the regressions of nearly all items and cost most, and
// any other it adds up when it is asked.
type gram struct {
	byRow   *matrix.Sparse // readers by items
	byItem  *matrix.Sparse // items by readers, with values where readers have them
	weight  []float32      // by reader
	groups  []Group
	inGroup *matrix.Sparse // items by groups

	diagonal []float32 // of G
	liked    []float64 // by item: Σ_u t_uj
	unit     float64   // the mean weight of readers, each as often as it has items

	heads  []int32        // by item: its number among the heads, or -1
	byHead *matrix.Sparse // readers by items, heads only
	head   []float32      // G of the heads, lower triangle, without groups; stride heads
	stride int
}

const (
	// Heads are the items with at least this many readers, up to a number whose square fits into
	// memory.
	headReaders = 1000
	maxHeads    = 4000
)

func newGram(ctx context.Context, data Data, workers parallel.Workers, headReaders int) (*gram, error) {
	readers := data.Readers
	g := &gram{
		byRow: readers, byItem: readers.Transpose(),
		weight:   make([]float32, readers.Rows()),
		groups:   data.Groups,
		diagonal: make([]float32, readers.Columns),
		liked:    make([]float64, readers.Columns),
	}
	total := 0.0
	for reader := range readers.Rows() {
		items := readers.Row(reader)
		w := math.Pow(float64(max(len(items), 1)), readerPower)
		total += w * float64(len(items))
		g.weight[reader] = float32(w)
		values := readers.Values(reader)
		for k, item := range items {
			g.diagonal[item] += float32(w)
			if values == nil {
				g.liked[item]++
			} else {
				g.liked[item] += float64(values[k])
			}
		}
	}
	g.unit = 1 // without readers; a ridge of 0 would leave equations that groups alone do not decide
	if n := len(readers.Column); n > 0 {
		g.unit = total / float64(n)
	}
	g.indexGroups()
	if err := g.sumHeads(ctx, workers, headReaders); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *gram) indexGroups() {
	byGroup := &matrix.Sparse{Columns: len(g.diagonal), Start: []int{0}}
	for _, group := range g.groups {
		byGroup.Column = append(byGroup.Column, group.Items...)
		byGroup.Start = append(byGroup.Start, len(byGroup.Column))
		for _, item := range group.Items {
			g.diagonal[item] += group.Weight
		}
	}
	g.inGroup = byGroup.Transpose()
}

// sumHeads chooses the heads and adds up their part of G. Its error is ctx's.
func (g *gram) sumHeads(ctx context.Context, workers parallel.Workers, headReaders int) error {
	var heads []int32
	for item := range g.byItem.Rows() {
		if len(g.byItem.Row(item)) >= headReaders {
			heads = append(heads, int32(item))
		}
	}
	if len(heads) > maxHeads {
		slices.SortStableFunc(heads, func(a, b int32) int { return len(g.byItem.Row(int(b))) - len(g.byItem.Row(int(a))) })
		heads = heads[:maxHeads]
		slices.Sort(heads)
	}
	g.stride = len(heads)
	g.heads = slices.Repeat([]int32{-1}, g.byItem.Rows())
	for number, item := range heads {
		g.heads[item] = int32(number)
	}
	g.byHead = &matrix.Sparse{Columns: g.byRow.Columns, Start: make([]int, 1, g.byRow.Rows()+1)}
	for reader := range g.byRow.Rows() {
		for _, item := range g.byRow.Row(reader) {
			if g.heads[item] >= 0 {
				g.byHead.Column = append(g.byHead.Column, item)
			}
		}
		g.byHead.Start = append(g.byHead.Start, len(g.byHead.Column))
	}
	g.head = make([]float32, g.stride*g.stride)
	var next atomic.Int64
	workers.Run(func(int) {
		for ctx.Err() == nil {
			number := int(next.Add(1)) - 1
			if number >= len(heads) {
				return
			}
			g.sumHead(heads[number], g.head[number*g.stride:][:number+1])
		}
	})
	return ctx.Err()
}

// sumHead adds up the row of a head, in the order of readers, whoever does it.
func (g *gram) sumHead(item int32, line []float32) {
	for _, reader := range g.byItem.Row(int(item)) {
		w := g.weight[reader]
		for _, other := range g.byHead.Row(int(reader)) {
			if other > item {
				break
			}
			line[g.heads[other]] += w
		}
	}
}
