package evaluating

import (
	"context"

	"bookmarket/recommendations/engine/eval"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/neighbours"
	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/engine/rank"
	"bookmarket/recommendations/engine/walk"
)

const (
	// validationShare of each reader's items is what candidates are judged by.
	validationShare = 0.2
	// validationReaders are enough for candidates that differ by one percent to be told apart.
	validationReaders = 8000
)

// A search looks for a model's parameters, one stage after the other.
type search[P any] struct {
	// stages are the candidates of each, beside the best so far. How many there are does not
	// depend on that.
	stages   []func(best P) []P
	learn    func(ctx context.Context, readers *matrix.Sparse, p P, progress func(done, items int)) (*matrix.Sparse, error)
	describe func(P) map[string]float64
}

func learnNeighbours(ctx context.Context, t training, progress func(done, total int)) (*learned, error) {
	s := search[neighbours.Params]{
		stages: []func(neighbours.Params) []neighbours.Params{
			func(neighbours.Params) (list []neighbours.Params) {
				for _, k := range []int{5, 10, 20, 50, 100, 200} {
					list = append(list, neighbours.Params{K: k})
				}
				return list
			},
			func(best neighbours.Params) (list []neighbours.Params) {
				for _, shrink := range []float64{2, 10, 50} {
					list = append(list, neighbours.Params{K: best.K, Shrink: shrink})
				}
				return list
			},
		},
		learn: neighbours.Train,
		describe: func(p neighbours.Params) map[string]float64 {
			return map[string]float64{"k": float64(p.K), "shrink": p.Shrink}
		},
	}
	return s.run(ctx, t, progress)
}

func learnWalk(ctx context.Context, t training, progress func(done, total int)) (*learned, error) {
	s := search[walk.Params]{
		stages: []func(walk.Params) []walk.Params{
			func(walk.Params) (list []walk.Params) {
				for _, alpha := range []float64{0.4, 0.7, 1} {
					for _, beta := range []float64{0.2, 0.4, 0.6, 0.8} {
						list = append(list, walk.Params{K: 100, Alpha: alpha, Beta: beta})
					}
				}
				return list
			},
			func(best walk.Params) (list []walk.Params) {
				for _, k := range []int{10, 20, 50, 200} {
					list = append(list, walk.Params{K: k, Alpha: best.Alpha, Beta: best.Beta})
				}
				return list
			},
		},
		learn: walk.Train,
		describe: func(p walk.Params) map[string]float64 {
			return map[string]float64{"k": float64(p.K), "alpha": p.Alpha, "beta": p.Beta}
		},
	}
	return s.run(ctx, t, progress)
}

// run finds the candidate whose NDCG is best where a part of the training data is held out in its
// turn, and learns with it from all of them. Of equals it is the first one.
func (s *search[P]) run(ctx context.Context, t training, progress func(done, total int)) (*learned, error) {
	train, test := eval.Split(t.readers, validationShare, t.seed+1)
	readers := eval.Readers(test, validationReaders, t.seed)
	var best P
	most, done, total := -1.0, 0, 1
	for _, stage := range s.stages {
		total += len(stage(best))
	}
	for _, stage := range s.stages {
		for _, candidate := range stage(best) {
			progress(done, total)
			done++
			score, err := s.fit(ctx, train, candidate)
			if err != nil {
				return nil, err
			}
			got, err := eval.Measure(ctx, train, test, readers, t.k, parallel.All(), score)
			if err != nil {
				return nil, err
			}
			if got.NDCG > most {
				best, most = candidate, got.NDCG
			}
		}
	}
	progress(done, total)
	score, err := s.fit(ctx, t.readers, best)
	if err != nil {
		return nil, err
	}
	return &learned{score, s.describe(best)}, nil
}

func (s *search[P]) fit(ctx context.Context, readers *matrix.Sparse, p P) (eval.Scorer, error) {
	weights, err := s.learn(ctx, readers, p, nil)
	if err != nil {
		return nil, err
	}
	return (&rank.Model{Layers: []*matrix.Sparse{weights}, Prior: make([]float32, weights.Columns)}).ScoreItems, nil
}
