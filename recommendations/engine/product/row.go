package product

import (
	"slices"

	"bookmarket/recommendations/engine/top"
)

// An Entry is a place in a row and its score.
type Entry struct {
	Column int32
	Score  float32
}

// Worse reports whether an entry is left out before another. No two of a row are equal, so which
// are the best does not depend on the order in which they were offered.
func (e Entry) Worse(than Entry) bool {
	return e.Score < than.Score || e.Score == than.Score && e.Column > than.Column
}

// A Row keeps the k best of the entries that it is offered: those with the highest scores and, of
// equal scores, the lowest columns.
type Row struct {
	k    int
	best top.Best[Entry]
}

// NewRow returns a row without entries.
func NewRow(k int) *Row {
	r := &Row{k: k}
	r.best.Begin(k)
	return r
}

// Offer considers an entry. One whose score is not above 0 is never kept: it adds nothing.
func (r *Row) Offer(column int32, score float32) {
	if !(score > 0) { // That is true of NaN, too.
		return
	}
	// Nearly all entries end here.
	if worst, full := r.best.Worst(); full && score < worst.Score {
		return
	}
	r.best.Offer(Entry{column, score})
}

// Take returns what was kept, the best first, and empties the row.
func (r *Row) Take() []Entry {
	kept := slices.Clone(r.best.Sorted())
	r.best.Begin(r.k)
	return kept
}
