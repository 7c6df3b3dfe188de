// Package rank scores items for histories, picks the best, and says why.
//
// A model is a sum over what a reader did: the score of item j for a history h, which has a
// weight h_i for each of its items, is
//
//	score(j) = prior_j + Σ_{i∈h} h_i · Σ_L L_ij
//
// where the layers L are sparse matrices of items by items. From that one line follow an answer
// that changes with the next click, without any training, and an explanation that is exact: each
// addend belongs to one item of the history.
package rank

import (
	"cmp"
	"slices"

	"bookmarket/recommendations/engine/matrix"
)

// A Model scores items. It is for reading only, and may be used concurrently.
type Model struct {
	// Layers are items by items: row i is what item i adds to others. A layer may know the
	// first items only. They have values.
	Layers []*matrix.Sparse
	// Prior is what each item scores for a reader of whom nothing is known.
	Prior []float32
}

// A Signal is an item of a history and what it tells of the reader: 1 is as much as an item that
// the model was learned from.
type Signal struct {
	Item   int32
	Weight float32
}

// Items returns how many items there are.
func (m *Model) Items() int { return len(m.Prior) }

// Score writes the scores of all items into scores, which has room for each. The items of the
// history must be items of the model.
func (m *Model) Score(history []Signal, scores []float32) {
	copy(scores, m.Prior)
	for _, layer := range m.Layers {
		for _, signal := range history {
			targets, values := row(layer, signal.Item)
			for k, target := range targets {
				scores[target] += signal.Weight * values[k]
			}
		}
	}
}

// ScoreItems does as Score for the items of a history and their weights, nil where all are 1.
func (m *Model) ScoreItems(history []int32, weights, scores []float32) {
	copy(scores, m.Prior)
	for _, layer := range m.Layers {
		for i, item := range history {
			weight := float32(1)
			if weights != nil {
				weight = weights[i]
			}
			targets, values := row(layer, item)
			for k, target := range targets {
				scores[target] += weight * values[k]
			}
		}
	}
}

// row returns what an item adds to which others.
func row(layer *matrix.Sparse, item int32) (targets []int32, values []float32) {
	if int(item) >= layer.Rows() {
		return nil, nil
	}
	return layer.Row(int(item)), layer.Values(int(item))
}

// A Part is what one item of a history added to a score in one of the layers.
type Part struct {
	Item  int32
	Layer int
	Score float64
}

// Explain returns what a score is made of: the parts, the greatest first, and the prior. They add
// up to the score, as far as float32 goes.
func (m *Model) Explain(history []Signal, item int32) (parts []Part, prior float64) {
	for l, layer := range m.Layers {
		for _, signal := range history {
			targets, values := row(layer, signal.Item)
			if k, ok := slices.BinarySearch(targets, item); ok {
				parts = append(parts, Part{signal.Item, l, float64(signal.Weight) * float64(values[k])})
			}
		}
	}
	slices.SortFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Layer, b.Layer))
	})
	return parts, float64(m.Prior[item])
}
