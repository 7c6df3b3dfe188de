// Package recommend decides which books a reader is shown. It knows nothing of gRPC, of
// files or of databases: what it needs of them it declares here.
package recommend

import (
	"context"
	"errors"
)

// A Category is the slug of a part of the catalogue.
type Category string

// The categories of the tutorial.
const (
	Mystery        Category = "mystery"
	ScienceFiction Category = "science-fiction"
	SelfHelp       Category = "self-help"
)

// A Book is what is recommended.
type Book struct {
	ID       int64
	Title    string
	Category Category
}

// What can go wrong. Errors of other kinds are failures of the service.
var (
	ErrCategoryNotFound = errors.New("category not found")
	ErrNoBooks          = errors.New("the catalogue has no books")
)

// A Catalog holds the books.
type Catalog interface {
	// BooksIn returns the books of a category, in a stable order, for reading only; its
	// error is ErrCategoryNotFound where there is no such category.
	BooksIn(ctx context.Context, category Category) ([]Book, error)
	// CountBooks returns how many books there are.
	CountBooks(ctx context.Context) (int, error)
}

// A Recommender picks books out of a catalogue.
type Recommender struct {
	catalog Catalog
}

// New returns a recommender for the books of a catalogue.
func New(catalog Catalog) *Recommender { return &Recommender{catalog} }

// Sample returns up to n different books of a category among those that may be, chosen and
// ordered at random: every arrangement is equally likely if intN(k) is uniform over 0..k-1. It
// returns all of them where there are no more than n, and ErrCategoryNotFound where there is
// no such category.
func (r *Recommender) Sample(ctx context.Context, category Category, n int, may func(Book) bool, intN func(int) int) ([]Book, error) {
	books, err := r.catalog.BooksIn(ctx, category)
	if err != nil {
		return nil, err
	}
	pool := make([]Book, 0, len(books))
	for _, book := range books {
		if may(book) {
			pool = append(pool, book)
		}
	}
	return sample(pool, n, intN), nil
}

// Ready returns an error while there is nothing to recommend.
func (r *Recommender) Ready(ctx context.Context) error {
	n, err := r.catalog.CountBooks(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNoBooks
	}
	return nil
}
