package recommend

import (
	"cmp"
	"slices"

	"bookmarket/recommendations/engine/matrix"
)

const (
	// resembled is how many books a book resembles, as far as anybody asks.
	resembled = 30
	// What a book has in common with another tells more or less.
	nameFeature  = 1 // an author, a series, a category
	titleFeature = 0.5
	// resemblance is what a perfect one is worth, in units of the strongest weight of a row that
	// was learned, as the median has it.
	resemblance = 0.7
)

// newBooks returns the layer of the books that a model of known items has not learned of: they
// add to those that they resemble, and those to them.
func (p *Personal) newBooks(known int) (*matrix.Sparse, error) {
	var entries []matrix.Entry
	for item := int32(known); int(item) < len(p.ids); item++ { //nolint:gosec // items fit int32
		for _, match := range p.resembling.Similar(item, resembled) {
			weight := match.Score * p.strength
			entries = append(entries, matrix.Entry{Row: item, Column: match.Item, Value: weight}, matrix.Entry{Row: match.Item, Column: item, Value: weight})
		}
	}
	return matrix.New(len(p.ids), len(p.ids), entries)
}

// near returns up to n books that go with a book: readers of the one like the other, or they
// resemble each other, or both.
func (p *Personal) near(catalog Catalog, to *Book, history *History, n int) []Recommendation {
	if p == nil {
		return nil
	}
	item := p.items[to.ID]
	type parts struct{ learned, content float64 }
	found := make(map[int32]parts)
	if learned := p.model.Layers[learnedLayer]; int(item) < learned.Rows() {
		values := learned.Values(int(item))
		for k, other := range learned.Row(int(item)) {
			found[other] = parts{learned: float64(values[k])}
		}
	}
	for _, match := range p.resembling.Similar(item, resembled) {
		both := found[match.Item]
		both.content = float64(match.Score * p.strength)
		found[match.Item] = both
	}
	list := make([]Recommendation, 0, len(found))
	for other, parts := range found {
		book, ok := catalog.Book(p.ids[other])
		if !ok || other == item || history.Excludes(book.ID) {
			continue
		}
		score := parts.learned + parts.content
		list = append(list, Recommendation{
			Book: book, Score: score,
			Reason:  reasonFor(parts.learned, parts.content, 0),
			Because: []Contribution{{to.ID, score}},
		})
	}
	slices.SortFunc(list, func(a, b Recommendation) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Book.ID, b.Book.ID))
	})
	return list[:min(n, len(list))]
}

// features returns what each item is: items by features.
func (p *Personal) features(books []*Book) (*matrix.Sparse, error) {
	features := make(numbers)
	var entries []matrix.Entry
	for _, book := range books {
		item := p.items[book.ID]
		add := func(kind, name string, weight float32) {
			entries = append(entries, matrix.Entry{Row: item, Column: features.of(kind + " " + name), Value: weight})
		}
		for _, author := range book.Authors {
			add("author", author, nameFeature)
		}
		for _, category := range book.Categories {
			add("category", category.Slug, nameFeature)
		}
		if book.Series != "" {
			add("series", book.Series, nameFeature)
		}
		for _, word := range Words(book.Title) {
			add("title", word, titleFeature)
		}
	}
	return matrix.New(len(p.ids), len(features), entries)
}

// typicalMost returns the median of the rows' greatest weights, 1 where there are none.
func typicalMost(m *matrix.Sparse) float32 {
	var most []float32
	for i := range m.Rows() {
		if values := m.Values(i); len(values) > 0 {
			most = append(most, slices.Max(values))
		}
	}
	if len(most) == 0 {
		return 1
	}
	slices.Sort(most)
	return most[len(most)/2]
}
