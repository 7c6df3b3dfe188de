package recommend

import (
	"cmp"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
)

// How many of a ranking's first books strangers meet in turn.
const (
	rotationPool = 4 // times as many as were asked for
	minRotation  = 20
)

// strangers returns n books of a category for a reader of whom nothing is known: some of the
// first of the ranking, each with a chance in proportion to its score, others for each reader
// and on each day, so that it is not the same three for ever. Where it shall be diverse, an
// author or a series comes again only when there is nobody else.
func (m *Model) strangers(req *Request, may func(*Book) bool) []Recommendation {
	ranking := m.blended[req.Category]
	pool := make([]lot, 0, max(rotationPool*req.N, minRotation))
	random := rand.New(rand.NewPCG(uint64(req.UserID), m.day^hashOf(req.Category))) //nolint:gosec // a rotation is no secret
	for i := range ranking {
		if len(pool) == cap(pool) {
			break
		}
		if may(ranking[i].Book) {
			// The smallest of these are a sample by weight (Efraimidis and Spirakis 2006).
			pool = append(pool, lot{i, -math.Log1p(-random.Float64()) / max(ranking[i].Score, 1e-9)})
		}
	}
	slices.SortFunc(pool, func(a, b lot) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.place, b.place)) })
	pool = m.spreadOut(pool, ranking, req)
	slices.SortFunc(pool, func(a, b lot) int { return cmp.Compare(a.place, b.place) })
	list := make([]Recommendation, len(pool))
	for i, d := range pool {
		list[i] = ranking[d.place]
	}
	return list
}

// A lot is a place in a ranking and what was drawn for it.
type lot struct {
	place int
	key   float64
}

// spreadOut returns the first n of the pool: books whose author and series have their share
// already only where there are not enough others.
func (m *Model) spreadOut(pool []lot, ranking []Recommendation, req *Request) []lot {
	if req.Diversity == 0 {
		return pool[:min(req.N, len(pool))]
	}
	authors, series := make(map[string]int), make(map[string]int)
	var first, rest []lot
	for _, d := range pool {
		book := ranking[d.place].Book
		author := ""
		if len(book.Authors) > 0 {
			author = book.Authors[0]
		}
		full := author != "" && authors[author] >= mostOfAuthor(req.N) || book.Series != "" && series[book.Series] >= mostOfSeries(req.N)
		if full || len(first) == req.N {
			rest = append(rest, d)
			continue
		}
		authors[author]++
		series[book.Series]++
		first = append(first, d)
	}
	return append(first, rest[:min(req.N-len(first), len(rest))]...)
}

// How many books of one author and of one series a diverse list of n has, while there are
// others.
func mostOfAuthor(n int) int { return (n + 4) / 5 }
func mostOfSeries(n int) int { return (n + 9) / 10 }

func hashOf(text string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text)) // never fails
	return hash.Sum64()
}
