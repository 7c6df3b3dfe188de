// Package shop decides what visitors see. It knows nothing of HTTP, pages or gRPC: what it
// needs of them it declares here.
package shop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// recommendTimeout is how long a page waits for its recommendations: long enough for a
// healthy service by a hundredfold, short enough that nobody notices.
const recommendTimeout = 250 * time.Millisecond

// shelfSize is how many books a shelf shows.
const shelfSize = 3

// anonymous is the reader that recommendations are asked for until the shop can tell its
// visitors apart.
const anonymous = 0

// A Category is a part of the catalogue: requests name it by its slug, people by its name.
type Category struct{ Slug, Name string }

// A Book is what the shop shows.
type Book struct {
	ID     int64
	Title  string
	Author string // the main one; empty where nobody knows
}

// A Source says where a shelf's books come from.
type Source string

// Sources, best first.
const (
	Fresh      Source = "fresh"      // recommended for this page
	Remembered Source = "remembered" // the last that were, since there are none now
	Nowhere    Source = "nowhere"    // there are none now, and there never were
)

// A Shelf is a category with the books that are recommended in it.
type Shelf struct {
	Category Category
	Books    []Book
	Source   Source
}

// A Recommender knows the catalogue and recommends from it. Its methods return when ctx ends,
// at the latest, and any error means that there is no answer now.
type Recommender interface {
	// ListCategories returns the categories that have books, the largest first.
	ListCategories(ctx context.Context) ([]Category, error)
	// Recommend returns up to n books of the category with a slug for a reader.
	Recommend(ctx context.Context, reader int64, slug string, n int) ([]Book, error)
}

// A Shop fills shelves and remembers what was on them, so that it still has something to
// show when its recommender has not. It may be used concurrently.
type Shop struct {
	recommender Recommender
	log         *slog.Logger
	filled      func(Source) // called for each shelf

	mu         sync.Mutex
	categories []Category        // those that have a shelf; nil until they are known
	remembered map[string][]Book // by the slugs of categories
}

// New returns a shop. filled is told where the books of each shelf came from.
func New(recommender Recommender, log *slog.Logger, filled func(Source)) *Shop {
	return &Shop{
		recommender: recommender,
		log:         log,
		filled:      filled,
		remembered:  make(map[string][]Book),
	}
}

// Shelves returns the shelves of the home page, fetched side by side. It never fails, and it
// returns within the time a page may wait for recommendations. There are no shelves only
// where the catalogue has no books.
func (s *Shop) Shelves(visit context.Context) []Shelf {
	ctx, cancel := context.WithTimeout(visit, recommendTimeout)
	defer cancel()
	categories, fault := s.shown(ctx)
	shelves := make([]Shelf, len(categories))
	faults := make([]error, len(categories))
	var filling sync.WaitGroup
	for i, category := range categories {
		filling.Go(func() { shelves[i], faults[i] = s.fill(ctx, category) })
	}
	filling.Wait()
	if visit.Err() != nil {
		return shelves // nobody sees them, and it is no fault of the recommender
	}
	for _, shelf := range shelves {
		s.filled(shelf.Source)
	}
	if err := errors.Join(fault, errors.Join(faults...)); err != nil {
		s.log.WarnContext(ctx, "no fresh recommendations", "error", err.Error())
	}
	return shelves
}

// fill returns a category's shelf, and why it is not fresh if it is not.
func (s *Shop) fill(ctx context.Context, category Category) (Shelf, error) {
	books, err := s.recommender.Recommend(ctx, anonymous, category.Slug, shelfSize)
	source := Fresh
	if err != nil {
		err = fmt.Errorf("%s: %w", category.Slug, err)
		books, source = s.recall(category), Remembered
	} else {
		s.remember(category, books)
	}
	if len(books) == 0 {
		source = Nowhere
	}
	return Shelf{Category: category, Books: books, Source: source}, err
}

func (s *Shop) remember(category Category, books []Book) {
	if len(books) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remembered[category.Slug] = books
}

func (s *Shop) recall(category Category) []Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remembered[category.Slug]
}
