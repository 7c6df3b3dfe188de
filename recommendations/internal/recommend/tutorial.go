package recommend

import "context"

// Sample returns up to n different books of a category among those that may be, in random
// order: every arrangement is equally likely if intN(k) is uniform over 0..k-1. For a reader
// without a history they are chosen at random, for any other they are the best, and what the
// history excludes comes last rather than never. It returns all there are where there are no
// more than n, and ErrCategoryNotFound where there is no such category.
func (r *Recommender) Sample(ctx context.Context, userID int64, category string, n int, may func(*Book) bool, intN func(int) int) ([]*Book, error) {
	m := r.model()
	if m == nil {
		return nil, ErrStarting
	}
	books, err := m.Catalog.Popular(category)
	if err != nil {
		return nil, err
	}
	history, lost, err := r.history(ctx, userID)
	if err != nil {
		return nil, err
	}
	signals := m.Personal.signals(history, nil)
	r.answered(sourceOf(signals, lost))
	if len(history.Events) > 0 {
		best := m.blended[category]
		if signals != nil {
			best = m.Personal.best(m.Catalog, signals, selection{
				category: category,
				n:        n,
				exclude:  m.Personal.exclusions(history, unwanted(books, may)...),
			})
		}
		return sample(best, books, n, history, may, intN), nil
	}
	var drawn []*Book
	draw(books, intN, func(book *Book) bool {
		if may(book) {
			drawn = append(drawn, book)
		}
		return len(drawn) < n
	})
	return drawn, nil
}

// unwanted returns the books that may not be.
func unwanted(books []*Book, may func(*Book) bool) (ids []int64) {
	for _, book := range books {
		if !may(book) {
			ids = append(ids, book.ID)
		}
	}
	return ids
}

// sample returns the n best books in random order, and behind them, where there are not so many,
// those that the history excludes.
func sample(best []Recommendation, books []*Book, n int, history *History, may func(*Book) bool, intN func(int) int) []*Book {
	var fresh, known []*Book
	for _, candidate := range best {
		if len(fresh) < n && may(candidate.Book) && !history.Excludes(candidate.Book.ID) {
			fresh = append(fresh, candidate.Book)
		}
	}
	for _, book := range books {
		if len(fresh)+len(known) < n && may(book) && history.Excludes(book.ID) {
			known = append(known, book)
		}
	}
	return append(shuffle(fresh, intN), shuffle(known, intN)...)
}
