package shop

import (
	"context"
	"errors"
	"slices"
	"time"
)

// errUnusable keeps a broken answer from passing for an empty one.
var errUnusable = errors.New("nothing in the answer can be shown")

// ask calls with the time that a page waits for one answer.
func ask[T any](page context.Context, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(page, callLimit)
	defer cancel()
	return call(ctx)
}

// usable returns the first n parts of an answer whose books can be shown, each book once, in a
// slice of its own: somebody else may hold the answer's.
func usable[T any](answer []T, n int, bookOf func(T) *Book) ([]T, error) {
	parts := make([]T, 0, min(n, len(answer)))
	seen := make(map[int64]bool, cap(parts))
	for _, part := range answer {
		book := bookOf(part)
		if len(parts) < n && canShow(book) && !seen[book.ID] {
			seen[book.ID] = true
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 && len(answer) > 0 && n > 0 {
		return nil, errUnusable
	}
	return parts, nil
}

func canShow(book *Book) bool { return book != nil && book.ID > 0 && book.Title != "" }

// picks asks for up to n recommendations, and remembers their books.
func (s *Shop) picks(page context.Context, n int, call func(context.Context) ([]Pick, error)) ([]Pick, error) {
	answer, err := ask(page, call)
	if err != nil {
		return nil, err
	}
	picks, err := usable(answer, n, func(pick Pick) *Book { return pick.Book })
	for _, pick := range picks {
		s.memory.see(pick.Book)
	}
	return picks, err
}

func (s *Shop) recommend(page context.Context, v Visitor, slug string, n int) ([]Pick, error) {
	return s.picks(page, n, func(ctx context.Context) ([]Pick, error) { return s.recommender.Recommend(ctx, v, slug, n) })
}

// similar returns what goes with a book. Nothing goes with one that nobody knows.
func (s *Shop) similar(page context.Context, book, reader int64, n int) ([]Pick, error) {
	picks, err := s.picks(page, n, func(ctx context.Context) ([]Pick, error) { return s.recommender.Similar(ctx, book, reader, n) })
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return slices.DeleteFunc(picks, func(pick Pick) bool { return pick.Book.ID == book }), err
}

// alike returns those of the picks that do go with a book: where there are too few of these,
// recommendations adds what is popular, and that is all there is before a model is learned.
func alike(picks []Pick) []Pick {
	return slices.DeleteFunc(slices.Clone(picks), func(pick Pick) bool {
		return pick.Reason.Kind == Popular || pick.Reason.Kind == Trending
	})
}

func (s *Shop) popular(page context.Context, slug string, n int) ([]Pick, error) {
	return s.picks(page, n, func(ctx context.Context) ([]Pick, error) { return s.recommender.Popular(ctx, slug, n) })
}

func (s *Shop) trending(page context.Context, n int) ([]Pick, error) {
	return s.picks(page, n, func(ctx context.Context) ([]Pick, error) { return s.recommender.Trending(ctx, n) })
}

// book returns a book, and remembers it, or forgets it where there is none any more.
func (s *Shop) book(page context.Context, id int64) (*Book, error) {
	book, err := ask(page, func(ctx context.Context) (*Book, error) { return s.catalog.Book(ctx, id) })
	switch {
	case errors.Is(err, ErrNotFound):
		s.memory.forget(id)
		return nil, ErrNotFound
	case err != nil:
		return nil, err
	case !canShow(book) || book.ID != id:
		return nil, errUnusable
	}
	s.memory.see(book)
	return book, nil
}

// books asks for up to maxBatch books.
func (s *Shop) books(page context.Context, ids []int64) ([]*Book, error) {
	answer, err := ask(page, func(ctx context.Context) ([]*Book, error) { return s.catalog.Books(ctx, ids) })
	if err != nil {
		return nil, err
	}
	books, err := usable(answer, len(ids), itself)
	s.memory.see(books...)
	return books, err
}

// list asks for a page of books, within limit.
func (s *Shop) list(page context.Context, limit time.Duration, q ListQuery) (List, error) {
	ctx, cancel := context.WithTimeout(page, limit)
	defer cancel()
	list, err := s.catalog.List(ctx, q)
	return s.usableList(list, err, q.Size, q.Page)
}

func (s *Shop) search(page context.Context, q SearchQuery) (List, error) {
	list, err := ask(page, func(ctx context.Context) (List, error) { return s.catalog.Search(ctx, q) })
	return s.usableList(list, err, q.Size, q.Page)
}

func (s *Shop) usableList(list List, err error, size int, page string) (List, error) {
	if err == nil && page != "" && list.Next == page {
		err = errUnusable // it would go on for ever
	}
	if err != nil {
		return List{}, err
	}
	list.Books, err = usable(list.Books, size, itself)
	list.Total = max(list.Total, len(list.Books))
	s.memory.see(list.Books...)
	return list, err
}

func itself(book *Book) *Book { return book }
