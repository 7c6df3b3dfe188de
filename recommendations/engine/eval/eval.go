// Package eval measures how well a model ranks the items that readers turned to and that were
// held out from it.
//
// The ranking is full: over all items but those that the reader is known to have, never over a
// sample of them, which gives other winners (W. Krichene and S. Rendle, On Sampled Metrics for
// Item Recommendation, KDD 2020). With T the held-out items of a reader and L their list of k:
//
//	Recall@k = |L ∩ T| / |T|
//	NDCG@k   = Σ_{places i of hits} 1/log2(i+1)  /  Σ_{i ≤ min(k,|T|)} 1/log2(i+1)
//	AP@k     = Σ_{places i of hits} (hits up to i)/i  /  min(k,|T|),   MAP@k is its mean
//
// each averaged over the readers of whom something is held out, every one of whom counts alike.
package eval

import (
	"context"
	"math"
	"slices"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
)

// Accuracy says how well lists meet what was held out: of one reader, or the mean of many. Each
// is between 0 and 1.
type Accuracy struct{ Recall, NDCG, MAP float64 }

// Measure ranks for the readers and returns their mean accuracy. It is Rank, Accuracies and Mean
// in one, for those who choose between models. The error is ctx's.
func Measure(ctx context.Context, train, test *matrix.Sparse, readers []int32, k int, workers parallel.Workers, score Scorer) (Accuracy, error) {
	lists, err := Rank(ctx, train, readers, k, workers, score, func(int, int) {})
	if err != nil {
		return Accuracy{}, err
	}
	return Mean(Accuracies(lists, test, readers, k)), nil
}

// Accuracies returns the accuracy of each reader's list of up to k items. Something must be held
// out of each of the readers.
func Accuracies(lists [][]int32, test *matrix.Sparse, readers []int32, k int) []Accuracy {
	all := make([]Accuracy, len(readers))
	for i, reader := range readers {
		all[i] = accuracy(lists[i], test.Row(int(reader)), k)
	}
	return all
}

func accuracy(list, held []int32, k int) Accuracy {
	var hits, gain, precision, ideal float64
	for i, item := range list {
		if _, hit := slices.BinarySearch(held, item); hit {
			hits++
			gain += discount(i)
			precision += hits / float64(i+1)
		}
	}
	most := min(k, len(held))
	for i := range most {
		ideal += discount(i)
	}
	return Accuracy{Recall: hits / float64(len(held)), NDCG: gain / ideal, MAP: precision / float64(most)}
}

// discount is what a hit counts at a place, from 0 on.
func discount(place int) float64 { return 1 / math.Log2(float64(place+2)) }

// Mean returns the mean of readers' accuracies, 0 for none.
func Mean(all []Accuracy) (mean Accuracy) {
	for _, a := range all {
		mean.Recall += a.Recall
		mean.NDCG += a.NDCG
		mean.MAP += a.MAP
	}
	n := float64(max(len(all), 1))
	return Accuracy{mean.Recall / n, mean.NDCG / n, mean.MAP / n}
}
