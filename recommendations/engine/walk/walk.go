// Package walk learns which items a walk of three steps over the graph of readers and items leads
// to: RP3beta.
//
// From item i to one of its readers u, from u to one of the items j that u has read: with d_i the
// sum of item i's column of X and d_u that of reader u's row, the score is the probability of
// that path, each step raised to α, and divided by how popular the target is:
//
//	W_ij = Σ_u (x_ui/d_i)^α · (x_uj/d_u)^α / d_j^β   for i ≠ j, and W_ii = 0
//
// The third step, from the reader who asks to an item i of their history, is the sum over the
// history that every model of this engine makes. With β = 0 it is P3alpha, with α = 1 besides the
// plain walk, P3. Nothing is optimised: the walk is the closed form.
//
// An item keeps the k items from which most leads to it: column j of the result has at most k
// entries. The usual implementations keep k per source, the items that most leads to. Then items
// that nothing leads to first of all cannot be recommended; and with as many weights it found less
// of what was held out, on one split of the bundled ratings, in nearly all of 20 settings.
//
// Sources: C. Cooper, S. H. Lee, T. Radzik, Y. Siantos, Random Walks in Recommender Systems:
// Exact Computation and Simulations, WWW 2014 (P3alpha); B. Paudel, F. Christoffel, C. Newell,
// A. Bernstein, Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive
// Applications, ACM TiiS 7(1), 2017 (RP3beta).
package walk

import (
	"context"
	"fmt"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/product"
)

// Params are the hyper-parameters.
type Params struct {
	K     int     // from how many items one is reached, at least 1; usually 50 to 200
	Alpha float64 // above 0; usually 0.4 to 1. Below 1 it makes unlikely steps count for more.
	Beta  float64 // at least 0; usually 0.2 to 0.7. The greater, the rarer what is recommended.
}

// Train returns the scores as items × items: row i is what item i adds to the others, by ascending
// column, without the diagonal, all above 0. The values of readers must be above 0.
//
// It costs Σ_u n_u² additions for readers of n_u items each, on GOMAXPROCS workers. Memory is
// one float32 per item and worker, two copies of the result, and readers twice more. Equal
// arguments give equal bytes. Progress may be nil; it is called by one worker at a time, once per
// item. The error is that of the context, or says what is out of range.
func Train(ctx context.Context, readers *matrix.Sparse, p Params, progress func(done, items int)) (*matrix.Sparse, error) {
	if p.K < 1 || !(p.Alpha > 0) || !(p.Beta >= 0) {
		return nil, fmt.Errorf("RP3beta with k %d, alpha %g and beta %g: want k at least 1, alpha above 0 and beta at least 0",
			p.K, p.Alpha, p.Beta)
	}
	if err := product.Check(readers); err != nil {
		return nil, err
	}
	n, powered, items := readers.Columns, power(readers, p.Alpha), readers.Transpose()
	leaveItem, leaveReader, rarity := degrees(items, -p.Alpha), degrees(readers, -p.Alpha), degrees(items, -p.Beta)
	items = power(items, p.Alpha)
	newScorer := func() product.Scorer {
		paths := product.NewAccumulator(n)
		return func(j int32, row *product.Row) {
			values := items.Values(int(j))
			for at, u := range items.Row(int(j)) {
				arrive := leaveReader[u]
				if values != nil {
					arrive *= values[at]
				}
				paths.Add(arrive, powered.Row(int(u)), powered.Values(int(u)))
			}
			paths.Offer(row, func(i int32, sum float32) float32 {
				if i == j {
					return 0
				}
				return sum * leaveItem[i] * rarity[j]
			})
		}
	}
	byTarget, err := product.Rows(ctx, n, p.K, newScorer, progress)
	if err != nil {
		return nil, err
	}
	return byTarget.Transpose(), nil
}
