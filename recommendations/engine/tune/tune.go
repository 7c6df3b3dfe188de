// Package tune chooses the hyper-parameters of a linear model on the data that it is learned
// from, since shops differ in size, density and how much popular items are preferred: what is
// good for one can be half as good as nothing for another (docs/quality.md).
//
// It holds out a part of what each reader liked, learns from the rest, and ranks for readers of
// whom something is held out. The choice goes to what gives the highest Recall + NDCG. Ridges are
// compared on smaller regressions, whose equations all of them share. Scalings are compared from
// several starting points, since they lie in valleys between which no small step leads (a
// negative power for the source with a prior for popularity is one, a norm of the target
// another), and then by small steps from the best. What the choice is worth is measured on readers
// who had no part in it.
package tune

import (
	"context"

	"bookmarket/recommendations/engine/eval"
	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/engine/rank"
)

// A Choice is all that a model needs beside its data.
type Choice struct {
	linear.Params
	linear.Scaling
}

// Default is the choice where there are too few readers to choose by: it is never the best and
// nowhere bad.
func Default() Choice {
	return Choice{linear.Params{Neighbours: neighbours, Ridge: 150}, linear.Scaling{Power: power}}
}

// K is the length of the lists by which is chosen.
const K = 20

const (
	neighbours       = 100
	choiceNeighbours = 50
	power            = 1.1 // flat between 1 and 1.3
	holdOut          = 0.2
	// Readers by whom is chosen at most, and as many again by whom the choice is measured.
	maxReaders = 10_000
	// With fewer readers than this chance would choose, and with fewer than that measure.
	minChoosers, minMeasured = 1000, 50
)

// A Result is a choice and what it is worth.
type Result struct {
	Choice

	Tried   int           // how many choices were compared
	Readers int           // by whom the choice was measured; 0: there were too few
	Quality eval.Accuracy // of the choice, with the smaller regressions
	Popular eval.Accuracy // of the most popular items for everybody, by the same readers
	// Coverage is the part of the items that are in some reader's list.
	Coverage float64
}

// Options say how to choose.
type Options struct {
	Seed     uint64
	Workers  parallel.Workers
	More     func() bool           // whether there is time to look further
	Progress func(done, items int) // how many items' regressions are made
}

// Linear chooses for data. Its error is ctx's.
func Linear(ctx context.Context, data linear.Data, o Options) (*Result, error) {
	train, held := eval.Split(data.Readers, holdOut, o.Seed)
	readers := eval.Readers(held, 2*maxReaders, o.Seed)
	if len(readers) < 2*minMeasured {
		return &Result{Choice: Default()}, nil
	}
	t := &tuner{ctx: ctx, train: train, held: held, workers: o.Workers, more: o.More}
	for i, reader := range readers { // alternately: they are ascending
		t.parts[i%2] = append(t.parts[i%2], reader)
	}
	candidates := ridges
	if len(readers) < 2*minChoosers {
		candidates = []float64{Default().Ridge}
	}
	fits, err := linear.FitRidges(ctx, linear.Data{Readers: train, Groups: data.Groups}, choiceNeighbours, candidates,
		linear.Options{Workers: o.Workers, Progress: o.Progress})
	if err != nil {
		return nil, err
	}
	t.fits = fits
	best := at{scaling: Default().Scaling}
	if len(candidates) > 1 {
		best = t.search()
	} else {
		t.score(best)
	}
	if t.err != nil {
		return nil, t.err
	}
	return t.result(best, candidates)
}

// A tuner compares choices. Its first error ends all comparing.
type tuner struct {
	ctx         context.Context //nolint:containedctx // it lives as long as one call
	train, held *matrix.Sparse
	parts       [2][]int32 // readers to choose by, and to measure by
	fits        []*linear.Regressions
	workers     parallel.Workers
	more        func() bool
	tried       int
	err         error
}

// at is a place in the space of choices.
type at struct {
	ridge   int // its place among the ridges
	scaling linear.Scaling
}

func (t *tuner) scorer(place at) eval.Scorer {
	weights, prior := t.fits[place.ridge].Model(place.scaling)
	return (&rank.Model{Layers: []*matrix.Sparse{weights}, Prior: prior}).ScoreItems
}

// score says how good a choice is.
func (t *tuner) score(place at) float64 {
	if t.err != nil {
		return 0
	}
	accuracy, err := eval.Measure(t.ctx, t.train, t.held, t.parts[0], K, t.workers, t.scorer(place))
	t.err = err
	t.tried++
	return accuracy.Recall + accuracy.NDCG
}

// result measures a choice by the readers that had no part in it.
func (t *tuner) result(best at, ridges []float64) (*Result, error) {
	readers := t.parts[1]
	lists, err := eval.Rank(t.ctx, t.train, readers, K, t.workers, t.scorer(best), func(int, int) {})
	if err != nil {
		return nil, err
	}
	popular := make([]float32, t.train.Columns)
	for item, n := range eval.Popularity(t.train) {
		popular[item] = float32(n)
	}
	baseline, err := eval.Measure(t.ctx, t.train, t.held, readers, K, t.workers, func(_ []int32, _, scores []float32) { copy(scores, popular) })
	if err != nil {
		return nil, err
	}
	seen := make(map[int32]struct{})
	for _, list := range lists {
		for _, item := range list {
			seen[item] = struct{}{}
		}
	}
	return &Result{
		Choice:   Choice{linear.Params{Neighbours: neighbours, Ridge: ridges[best.ridge]}, best.scaling},
		Tried:    t.tried,
		Readers:  len(readers),
		Quality:  eval.Mean(eval.Accuracies(lists, t.held, readers, K)),
		Popular:  baseline,
		Coverage: float64(len(seen)) / float64(max(t.train.Columns, 1)),
	}, nil
}
