package recommend

import (
	"cmp"
	"slices"
	"sync"

	"bookmarket/recommendations/engine/content"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/rank"
	"bookmarket/recommendations/engine/snapshot"
)

// A Learned model is what training made of what readers did.
type Learned struct {
	Version  int64
	Snapshot *snapshot.Snapshot
}

// Personal is a learned model for the books of a catalogue. It is immutable, and holds no
// reader's id.
type Personal struct {
	version int64
	model   *rank.Model
	ids     []int64            // of the books, by item
	items   map[int64]int32    // by the book's id
	among   map[string][]int32 // the items of each category, ascending; "" has all
	authors []int32            // by item: a number for its first author; -1: none
	series  []int32            // likewise
	rankers sync.Pool

	resembling *content.Index
	strength   float32 // of a perfect resemblance, in the unit of scores
}

// The layers of the model: what an item adds to others because readers of the one read the
// others, and because they resemble each other.
const (
	learnedLayer = iota
	contentLayer
)

// popularityPrior is what popularity adds to scores: it decides where nothing else does.
const popularityPrior = 1e-3

// NewPersonal brings a learned model together with a catalogue: books that are not in the
// catalogue any more are left out, and those that were not there yet when the model was trained
// are near to what they resemble.
func NewPersonal(catalog Catalog, learned *Learned) (*Personal, error) {
	books, err := catalog.Popular("")
	if err != nil {
		return nil, err
	}
	p := &Personal{version: learned.Version, ids: slices.Clone(learned.Snapshot.Items), items: make(map[int64]int32, len(books))}
	for item, id := range p.ids {
		p.items[id] = int32(item)
	}
	for _, book := range books {
		if _, ok := p.items[book.ID]; !ok {
			p.items[book.ID] = int32(len(p.ids)) //nolint:gosec // items fit int32
			p.ids = append(p.ids, book.ID)
		}
	}
	p.categorize(books)
	features, err := p.features(books)
	if err != nil {
		return nil, err
	}
	if p.resembling, err = content.NewIndex(features); err != nil {
		return nil, err
	}
	p.strength = resemblance * typicalMost(learned.Snapshot.Weights)
	newBooks, err := p.newBooks(learned.Snapshot.Weights.Rows())
	if err != nil {
		return nil, err
	}
	p.model = &rank.Model{
		Layers: []*matrix.Sparse{learned.Snapshot.Weights, newBooks},
		Prior:  p.prior(catalog, books, learned.Snapshot.Prior),
	}
	p.rankers.New = func() any { return rank.NewRanker(p.model) }
	return p, nil
}

// Version returns the version of what was learned, 0 where nothing was.
func (p *Personal) Version() int64 {
	if p == nil {
		return 0
	}
	return p.version
}

func (p *Personal) categorize(books []*Book) {
	p.among = map[string][]int32{"": make([]int32, 0, len(books))}
	p.authors, p.series = make([]int32, len(p.ids)), make([]int32, len(p.ids))
	authors, series := make(numbers), make(numbers)
	for _, book := range books {
		item := p.items[book.ID]
		p.among[""] = append(p.among[""], item)
		for i, category := range book.Categories {
			if !slices.ContainsFunc(book.Categories[:i], func(c Category) bool { return c.Slug == category.Slug }) {
				p.among[category.Slug] = append(p.among[category.Slug], item)
			}
		}
		p.authors[item], p.series[item] = -1, -1
		if len(book.Authors) > 0 {
			p.authors[item] = authors.of(book.Authors[0])
		}
		if book.Series != "" {
			p.series[item] = series.of(book.Series)
		}
	}
	for _, items := range p.among {
		slices.Sort(items)
	}
}

// numbers gives each name a number.
type numbers map[string]int32

func (n numbers) of(name string) int32 {
	name = Fold(name)
	number, ok := n[name]
	if !ok {
		number = int32(len(n)) //nolint:gosec // names fit int32
		n[name] = number
	}
	return number
}

func (p *Personal) prior(catalog Catalog, books []*Book, learned []float32) []float32 {
	prior := make([]float32, len(p.ids))
	copy(prior, learned)
	most := int64(1)
	for _, book := range books {
		most = max(most, catalog.Popularity(book.ID))
	}
	for _, book := range books {
		prior[p.items[book.ID]] += popularityPrior * float32(catalog.Popularity(book.ID)) / float32(most)
	}
	return prior
}

// exclusions returns the items of the books that a history excludes, and of others.
func (p *Personal) exclusions(history *History, others ...int64) []int32 {
	items := make([]int32, 0, len(history.excluded)+len(others))
	add := func(id int64) {
		if item, ok := p.items[id]; ok {
			items = append(items, item)
		}
	}
	for id := range history.excluded {
		add(id)
	}
	for _, id := range others {
		add(id)
	}
	return items
}

// A selection is which books of a model may be returned, and how many.
type selection struct {
	category  string
	n         int
	exclude   []int32
	diversity float64
}

// best returns the best books for a history, with their reasons.
func (p *Personal) best(catalog Catalog, signals *signals, s selection) []Recommendation {
	ranker := p.rankers.Get().(*rank.Ranker) //nolint:forcetypeassert // New makes them
	defer p.rankers.Put(ranker)
	ranked := ranker.Rank(rank.Query{
		History:   signals.list,
		Among:     p.among[s.category],
		Exclude:   s.exclude,
		N:         s.n,
		Diversity: float32(s.diversity),
		Caps:      []rank.Cap{{Group: p.authors, Most: mostOfAuthor(s.n)}, {Group: p.series, Most: mostOfSeries(s.n)}},
	}, make([]rank.Scored, 0, s.n))
	list := make([]Recommendation, len(ranked))
	for i, scored := range ranked {
		list[i] = p.explain(signals, scored)
		list[i].Book, _ = catalog.Book(p.ids[scored.Item])
	}
	return list
}

// explain returns a recommendation but for its book.
func (p *Personal) explain(signals *signals, scored rank.Scored) Recommendation {
	parts, prior := p.model.Explain(signals.list, scored.Item)
	r := Recommendation{Score: float64(scored.Score), Because: make([]Contribution, 0, len(parts)), Rest: prior}
	var byLayer [contentLayer + 1]float64
	for _, part := range parts {
		if _, ok := signals.disliked[part.Item]; ok {
			r.Rest += part.Score // nothing to tell a reader
			continue
		}
		byLayer[part.Layer] += part.Score
		id := p.ids[part.Item]
		if i := slices.IndexFunc(r.Because, func(c Contribution) bool { return c.BookID == id }); i >= 0 {
			r.Because[i].Score += part.Score
		} else {
			r.Because = append(r.Because, Contribution{id, part.Score})
		}
	}
	slices.SortStableFunc(r.Because, func(a, b Contribution) int { return cmp.Compare(b.Score, a.Score) })
	r.Reason = reasonFor(byLayer[learnedLayer], byLayer[contentLayer], prior)
	return r
}

// reasonFor returns what weighed most.
func reasonFor(liked, resembles, popularity float64) ReasonKind {
	switch {
	case liked >= max(resembles, popularity) && liked > 0:
		return ReasonBecauseYouLiked
	case resembles >= popularity && resembles > 0:
		return ReasonSimilarContent
	default:
		return ReasonPopular
	}
}
