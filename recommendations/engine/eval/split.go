package eval

import (
	"math"
	"math/rand/v2"
	"slices"

	"bookmarket/recommendations/engine/matrix"
)

// Split holds out a share of the items that each reader liked, at random: of n items the nearest
// whole number to share·n, but never all of them. What stays is to be learned from. Where entries
// have values, 1 is what was liked, and anything else stays. What becomes of a reader depends on
// the seed, on their row's number and on how many items they liked, and on nobody else.
func Split(readers *matrix.Sparse, share float64, seed uint64) (train, test *matrix.Sparse) {
	held := make([]bool, len(readers.Column))
	var order []int
	for reader := range readers.Rows() {
		random := rand.New(rand.NewPCG(seed, uint64(reader)))
		order = order[:0]
		for entry := readers.Start[reader]; entry < readers.Start[reader+1]; entry++ {
			if len(readers.Value) == 0 || readers.Value[entry] == 1 {
				order = append(order, entry)
			}
		}
		n := len(order)
		for i := range min(int(math.Round(share*float64(n))), n-1) {
			other := i + random.IntN(n-i)
			order[i], order[other] = order[other], order[i]
			held[order[i]] = true
		}
	}
	return pick(readers, func(entry int) bool { return !held[entry] }), pick(readers, func(entry int) bool { return held[entry] })
}

// pick returns the matrix with the entries for which a function says so.
func pick(m *matrix.Sparse, want func(entry int) bool) *matrix.Sparse {
	picked := &matrix.Sparse{Columns: m.Columns, Start: make([]int, 1, len(m.Start))}
	for row := range m.Rows() {
		for entry := m.Start[row]; entry < m.Start[row+1]; entry++ {
			if !want(entry) {
				continue
			}
			picked.Column = append(picked.Column, m.Column[entry])
			if m.Value != nil {
				picked.Value = append(picked.Value, m.Value[entry])
			}
		}
		picked.Start = append(picked.Start, len(picked.Column))
	}
	return picked
}

// Readers returns the readers of whom something is held out, ascending: a random most of them
// where there are more, or all where most is 0.
func Readers(test *matrix.Sparse, most int, seed uint64) []int32 {
	var readers []int32
	for reader := range test.Rows() {
		if len(test.Row(reader)) > 0 {
			readers = append(readers, int32(reader))
		}
	}
	if most <= 0 || len(readers) <= most {
		return readers
	}
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range most {
		other := i + random.IntN(len(readers)-i)
		readers[i], readers[other] = readers[other], readers[i]
	}
	readers = readers[:most]
	slices.Sort(readers)
	return readers
}
