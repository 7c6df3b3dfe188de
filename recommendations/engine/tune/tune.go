// Package tune chooses the hyper-parameters of a linear model on the data that it is learned
// from, since shops differ in size, density and how much the popular books are preferred.
//
// It holds out a part of each reader's items, learns from the rest, and ranks for readers of
// whom something is held out. The choice goes to what gives the highest NDCG: first among scalings
// in different valleys, between which no small step leads (a negative power for the source with
// a prior for popularity is one, a negative power for the target without a prior another), then
// by small steps from the best, then among ridges, each with the steps again. What the choice is
// worth is measured on readers that had no part in it.
package tune

import (
	"context"
	"math"

	"bookmarket/recommendations/engine/eval"
	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/rank"
)

// A Choice is all that a model needs beside its data.
type Choice struct {
	linear.Params
	linear.Scaling
}

// Default is the choice where there are too few readers to choose by.
func Default() Choice {
	return Choice{linear.Params{Neighbours: neighbours, Ridge: 100}, starts[0]}
}

// K is the length of the lists by which is chosen.
const K = 20

const (
	neighbours = 100
	holdOut    = 0.2
	// Readers by whom is chosen, and as many again by whom the choice is measured: with fewer
	// than minReaders in all, chance would choose.
	maxReaders = 5000
	minReaders = 100
)

var (
	ridges = []float64{100, 67, 150}
	starts = []linear.Scaling{
		{Power: 1.15, Source: -0.2, Target: -0.3},
		{Power: 1.15, Source: -0.15, Target: -0.1},
		{Power: 1.15, Source: -0.3, Prior: 0.02},
	}
	steps = []func(*linear.Scaling, float64){
		func(s *linear.Scaling, sign float64) { s.Source += 0.1 * sign },
		func(s *linear.Scaling, sign float64) { s.Target += 0.1 * sign },
		func(s *linear.Scaling, sign float64) { s.Prior = max(0, s.Prior+0.01*sign) },
		func(s *linear.Scaling, sign float64) { s.Power = max(0.5, s.Power+0.15*sign) },
	}
)

// maxRounds is how often all steps are tried at most.
const maxRounds = 4

// A Result is a choice and what it is worth.
type Result struct {
	Choice

	Fits    int           // how many times regressions were made
	Tried   int           // how many choices were compared; 0: there were too few readers
	Readers int           // by whom the choice was measured
	Quality eval.Accuracy // of the choice
	Popular eval.Accuracy // of the most popular items for everybody, by the same readers
	// Coverage is the part of the items that are in some reader's list.
	Coverage float64
}

// Options say how to choose.
type Options struct {
	Seed     uint64
	Workers  int
	More     func() bool         // whether there is time for another fit
	Progress func(done, all int) // is told how many items' regressions are made, of how many at most
}

// Linear chooses for data. Its error is ctx's.
func Linear(ctx context.Context, data linear.Data, o Options) (*Result, error) {
	train, held := eval.Split(data.Readers, holdOut, o.Seed)
	readers := eval.Readers(held, 2*maxReaders, o.Seed)
	if len(readers) < minReaders {
		return &Result{Choice: Default()}, nil
	}
	t := &tuner{held: held, data: linear.Data{Readers: train, Groups: data.Groups}, Options: o}
	for i, reader := range readers { // alternately: they are ascending
		t.parts[i%2] = append(t.parts[i%2], reader)
	}
	for i, ridge := range ridges {
		if i > 0 && !o.More() {
			break
		}
		if err := t.try(ctx, linear.Params{Neighbours: neighbours, Ridge: ridge}, i); err != nil {
			return nil, err
		}
	}
	return t.result(ctx)
}

// A tuner has the best choice so far.
type tuner struct {
	Options

	data  linear.Data
	held  *matrix.Sparse
	parts [2][]int32 // readers to choose by, and to measure by

	best    Choice
	score   float64
	fits    int
	tried   int
	weights *matrix.Sparse // of the best
	prior   []float32
}

// try makes the regressions and looks for the best scaling.
func (t *tuner) try(ctx context.Context, p linear.Params, nth int) error {
	regressions, err := linear.Fit(ctx, t.data, p, t.Workers, func(done, items int) { t.Progress(nth*items+done, len(ridges)*items) })
	if err != nil {
		return err
	}
	t.fits++
	first := []linear.Scaling{t.best.Scaling} // other regressions want much the same
	if nth == 0 {
		first = starts
	}
	var at linear.Scaling
	score := math.Inf(-1)
	better := func(s linear.Scaling) (bool, error) {
		weights, prior := regressions.Model(s)
		accuracy, err := eval.Measure(ctx, t.data.Readers, t.held, t.parts[0], K, scorer(weights, prior))
		if err != nil || accuracy.NDCG <= score {
			return false, err
		}
		at, score = s, accuracy.NDCG
		if score > t.score || t.tried == 0 {
			t.best, t.score, t.weights, t.prior = Choice{p, s}, score, weights, prior
		}
		t.tried++
		return true, nil
	}
	for _, s := range first {
		if _, err := better(s); err != nil {
			return err
		}
	}
	return walk(func() linear.Scaling { return at }, better)
}

// walk takes steps from the best scaling until none is better.
func walk(at func() linear.Scaling, better func(linear.Scaling) (bool, error)) error {
	for range maxRounds {
		moved := false
		for _, step := range steps {
			for _, sign := range []float64{1, -1} {
				next := at()
				step(&next, sign)
				if next == at() {
					continue
				}
				ok, err := better(next)
				if err != nil {
					return err
				}
				if ok {
					moved = true
					break // the other way leads back
				}
			}
		}
		if !moved {
			return nil
		}
	}
	return nil
}

// result measures the best choice by the readers that had no part in it.
func (t *tuner) result(ctx context.Context) (*Result, error) {
	readers := t.parts[1]
	lists, err := eval.Rank(ctx, t.data.Readers, readers, K, scorer(t.weights, t.prior), func(int, int) {})
	if err != nil {
		return nil, err
	}
	popular := make([]float32, t.data.Readers.Columns)
	for item, n := range eval.Popularity(t.data.Readers) {
		popular[item] = float32(n)
	}
	baseline, err := eval.Measure(ctx, t.data.Readers, t.held, readers, K, func(_ []int32, scores []float32) { copy(scores, popular) })
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
		Choice:   t.best,
		Fits:     t.fits,
		Tried:    t.tried,
		Readers:  len(readers),
		Quality:  eval.Mean(eval.Accuracies(lists, t.held, readers, K)),
		Popular:  baseline,
		Coverage: float64(len(seen)) / float64(t.data.Readers.Columns),
	}, nil
}

func scorer(weights *matrix.Sparse, prior []float32) eval.Scorer {
	return (&rank.Model{Layers: []*matrix.Sparse{weights}, Prior: prior}).ScoreEqual
}
