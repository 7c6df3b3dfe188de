package evaluating

import (
	"context"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/engine/rank"
	"bookmarket/recommendations/engine/tune"
)

// learnLinear chooses as the service does, and learns with that.
func learnLinear(ctx context.Context, t training, progress func(done, total int)) (*learned, error) {
	data := linear.Data{Readers: t.readers, Groups: t.groups}
	workers := parallel.All()
	chosen, err := tune.Linear(ctx, data, tune.Options{
		Seed:     t.seed + 1,
		Workers:  workers,
		More:     func() bool { return true },
		Progress: func(done, items int) { progress(done, 2*items) },
	})
	if err != nil {
		return nil, err
	}
	r, err := linear.Fit(ctx, data, chosen.Params, linear.Options{Workers: workers, Progress: func(done, items int) { progress(items+done, 2*items) }})
	if err != nil {
		return nil, err
	}
	weights, prior := r.Model(chosen.Scaling)
	model := &rank.Model{Layers: []*matrix.Sparse{weights}, Prior: prior}
	return &learned{model.ScoreItems, map[string]float64{
		"neighbours": float64(chosen.Neighbours), "ridge": chosen.Ridge,
		"power": chosen.Power, "source": chosen.Source, "target": chosen.Target, "norm": chosen.Norm, "prior": chosen.Prior,
	}}, nil
}
