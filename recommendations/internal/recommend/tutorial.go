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
	history, err := r.history(ctx, userID)
	if err != nil {
		return nil, err
	}
	if len(history.Events) > 0 {
		return m.best(category, n, history, may, intN), nil
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

// best returns the n best books for a reader in random order, those that the history excludes
// behind all others.
func (m *Model) best(category string, n int, history *History, may func(*Book) bool, intN func(int) int) []*Book {
	var fresh, known []*Book
	for _, candidate := range m.blended[category] {
		switch {
		case len(fresh) == n:
		case !may(candidate.Book):
		case history.Excludes(candidate.Book.ID):
			known = append(known, candidate.Book)
		default:
			fresh = append(fresh, candidate.Book)
		}
	}
	fresh = shuffle(fresh, intN)
	return append(fresh, shuffle(known[:min(len(known), n-len(fresh))], intN)...)
}
