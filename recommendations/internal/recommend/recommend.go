// Package recommend decides which books a reader is shown. It knows nothing of gRPC, of
// files or of databases: what it needs of them it declares here.
package recommend

import (
	"context"
	"slices"
)

// Readers know what readers did.
type Readers interface {
	// History returns what a reader did; that of a reader nobody knows is empty.
	History(ctx context.Context, userID int64) (*History, error)
}

// A Recommender recommends books by the latest model. It may be used concurrently.
type Recommender struct {
	model    func() *Model
	readers  Readers
	answered func(Source)
}

// New returns a recommender. model returns the latest model, or nil while there is none; it
// is called once for each answer. answered is told what each answer to a reader was made from.
func New(model func() *Model, readers Readers, answered func(Source)) *Recommender {
	return &Recommender{model, readers, answered}
}

// A Source is what recommendations were made from.
type Source string

// What recommendations are made from.
const (
	SourcePersonal Source = "personal" // what the reader did
	SourcePopular  Source = "popular"  // what all readers did: nothing is known of this one, or nothing was learned yet
	SourceFallback Source = "fallback" // the same, because what the reader did could not be read
)

// DefaultDiversity is how diverse a list is where nobody says otherwise.
const DefaultDiversity = 0.15

// A Request asks for recommendations.
type Request struct {
	UserID    int64  // 0: an anonymous reader
	Category  string // a slug; "": all
	N         int
	Recent    []int64 // books that the reader looked at, of which the store knows nothing
	Exclude   []int64 // books not to recommend
	Diversity float64 // from 0, pure relevance, to 1
}

// A List is recommendations, the best first, and the version of the model that made them.
type List struct {
	Recommendations []Recommendation
	ModelVersion    string
}

// Recommend returns n books for a reader, or all where there are fewer: never one that the
// reader's history excludes. They are the best by what the reader did, or popular ones where
// that is nothing. Without the store, and for a reader who is not in memory, it recommends as to
// an anonymous reader: an answer that may hold a book twice read is better than none.
func (r *Recommender) Recommend(ctx context.Context, req Request) (List, error) {
	m := r.model()
	if m == nil {
		return List{}, ErrStarting
	}
	if _, err := m.Catalog.Popular(req.Category); err != nil {
		return List{}, err
	}
	history, lost, err := r.history(ctx, req.UserID)
	if err != nil {
		return List{}, err
	}
	list := List{ModelVersion: m.Version}
	signals := m.Personal.signals(history, req.Recent)
	if signals != nil {
		list.Recommendations = m.Personal.best(m.Catalog, signals, selection{
			category:  req.Category,
			n:         req.N,
			exclude:   m.Personal.exclusions(history, req.Exclude...),
			diversity: req.Diversity,
		})
	} else {
		list.Recommendations = m.strangers(&req, func(book *Book) bool {
			return !history.Excludes(book.ID) && !slices.Contains(req.Exclude, book.ID)
		})
	}
	r.answered(sourceOf(signals, lost))
	return list, nil
}

func sourceOf(signals *signals, lost bool) Source {
	switch {
	case lost:
		return SourceFallback
	case signals != nil:
		return SourcePersonal
	default:
		return SourcePopular
	}
}

// Similar returns n books that go with a book, the nearest first; where there are not so many,
// then the best of its categories, or of all where it has none. What the reader's history
// excludes is left out.
func (r *Recommender) Similar(ctx context.Context, bookID, userID int64, n int) (List, error) {
	m := r.model()
	if m == nil {
		return List{}, ErrStarting
	}
	to, ok := m.Catalog.Book(bookID)
	if !ok {
		return List{}, ErrBookNotFound
	}
	history, _, err := r.history(ctx, userID)
	if err != nil {
		return List{}, err
	}
	list := List{ModelVersion: m.Version, Recommendations: m.Personal.near(m.Catalog, to, history, n)}
	for _, candidate := range m.blended[""] {
		if len(list.Recommendations) == n {
			break
		}
		book := candidate.Book
		there := slices.ContainsFunc(list.Recommendations, func(r Recommendation) bool { return r.Book == book })
		if book.ID == to.ID || there || history.Excludes(book.ID) {
			continue
		}
		if len(to.Categories) == 0 || slices.ContainsFunc(to.Categories, book.In) {
			candidate.Score = 0 // next to anything that is near
			list.Recommendations = append(list.Recommendations, candidate)
		}
	}
	return list, nil
}

// Popular returns the n most popular books of a category, or of all with "".
func (r *Recommender) Popular(category string, n int) (List, error) {
	m := r.model()
	if m == nil {
		return List{}, ErrStarting
	}
	books, err := m.Catalog.Popular(category)
	if err != nil {
		return List{}, err
	}
	list := List{ModelVersion: m.Version}
	for _, book := range books[:min(n, len(books))] {
		list.Recommendations = append(list.Recommendations, m.popular(book))
	}
	return list, nil
}

// Trending returns the n books of a category that readers do most with lately, then popular
// ones where there are not so many.
func (r *Recommender) Trending(category string, n int) (List, error) {
	m := r.model()
	if m == nil {
		return List{}, ErrStarting
	}
	books, err := m.Catalog.Popular(category)
	if err != nil {
		return List{}, err
	}
	trends := m.trending[category]
	list := List{ModelVersion: m.Version, Recommendations: slices.Clone(trends[:min(n, len(trends))])}
	for _, book := range books {
		if len(list.Recommendations) == n {
			break
		}
		if !slices.ContainsFunc(trends, func(r Recommendation) bool { return r.Book == book }) {
			more := m.popular(book)
			more.Score = 0 // nobody did anything with it lately
			list.Recommendations = append(list.Recommendations, more)
		}
	}
	return list, nil
}

// Ready returns an error while there is nothing to recommend.
func (r *Recommender) Ready(context.Context) error {
	m := r.model()
	if m == nil {
		return ErrStarting
	}
	if len(m.blended[""]) == 0 {
		return ErrNoBooks
	}
	return nil
}

// history returns a reader's history, and an empty one where the store cannot tell: then it is
// lost.
func (r *Recommender) history(ctx context.Context, userID int64) (history *History, lost bool, err error) {
	if userID == 0 {
		return new(History), false, nil
	}
	history, err = r.readers.History(ctx, userID)
	if err != nil {
		if ctx.Err() != nil {
			return nil, false, err
		}
		return new(History), true, nil
	}
	return history, false, nil
}
