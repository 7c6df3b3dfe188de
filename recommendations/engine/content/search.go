package content

import (
	"bookmarket/recommendations/engine/product"
)

// nobody is not an item.
const nobody = -1

// A Match is an item and how similar it is, above 0 and at most 1.
type Match struct {
	Item  int32
	Score float32
}

// Similar returns the k items that are most similar to an item of the index, the most similar
// first and of equal ones that with the lower number; fewer where fewer share a feature with it.
// It is the item's row of Train.
func (x *Index) Similar(item int32, k int) []Match {
	return x.search(x.vector(item), item, k)
}

// SimilarTo is Similar for an item that came after the index was made: its features, in ascending
// order, and their weights above 0. Features that the index does not know are to be left out.
func (x *Index) SimilarTo(features []int32, weights []float32, k int) []Match {
	return x.search(vector{features, x.normalise(features, weights)}, nobody, k)
}

func (x *Index) search(v vector, item int32, k int) []Match {
	row := product.NewRow(k)
	x.newSearch().similar(v, item, k, row)
	entries := row.Take()
	matches := make([]Match, len(entries))
	for i, e := range entries {
		matches[i] = Match{e.Column, e.Score}
	}
	return matches
}

// A vector is an item's features, ascending, and their values.
type vector struct {
	features []int32
	values   []float32
}

func (x *Index) vector(item int32) vector {
	return vector{x.unit.Row(int(item)), x.unit.Values(int(item))}
}

// A search is the memory for one search at a time.
type search struct {
	*Index
	sums   *product.Accumulator
	common vector
	looked int // at how many items of features; a test holds the bound on the work against it
}

func (x *Index) newSearch() *search {
	return &search{Index: x, sums: product.NewAccumulator(x.unit.Rows())}
}

// similar offers the candidates for an item, itself left out, with their similarity to it.
func (s *search) similar(v vector, item int32, k int, row *product.Row) {
	s.common.features, s.common.values = s.common.features[:0], s.common.values[:0]
	rarest := int32(nobody) // of the common features
	for at, f := range v.features {
		if s.count[f] <= s.rareFeature {
			carriers := s.carriers.Row(int(f))
			s.looked += len(carriers)
			s.sums.Add(v.values[at], carriers, s.carriers.Values(int(f)))
			continue
		}
		s.common.features = append(s.common.features, f)
		s.common.values = append(s.common.values, v.values[at])
		if rarest == nobody || s.count[f] < s.count[rarest] {
			rarest = f
		}
	}
	// One of those touched may be the item itself.
	if rarest != nobody && s.sums.Touched() <= k {
		first := s.carriers.Row(int(rarest))
		s.looked += len(first)
		s.sums.Touch(first)
	}
	s.sums.Offer(row, func(j int32, sum float32) float32 {
		if j == item {
			return 0
		}
		// Rounding may lift the similarity of equal vectors above 1.
		return min(sum+dot(s.common, vector{s.Index.common.Row(int(j)), s.Index.common.Values(int(j))}), 1)
	})
}

// dot returns the inner product of two vectors.
func dot(a, b vector) (sum float32) {
	for i, j := 0, 0; i < len(a.features) && j < len(b.features); {
		switch f, g := a.features[i], b.features[j]; {
		case f < g:
			i++
		case f > g:
			j++
		default:
			sum += a.values[i] * b.values[j]
			i++
			j++
		}
	}
	return sum
}
