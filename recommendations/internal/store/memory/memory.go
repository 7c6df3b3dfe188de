// Package memory keeps the catalogue in memory, for as long as the process lives.
package memory

import (
	"context"

	"bookmarket/recommendations/internal/recommend"
)

// A Store holds books by category. It is filled once, so any number of readers may share it.
type Store struct {
	byCategory map[recommend.Category][]recommend.Book
	books      int
}

// New returns a store with these books, in this order.
func New(books []recommend.Book) *Store {
	s := &Store{byCategory: make(map[recommend.Category][]recommend.Book), books: len(books)}
	for _, book := range books {
		s.byCategory[book.Category] = append(s.byCategory[book.Category], book)
	}
	return s
}

// BooksIn returns the books of a category.
func (s *Store) BooksIn(_ context.Context, category recommend.Category) ([]recommend.Book, error) {
	books, ok := s.byCategory[category]
	if !ok {
		return nil, recommend.ErrCategoryNotFound
	}
	return books, nil
}

// CountBooks returns how many books the store holds.
func (s *Store) CountBooks(context.Context) (int, error) { return s.books, nil }
