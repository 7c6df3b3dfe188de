package rank

import (
	"math"

	"bookmarket/recommendations/engine/top"
)

// A Query asks for the best items.
type Query struct {
	History []Signal
	Among   []int32 // the only items to return, ascending; nil: all
	Exclude []int32 // items not to return
	N       int     // how many; fewer only where there are not so many
	// Diversity is the part of the choice that is given to being unlike what was chosen already:
	// 0 is pure relevance, 1 takes no notice of scores. With any but 0 the caps hold.
	Diversity float32
	Caps      []Cap
}

// A Cap is how many items of one group are returned at most, while there are others.
type Cap struct {
	Group []int32 // by item; negative: in none
	Most  int
}

// A Scored item has its score by the model, whatever place diversity gave it.
type Scored struct {
	Item  int32
	Score float32
}

// A Ranker answers queries in memory that it uses again, one at a time.
type Ranker struct {
	model  *Model
	scores []float32 // by item
	near   []float32 // by item: how near it is to what was chosen, from 0 to 1
	best   top.Best[candidate]
	pool   []candidate
}

// NewRanker returns a ranker by a model.
func NewRanker(m *Model) *Ranker {
	return &Ranker{model: m, scores: make([]float32, m.Items()), near: make([]float32, m.Items())}
}

var excluded = float32(math.Inf(-1))

// Rank appends the answer to a query to results, in the order to show it in, and returns it. Of
// items that are equal the one with the smaller number comes first.
func (r *Ranker) Rank(q Query, results []Scored) []Scored {
	if q.N <= 0 {
		return results
	}
	r.model.Score(q.History, r.scores)
	for _, item := range q.Exclude {
		r.scores[item] = excluded
	}
	size := q.N
	if q.Diversity > 0 {
		size = max(diversePool*q.N, minPool)
	}
	r.fill(q.Among, size)
	if q.Diversity > 0 {
		r.diversify(&q)
	}
	for _, c := range r.pool[:min(q.N, len(r.pool))] {
		results = append(results, Scored{c.item, c.score})
	}
	return results
}

// Among how many of the best a diverse list is chosen: enough to leave room for a choice, few
// enough for all of them to be good.
const (
	diversePool = 4
	minPool     = 100
)

// A candidate may become a result.
type candidate struct {
	item   int32
	score  float32
	capped bool // to be chosen only where nothing else is left
}

// Worse reports whether a candidate comes after another.
func (c candidate) Worse(than candidate) bool {
	return c.score < than.score || c.score == than.score && c.item > than.item
}

// fill makes the pool the best items, in order.
func (r *Ranker) fill(among []int32, size int) {
	r.best.Begin(size)
	floor := excluded
	offer := func(item int32, score float32) {
		if !(score > floor) { // nearly all items; of equal ones the first are in
			return
		}
		r.best.Offer(candidate{item: item, score: score})
		if worst, full := r.best.Worst(); full {
			floor = worst.score
		}
	}
	if among == nil {
		for item, score := range r.scores {
			offer(int32(item), score)
		}
	} else {
		for _, item := range among {
			offer(item, r.scores[item])
		}
	}
	r.pool = r.best.Sorted()
}
