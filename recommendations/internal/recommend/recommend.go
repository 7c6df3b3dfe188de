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
	model   func() *Model
	readers Readers
}

// New returns a recommender. model returns the latest model, or nil while there is none; it
// is called once for each answer.
func New(model func() *Model, readers Readers) *Recommender {
	return &Recommender{model, readers}
}

// A Request asks for recommendations.
type Request struct {
	UserID   int64  // 0: an anonymous reader
	Category string // a slug; "": all
	N        int
	Exclude  []int64 // books not to recommend
}

// A List is recommendations, the best first, and the version of the model that made them.
type List struct {
	Recommendations []Recommendation
	ModelVersion    string
}

// Recommend returns the n best books for a reader, or all where there are fewer: never one
// that the reader's history excludes. Without the store, and for a reader who is not in
// memory, it recommends as to an anonymous reader: an answer that may hold a book twice read
// is better than none.
func (r *Recommender) Recommend(ctx context.Context, req Request) (List, error) {
	m := r.model()
	if m == nil {
		return List{}, ErrStarting
	}
	if _, err := m.Catalog.Popular(req.Category); err != nil {
		return List{}, err
	}
	history, err := r.history(ctx, req.UserID)
	if err != nil {
		return List{}, err
	}
	return m.list(m.blended[req.Category], req.N, func(book *Book) bool {
		return !history.Excludes(book.ID) && !slices.Contains(req.Exclude, book.ID)
	}), nil
}

// Similar returns n books that share a category with a book, the best for the reader first;
// where the book has no category, any books do.
func (r *Recommender) Similar(ctx context.Context, bookID, userID int64, n int) (List, error) {
	m := r.model()
	if m == nil {
		return List{}, ErrStarting
	}
	to, ok := m.Catalog.Book(bookID)
	if !ok {
		return List{}, ErrBookNotFound
	}
	history, err := r.history(ctx, userID)
	if err != nil {
		return List{}, err
	}
	return m.list(m.blended[""], n, func(book *Book) bool {
		return book.ID != to.ID && !history.Excludes(book.ID) &&
			(len(to.Categories) == 0 || slices.ContainsFunc(to.Categories, book.In))
	}), nil
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

// history returns an empty history where the store cannot tell.
func (r *Recommender) history(ctx context.Context, userID int64) (*History, error) {
	if userID == 0 {
		return new(History), nil
	}
	history, err := r.readers.History(ctx, userID)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return new(History), nil
	}
	return history, nil
}

// list returns the first n of the ranking that may be.
func (m *Model) list(ranking []Recommendation, n int, may func(*Book) bool) List {
	list := List{ModelVersion: m.Version}
	for _, candidate := range ranking {
		if len(list.Recommendations) == n {
			break
		}
		if may(candidate.Book) {
			list.Recommendations = append(list.Recommendations, candidate)
		}
	}
	return list
}
