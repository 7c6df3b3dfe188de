package memory

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// PutBooks adds or replaces books.
func (s *Store) PutBooks(ctx context.Context, books []recommend.Book) (counts store.Counts, err error) {
	err = s.write(ctx, func() store.Change {
		last := make(map[int64]recommend.Book, len(books))
		for _, book := range books {
			last[book.ID] = clone(book)
		}
		for id, book := range last {
			kept, known := s.books[id]
			switch {
			case !known:
				counts.New++
			case reflect.DeepEqual(kept, book):
				counts.Equal++
				continue
			default:
				counts.Changed++
			}
			s.books[id] = book
		}
		if counts.New+counts.Changed == 0 {
			return store.Change{}
		}
		s.revision++
		return store.Change{Catalog: true}
	})
	return counts, err
}

// Books returns all books and the catalogue's revision.
func (s *Store) Books(ctx context.Context) (books []recommend.Book, revision int64, err error) {
	err = s.read(ctx, func() {
		for _, id := range slices.Sorted(maps.Keys(s.books)) {
			books = append(books, clone(s.books[id]))
		}
		revision = s.revision
	})
	return books, revision, err
}

// CatalogRevision returns the catalogue's revision.
func (s *Store) CatalogRevision(ctx context.Context) (revision int64, err error) {
	err = s.read(ctx, func() { revision = s.revision })
	return revision, err
}

// clone returns a book that shares nothing with another: callers may change theirs.
func clone(book recommend.Book) recommend.Book {
	book.Authors = slices.Clone(book.Authors)
	book.Categories = slices.Clone(book.Categories)
	if p := book.SeriesPosition; p != nil {
		book.SeriesPosition = new(*p)
	}
	return book
}
