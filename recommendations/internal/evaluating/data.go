package evaluating

import (
	"math"
	"math/rand/v2"
	"slices"

	"bookmarket/recommendations/engine/eval"
	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
)

// data is what models learn from and what they are measured by. Items and readers have numbers,
// which ascend with their ids.
type data struct {
	items []int64 // ids
	// histories are readers by items: what a reader is known to have when something is
	// recommended. held is what they turned to besides, which no model has seen.
	histories, held *matrix.Sparse
	// foldedIn says which readers no model learns from.
	foldedIn []bool
	training training
}

// training is all that a model may see.
type training struct {
	items   []int64 // ids
	readers *matrix.Sparse
	groups  []linear.Group // side information
	// k and seed are those of the evaluation, for models that choose.
	k    int
	seed uint64
}

// newData returns the data of files that were split already.
func newData(train, test pairs) *data {
	var items, users []int64
	for _, list := range []pairs{train, test} {
		for _, pair := range list {
			items, users = append(items, pair.ItemID), append(users, pair.UserID)
		}
	}
	items, users = distinct(items), distinct(users)
	d := &data{items: items, histories: sparse(train, users, items), held: sparse(test, users, items)}
	d.learnFrom(nil)
	return d
}

// splitData returns the data of one file, of which a share of what each reader liked is held out.
func splitData(all pairs, minRating int, share float64, seed uint64) *data {
	d := newData(all, nil)
	d.histories.Value = all.weights(minRating) // their entries are the pairs, in order
	d.histories, d.held = eval.Split(d.histories, share, seed)
	d.learnFrom(nil)
	return d
}

func distinct(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Clip(slices.Compact(ids))
}

// sparse returns the pairs as a matrix of users by items.
func sparse(list pairs, users, items []int64) *matrix.Sparse {
	m := &matrix.Sparse{Columns: len(items), Start: make([]int, 1, len(users)+1), Column: make([]int32, 0, len(list))}
	next := 0
	for _, user := range users {
		for ; next < len(list) && list[next].UserID == user; next++ {
			item, _ := slices.BinarySearch(items, list[next].ItemID)
			m.Column = append(m.Column, int32(item)) //nolint:gosec // items fit int32
		}
		m.Start = append(m.Start, len(m.Column))
	}
	return m
}

// foldIn keeps a share of the readers of whom something is held out from all models.
func (d *data) foldIn(share float64, seed uint64) {
	readers := eval.Readers(d.held, 0, 0)
	random := rand.New(rand.NewPCG(seed, math.MaxUint64))
	random.Shuffle(len(readers), func(i, j int) { readers[i], readers[j] = readers[j], readers[i] })
	d.learnFrom(readers[:int(math.Round(share*float64(len(readers))))])
}

// learnFrom makes the training data of all readers but the folded in.
func (d *data) learnFrom(foldedIn []int32) {
	d.foldedIn = make([]bool, d.histories.Rows())
	for _, reader := range foldedIn {
		d.foldedIn[reader] = true
	}
	m := &matrix.Sparse{Columns: d.histories.Columns, Start: []int{0}}
	for reader := range d.histories.Rows() {
		if !d.foldedIn[reader] {
			m.Column = append(m.Column, d.histories.Row(reader)...)
			m.Value = append(m.Value, d.histories.Values(reader)...)
			m.Start = append(m.Start, len(m.Column))
		}
	}
	d.training.items, d.training.readers = d.items, m
}
