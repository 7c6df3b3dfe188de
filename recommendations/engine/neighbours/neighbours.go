// Package neighbours learns which items are read together: item-based k-nearest neighbours with
// cosine similarity.
//
// With X readers × items, G = XᵀX and d = diag G, the similarity of two items is
//
//	s_ij = G_ij / (√(d_i·d_j) + shrink)   for i ≠ j, and s_ii = 0
//
// which for binary X is the number of common readers over the geometric mean of the items'
// numbers of readers. The shrink pulls similarities that few readers vouch for towards 0. There
// is no objective that this solves; it is the classic that others are measured against.
//
// An item keeps the k items that are most similar to it as what adds to its score: column j of
// the result has at most k entries. To keep k per source instead would leave items that are
// nobody's best neighbour without any way to be recommended.
//
// Source: B. Sarwar, G. Karypis, J. Konstan, J. Riedl, Item-Based Collaborative Filtering
// Recommendation Algorithms, WWW 2001; with the shrink in the denominator as in M. Ferrari Dacrema,
// P. Cremonesi, D. Jannach, Are We Really Making Much Progress?, RecSys 2019.
package neighbours

import (
	"context"
	"fmt"
	"math"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/product"
)

// Params are the hyper-parameters.
type Params struct {
	K      int     // how many items add to the score of one, at least 1; usually 5 to 200
	Shrink float64 // in readers, not negative; usually 0 to 100
}

// Train returns the similarities as items × items: row i is what item i adds to the others, by
// ascending column, without the diagonal, all above 0. The values of readers must be above 0.
//
// It costs Σ_u n_u² additions for readers of n_u items each, on GOMAXPROCS workers. Memory is
// one float32 per item and worker, two copies of the result, and readers once more. Equal
// arguments give equal bytes. Progress may be nil; it is called by one worker at a time, once per
// item. The error is that of the context, or says what is out of range.
func Train(ctx context.Context, readers *matrix.Sparse, p Params, progress func(done, items int)) (*matrix.Sparse, error) {
	if p.K < 1 || !(p.Shrink >= 0) {
		return nil, fmt.Errorf("item k-NN with k %d and shrink %g: want k at least 1 and shrink at least 0", p.K, p.Shrink)
	}
	if err := product.Check(readers); err != nil {
		return nil, err
	}
	n := readers.Columns
	items := readers.Transpose()
	norm, shrink := norms(items), float32(p.Shrink)
	newScorer := func() product.Scorer {
		common := product.NewAccumulator(n)
		return func(j int32, row *product.Row) {
			values := items.Values(int(j))
			for at, u := range items.Row(int(j)) {
				x := float32(1)
				if values != nil {
					x = values[at]
				}
				common.Add(x, readers.Row(int(u)), readers.Values(int(u)))
			}
			common.Offer(row, func(i int32, g float32) float32 {
				if i == j {
					return 0
				}
				return g / (norm[i]*norm[j] + shrink)
			})
		}
	}
	byTarget, err := product.Rows(ctx, n, p.K, newScorer, progress)
	if err != nil {
		return nil, err
	}
	return byTarget.Transpose(), nil
}

// norms returns √d_i of each item: the length of its row.
func norms(items *matrix.Sparse) []float32 {
	norm := make([]float32, items.Rows())
	for i := range norm {
		d := float64(len(items.Row(i)))
		if values := items.Values(i); values != nil {
			d = 0
			for _, x := range values {
				d += float64(x) * float64(x)
			}
		}
		norm[i] = float32(math.Sqrt(d))
	}
	return norm
}
