package rank

import (
	"math"
	"slices"
)

// A Query asks for the best items.
type Query struct {
	History []Signal
	Among   []int32 // the only items to return; nil: all
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

// worse reports whether a comes after b.
func worse(a, b candidate) bool {
	return a.score < b.score || a.score == b.score && a.item > b.item
}

// fill makes the pool the best items, in order.
func (r *Ranker) fill(among []int32, size int) {
	r.pool = r.pool[:0]
	if among == nil {
		for item, score := range r.scores {
			r.offer(candidate{item: int32(item), score: score}, size)
		}
	} else {
		for _, item := range among {
			r.offer(candidate{item: item, score: r.scores[item]}, size)
		}
	}
	slices.SortFunc(r.pool, func(a, b candidate) int {
		if worse(b, a) {
			return -1
		}
		return 1 // no two are equal
	})
}

// offer puts a candidate into the pool if it is among the best so far. While the pool is full it
// is a heap with the worst on top.
func (r *Ranker) offer(c candidate, size int) {
	switch {
	case c.score == excluded:
	case len(r.pool) < size:
		r.pool = append(r.pool, c)
		if len(r.pool) == size {
			for i := size/2 - 1; i >= 0; i-- {
				down(r.pool, i)
			}
		}
	case worse(r.pool[0], c):
		r.pool[0] = c
		down(r.pool, 0)
	}
}

// down restores the heap below a place.
func down(heap []candidate, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if right := child + 1; right < len(heap) && worse(heap[right], heap[child]) {
			child = right
		}
		if !worse(heap[child], heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}
