package content

import (
	"math"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/product"
)

// rareFeature is how many items may share a feature for it to lead from one of them to all others.
// Two thousand is more than the books of any author or series, and less than a big category has.
const rareFeature = 2_000

// An Index finds the items that are similar to one. It is immutable, and may be used concurrently.
//
// A rare feature leads to all of the items that have it: they are the candidates. A common
// feature only counts in the scores of candidates; where the rare ones lead to fewer than were
// asked for, the rarest common feature leads to its first items besides. So one search looks at
// no more than rareFeature items per feature, however many items there are, and similar items for
// a whole catalogue take time that grows with its entries and not with the square of its items.
type Index struct {
	rareFeature int
	unit        *matrix.Sparse // items by features; v_i / |v_i|
	idf         []float32      // by feature
	carriers    *matrix.Sparse // features by items: of a rare feature all, of a common one the first
	count       []int          // by feature: how many items have it
	common      *matrix.Sparse // items by features: the part of unit that is common
}

// NewIndex indexes items × features: an item's entries are its features and their weights, which
// must be above 0; features with nil values weigh 1 each. Memory also grows with the highest
// number of a feature, so features should be numbered without gaps.
func NewIndex(features *matrix.Sparse) (*Index, error) { return newIndex(features, rareFeature) }

func newIndex(features *matrix.Sparse, rare int) (*Index, error) {
	if err := product.Check(features); err != nil {
		return nil, err
	}
	x := &Index{rareFeature: rare, count: make([]int, features.Columns), idf: make([]float32, features.Columns)}
	for _, f := range features.Column {
		x.count[f]++
	}
	for f, n := range x.count {
		// What no item has weighs as if the one that is looked for had been counted.
		x.idf[f] = float32(math.Log1p(float64(features.Rows()) / float64(max(n, 1))))
	}
	unit := *features
	unit.Value = make([]float32, 0, len(features.Column))
	for i := range features.Rows() {
		unit.Value = append(unit.Value, x.normalise(features.Row(i), features.Values(i))...)
	}
	x.unit = &unit
	x.common = filter(x.unit, func(f int32, _ int) bool { return x.count[f] > rare })
	x.carriers = filter(x.unit.Transpose(), func(_ int32, nth int) bool { return nth < rare })
	return x, nil
}

// normalise returns the values of v / |v| for an item with these features and weights.
func (x *Index) normalise(features []int32, weights []float32) []float32 {
	v := make([]float32, len(features))
	var square float64
	for at, f := range features {
		v[at] = x.idf[f]
		if weights != nil {
			v[at] *= weights[at]
		}
		square += float64(v[at]) * float64(v[at])
	}
	for at := range v {
		v[at] = float32(float64(v[at]) / math.Sqrt(square))
	}
	return v
}

// filter returns a matrix with some of the entries: keep sees an entry's column, and how many
// entries stand before it in its row.
func filter(m *matrix.Sparse, keep func(column int32, nth int) bool) *matrix.Sparse {
	part := &matrix.Sparse{Columns: m.Columns, Start: make([]int, 1, len(m.Start))}
	for r := range m.Rows() {
		values := m.Values(r)
		for nth, c := range m.Row(r) {
			if keep(c, nth) {
				part.Column = append(part.Column, c)
				part.Value = append(part.Value, values[nth])
			}
		}
		part.Start = append(part.Start, len(part.Column))
	}
	return part
}
