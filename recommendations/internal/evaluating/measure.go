package evaluating

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bookmarket/recommendations/engine/eval"
	"bookmarket/recommendations/engine/parallel"
)

// bucketCount is how many buckets of items there are by popularity.
const bucketCount = 5

// An evaluator measures models on the same data.
type evaluator struct {
	*data
	readers  []int32 // of whom something is held out
	parts    []part
	buckets  *eval.Buckets
	progress func(work string, done, total int)
}

// measured is what is kept of a model until all are compared.
type measured struct {
	accuracies []eval.Accuracy
	mean       eval.Accuracy
}

// evaluate learns and measures the models one after the other, and compares each with the first.
// progress is told what is being done. The error is ctx's, or a model's.
func evaluate(ctx context.Context, d *data, list []model, progress func(work string, done, total int)) (*Result, error) {
	e := &evaluator{data: d, readers: eval.Readers(d.held, 0, 0), progress: progress}
	switch {
	case len(e.readers) == 0:
		return nil, errors.New("nothing is held out of any user: there is nothing to measure by")
	case len(d.training.readers.Column) == 0:
		return nil, errors.New("there is nothing to learn from")
	}
	e.parts = d.parts(e.readers)
	popularity := eval.Popularity(d.training.readers)
	e.buckets = eval.NewBuckets(popularity, d.held, bucketCount)
	result := &Result{
		K: d.training.k, Seed: d.training.seed, Users: len(e.readers), Items: len(d.items), Side: len(d.training.groups) > 0,
		TrainSize: len(d.training.readers.Column), TestSize: len(d.held.Column),
		HeldOutPopularity: meanPercentile(eval.Percentiles(popularity), d.held.Column),
	}
	for _, foldedIn := range d.foldedIn {
		if foldedIn {
			result.FoldedIn++
		}
	}
	var all []measured
	for _, m := range list {
		found, accuracies, err := e.model(ctx, m)
		if err != nil {
			return nil, err
		}
		result.Models = append(result.Models, found)
		all = append(all, measured{accuracies, eval.Mean(accuracies)})
	}
	return result, e.compare(ctx, result.Models, all)
}

func meanPercentile(percentiles []float64, items []int32) (mean float64) {
	for _, item := range items {
		mean += percentiles[item] / float64(len(items))
	}
	return mean
}

// model learns and measures one model, but for what takes the others.
func (e *evaluator) model(ctx context.Context, m model) (*ModelResult, []eval.Accuracy, error) {
	began := time.Now()
	got, err := m.learn(ctx, e.training, func(done, total int) { e.progress(m.name+": learning", done, total) })
	if err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("%s: %w", m.name, err)
		}
		return nil, nil, err
	}
	learnedAt := time.Now()
	lists, err := eval.Rank(ctx, e.histories, e.readers, e.training.k, parallel.All(), got.score, func(done, readers int) {
		e.progress(m.name+": ranking", done, readers)
	})
	if err != nil {
		return nil, nil, err
	}
	r := &ModelResult{
		Name: m.name, Users: len(e.readers), Parameters: got.parameters,
		TrainSeconds: learnedAt.Sub(began).Seconds(), RankSeconds: time.Since(learnedAt).Seconds(),
	}
	character, err := eval.Describe(ctx, lists, e.training.readers)
	if err != nil {
		return nil, nil, err
	}
	r.Coverage, r.Novelty, r.Diversity = character.Coverage, character.Novelty, character.Diversity
	r.Popularity, r.Gini = character.Popularity, character.Gini
	recalls := e.buckets.Recall(lists, e.held, e.readers)
	for i, b := range e.buckets.List {
		r.Buckets = append(r.Buckets, Bucket{b.Least, b.Most, b.Items, b.Held, recalls[i]})
	}
	accuracies := eval.Accuracies(lists, e.held, e.readers, e.training.k)
	for _, p := range e.parts {
		group, err := p.measure(ctx, accuracies, e.training.seed)
		if err != nil {
			return nil, nil, err
		}
		r.Groups = append(r.Groups, group)
	}
	return r, accuracies, nil
}

// compare fills in the scores of the models, with intervals, and their differences from the first
// one: all by the same draws of readers.
func (e *evaluator) compare(ctx context.Context, results []*ModelResult, all []measured) error {
	var together [][]float64
	for _, one := range all {
		together = slices.Concat(together, columns(one.accuracies))
	}
	e.progress("comparing", 0, 0)
	b, err := eval.Resample(ctx, together, bootstrapDraws, e.training.seed)
	if err != nil {
		return err
	}
	for i, r := range results {
		r.Scores = scores(all[i].mean, b, 3*i)
		if i > 0 {
			r.Difference = &Difference{results[0].Name, difference(all[i].mean, all[0].mean, b, 3*i, 0)}
		}
	}
	return nil
}
