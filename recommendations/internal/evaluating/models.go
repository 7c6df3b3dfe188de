package evaluating

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"bookmarket/recommendations/engine/eval"
)

// A learned model scores items.
type learned struct {
	score      eval.Scorer
	parameters map[string]float64 // that it chose, by their names
}

// A model can be learned. It gets the training data and nothing else, and chooses what there is
// to choose by them alone. progress is told how much of the work is done.
type model struct {
	name  string
	learn func(ctx context.Context, t training, progress func(done, total int)) (*learned, error)
}

// models are all there are, in the order in which they are compared unless told otherwise.
func models() []model {
	return []model{
		{"linear", learnLinear},
		{"itemknn", learnNeighbours},
		{"rp3beta", learnWalk},
		{"popular", learnPopular},
		{"random", learnRandom},
	}
}

// find returns the models of these names.
func find(names []string) ([]model, error) {
	var found []model
	seen := make(map[string]bool)
	for _, name := range names {
		known := false
		for _, m := range models() {
			if m.name == name {
				known = true
				found = append(found, m)
			}
		}
		if !known {
			return nil, fmt.Errorf("--models: there is no model %q; there are %s", name, strings.Join(modelNames(), ", "))
		}
		if seen[name] {
			return nil, fmt.Errorf("--models: %s is there twice", name)
		}
		seen[name] = true
	}
	return found, nil
}

func modelNames() (names []string) {
	for _, m := range models() {
		names = append(names, m.name)
	}
	return names
}

// learnPopular scores an item by its number of readers, whoever asks.
func learnPopular(_ context.Context, t training, _ func(done, total int)) (*learned, error) {
	popularity := make([]float32, len(t.items))
	for item, n := range eval.Popularity(t.readers) {
		popularity[item] = float32(n)
	}
	return &learned{score: func(_ []int32, _, scores []float32) { copy(scores, popularity) }}, nil
}

// learnRandom scores by chance: equally for equal histories, as every model does.
func learnRandom(_ context.Context, t training, _ func(done, total int)) (*learned, error) {
	return &learned{score: func(history []int32, _, scores []float32) {
		hash := fnv.New64a()
		for _, item := range history {
			_, _ = hash.Write(binary.LittleEndian.AppendUint32(nil, uint32(item))) //nolint:gosec // any bits do
		}
		random := rand.New(rand.NewPCG(t.seed, hash.Sum64()))
		for i := range scores {
			scores[i] = random.Float32()
		}
	}}, nil
}
