package evaluating

import (
	"context"

	"bookmarket/recommendations/engine/eval"
	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/rank"
)

// linearNeighbours is how many items each regression is made of.
const linearNeighbours = 100

// scalings are where models of books were found to be good, in each of two valleys.
var scalings = []linear.Scaling{
	{Power: 1.15, Source: -0.3, Prior: 0.02},
	{Power: 1.15, Source: -0.1, Target: -0.3},
	{Power: 1.15, Source: -0.15, Target: -0.1},
	{Power: 1},
}

// learnLinear chooses a ridge and a scaling where a part of the training data is held out in its
// turn, and learns with them from all of them.
func learnLinear(ctx context.Context, t training, progress func(done, total int)) (*learned, error) {
	train, test := eval.Split(t.readers, validationShare, t.seed+1)
	readers := eval.Readers(test, validationReaders, t.seed)
	ridges := []float64{60, 120}
	var best linear.Scaling
	ridge, most := 0.0, -1.0
	for i, candidate := range ridges {
		r, err := linear.Fit(ctx, linear.Data{Readers: train, Groups: t.groups}, linear.Params{Neighbours: linearNeighbours, Ridge: candidate}, func(done, items int) {
			progress(i*items+done, (len(ridges)+1)*items)
		})
		if err != nil {
			return nil, err
		}
		for _, scaling := range scalings {
			got, err := eval.Measure(ctx, train, test, readers, t.k, linearScorer(r, scaling))
			if err != nil {
				return nil, err
			}
			if got.NDCG > most {
				best, ridge, most = scaling, candidate, got.NDCG
			}
		}
	}
	r, err := linear.Fit(ctx, linear.Data{Readers: t.readers, Groups: t.groups}, linear.Params{Neighbours: linearNeighbours, Ridge: ridge}, func(done, items int) {
		progress(len(ridges)*items+done, (len(ridges)+1)*items)
	})
	if err != nil {
		return nil, err
	}
	return &learned{linearScorer(r, best), map[string]float64{
		"neighbours": linearNeighbours, "ridge": ridge,
		"power": best.Power, "source": best.Source, "target": best.Target, "prior": best.Prior,
	}}, nil
}

func linearScorer(r *linear.Regressions, s linear.Scaling) eval.Scorer {
	weights, prior := r.Model(s)
	return scorer(&rank.Model{Layers: []*matrix.Sparse{weights}, Prior: prior})
}
