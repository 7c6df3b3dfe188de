// Package product computes matrices of items × items that are products of sparse ones, row by
// row, and keeps only the best entries of each row, so that the whole never exists.
//
// A row is a sum of sparse rows, collected in a dense accumulator with a list of the places that
// are not 0: F. G. Gustavson, Two Fast Algorithms for Sparse Matrices, ACM TOMS 4(3), 1978. Each
// worker has one accumulator; memory is that, and what is kept.
package product

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"bookmarket/recommendations/engine/matrix"
)

// A Scorer offers the entries of row i. It belongs to one worker, so it may use its memory again.
type Scorer func(i int32, row *Row)

// Rows returns the matrix of items by items that has the k best entries of each row. Each of
// GOMAXPROCS workers calls newScorer once. What a scorer offers must depend on i alone, so that
// the result does not depend on the number of workers.
//
// Progress, unless it is nil, hears of each row that is done, from one worker at a time. When the
// context ends, Rows returns its error as soon as each worker has finished its row.
func Rows(ctx context.Context, items, k int, newScorer func() Scorer, progress func(done, items int)) (*matrix.Sparse, error) {
	kept := make([][]Entry, items)
	var (
		next    atomic.Int64
		workers sync.WaitGroup
		mu      sync.Mutex
		done    int // guarded by mu
	)
	for range min(runtime.GOMAXPROCS(0), items) {
		workers.Go(func() {
			score, row := newScorer(), NewRow(k)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= items {
					return
				}
				score(int32(i), row) //nolint:gosec // An item's number fits.
				kept[i] = row.Take()
				mu.Lock()
				done++
				if progress != nil {
					progress(done, items)
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return gather(kept), nil
}

// gather makes a matrix of its rows, which it sorts by column.
func gather(rows [][]Entry) *matrix.Sparse {
	m := &matrix.Sparse{Columns: len(rows), Start: make([]int, len(rows)+1)}
	for r, row := range rows {
		m.Start[r+1] = m.Start[r] + len(row)
	}
	m.Column = make([]int32, 0, m.Start[len(rows)])
	m.Value = make([]float32, 0, m.Start[len(rows)])
	for _, row := range rows {
		slices.SortFunc(row, func(a, b Entry) int { return cmp.Compare(a.Column, b.Column) })
		for _, e := range row {
			m.Column = append(m.Column, e.Column)
			m.Value = append(m.Value, e.Score)
		}
	}
	return m
}
