package eval

import (
	"context"
	"math"
	"sync"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/engine/top"
)

// A Scorer writes the scores of all items for a reader who knows the items of a history, which
// are ascending, and of whom each tells as much as its weight says; without weights all tell as
// much. It may be called concurrently.
type Scorer func(history []int32, weights, scores []float32)

// Rank returns the list of each of the readers: the k items with the highest scores, best first,
// of all items but those of the reader's history. Of items with equal scores the one with the
// lower number comes first; one whose score is no number is in no list. The lists are the same
// whatever the number of workers. progress is told, by one goroutine at a time, how many readers
// are done. The error is ctx's.
func Rank(ctx context.Context, histories *matrix.Sparse, readers []int32, k int, workers parallel.Workers, score Scorer, progress func(done, readers int)) ([][]int32, error) {
	lists := make([][]int32, len(readers))
	var (
		mu   sync.Mutex
		done int
	)
	workers.Run(func(first int) {
		r := ranker{scores: make([]float32, histories.Columns)}
		for i := first; i < len(readers) && ctx.Err() == nil; i += workers.N {
			reader := int(readers[i])
			lists[i] = r.rank(histories.Row(reader), histories.Values(reader), k, score)
			mu.Lock()
			done++
			progress(done, len(readers))
			mu.Unlock()
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return lists, nil
}

// A ranker makes lists in memory that it uses again.
type ranker struct {
	scores []float32
	best   top.Best[candidate]
}

// A candidate is an item that may come into a list.
type candidate struct {
	item  int32
	score float32
}

// Worse reports whether a candidate comes after another.
func (c candidate) Worse(than candidate) bool {
	return c.score < than.score || c.score == than.score && c.item > than.item
}

var known = float32(math.Inf(-1))

func (r *ranker) rank(history []int32, weights []float32, k int, score Scorer) []int32 {
	score(history, weights, r.scores)
	for _, item := range history {
		r.scores[item] = known
	}
	r.best.Begin(k)
	floor := known
	for item, score := range r.scores {
		if !(score > floor) { // nearly all items, and any whose score is no number
			continue
		}
		r.best.Offer(candidate{int32(item), score})
		if worst, full := r.best.Worst(); full {
			floor = worst.score
		}
	}
	best := r.best.Sorted()
	list := make([]int32, len(best))
	for i, c := range best {
		list[i] = c.item
	}
	return list
}
