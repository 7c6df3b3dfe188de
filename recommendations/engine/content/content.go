// Package content finds items that resemble each other by their features (author, series,
// categories, words of the title), whether anybody has read them or not: what speaks for a new
// book until readers do.
//
// An item is a vector of its features' weights times their inverse document frequency, and two
// items are as similar as their vectors point the same way:
//
//	v_if = w_if · ln(1 + n/n_f)        n items, of which n_f have feature f
//	s_ij = v_i·v_j / (|v_i|·|v_j|)     for i ≠ j, and s_ii = 0
//
// So a rare feature, an author, says more than a common one, a big category. The 1 keeps what all
// items share from counting nothing, which would leave a small shop without any similar books.
//
// Source: K. Spärck Jones, A Statistical Interpretation of Term Specificity and Its Application
// in Retrieval, Journal of Documentation 28(1), 1972; G. Salton, A. Wong, C. S. Yang, A Vector
// Space Model for Automatic Indexing, CACM 18(11), 1975.
package content

import (
	"context"
	"fmt"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/product"
)

// Params are the hyper-parameters.
type Params struct {
	K int // how many similar items an item has, at least 1
}

// Train returns the similarities as items × items: row i has the items that are most similar to
// item i, by ascending column, without the diagonal, all above 0 and at most 1. Its transpose
// has for each source the targets that it is among the most similar to.
//
// Features are items × features, as NewIndex wants them. Its time grows with the number of
// entries (see Index), on GOMAXPROCS workers; its memory is one float32 per item and worker, the
// result twice, and features three times. Equal arguments give equal bytes. Progress may be nil;
// it is called by one worker at a time, once per item. The error is that of the context, or says
// what is out of range.
func Train(ctx context.Context, features *matrix.Sparse, p Params, progress func(done, items int)) (*matrix.Sparse, error) {
	if p.K < 1 {
		return nil, fmt.Errorf("similar items by content with k %d: want at least 1", p.K)
	}
	index, err := NewIndex(features)
	if err != nil {
		return nil, err
	}
	newScorer := func() product.Scorer {
		s := index.newSearch()
		return func(i int32, row *product.Row) {
			s.similar(index.vector(i), i, p.K, row)
		}
	}
	return product.Rows(ctx, features.Rows(), p.K, newScorer, progress)
}
