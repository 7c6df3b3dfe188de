package shop

import (
	"context"
	"errors"
	"iter"
	"strings"
)

// listSize is how many books a page of a list shows.
const listSize = 24

// Categories returns all categories.
func (s *Shop) Categories(visit context.Context) Listing {
	page, cancel := begin(visit)
	defer cancel()
	categories, err := s.categories(page)
	s.warn(visit, "categories", err)
	if err != nil {
		return Listing{Source: Nowhere}
	}
	return Listing{Categories: categories, Source: Fresh}
}

// Category returns a page of a category's books, or [ErrNotFound] or [ErrBadPage].
func (s *Shop) Category(visit context.Context, q ListQuery) (Listing, error) {
	return s.list(visit, q, q.Category)
}

// Author returns a page of an author's books, or [ErrNotFound], also where nobody has that name,
// or [ErrBadPage].
func (s *Shop) Author(visit context.Context, q ListQuery) (Listing, error) {
	listing, err := s.list(visit, q, "")
	if err == nil && listing.Source == Fresh && listing.Total == 0 {
		return Listing{}, ErrNotFound
	}
	return listing, err
}

func (s *Shop) list(visit context.Context, q ListQuery, slug string) (Listing, error) {
	page, cancel := begin(visit)
	defer cancel()
	q.Size = listSize
	list, err := ask(page, func(ctx context.Context) (List, error) { return s.catalog.List(ctx, q) })
	return s.listing(visit, page, list, err, slug)
}

// Search returns a page of the books that match, or [ErrNotFound] of its category or
// [ErrBadPage]. A text of nothing finds nothing.
func (s *Shop) Search(visit context.Context, q SearchQuery) (Listing, error) {
	page, cancel := begin(visit)
	defer cancel()
	q.Size = listSize
	var list List
	var err error
	if strings.TrimSpace(q.Text) != "" {
		list, err = ask(page, func(ctx context.Context) (List, error) { return s.catalog.Search(ctx, q) })
	}
	listing, err := s.listing(visit, page, list, err, q.Category)
	if err == nil && len(listing.Books) == 0 {
		listing.Popular = s.popular(page, q.Category)
	}
	return listing, err
}

// listing completes a list, or puts popular books in its place.
func (s *Shop) listing(visit, page context.Context, list List, fault error, slug string) (Listing, error) {
	if errors.Is(fault, ErrNotFound) || errors.Is(fault, ErrBadPage) {
		return Listing{}, fault
	}
	categories, categoriesFault := s.categories(page)
	listing := Listing{List: list, Source: Fresh, Categories: categories}
	if slug != "" {
		var known bool
		if listing.Category, known = find(categories, slug); !known && categoriesFault == nil {
			return Listing{}, ErrNotFound
		}
	}
	if fault != nil {
		listing.List = List{}
		listing.Source = Nowhere
		if listing.Popular = s.memory.popularOf(slug); len(listing.Popular) > 0 {
			listing.Source = Remembered
		}
	}
	s.memory.see(list.Books...)
	s.warn(visit, "list", errors.Join(fault, categoriesFault))
	return listing, nil
}

// popular returns what is read most, of a category or of all.
func (s *Shop) popular(page context.Context, slug string) []Pick {
	if remembered := s.memory.popularOf(slug); len(remembered) > 0 {
		return remembered[:min(2*row, len(remembered))]
	}
	picks, _ := ask(page, func(ctx context.Context) ([]Pick, error) { return s.recommender.Popular(ctx, slug, 2*row) })
	return picks
}

// Trending returns what is read most lately.
func (s *Shop) Trending(visit context.Context) Shelf {
	page, cancel := begin(visit)
	defer cancel()
	h := homePage{shop: s, ctx: page}
	shelf := h.trending()
	s.warn(visit, "trending", h.faults())
	return shelf
}

// All returns every book, for as long as ctx allows. What comes with an error is the last.
func (s *Shop) All(ctx context.Context) iter.Seq2[*Book, error] {
	return func(yield func(*Book, error) bool) {
		q := ListQuery{Size: maxBatch}
		for {
			list, err := ask(ctx, func(ctx context.Context) (List, error) { return s.catalog.List(ctx, q) })
			if err != nil {
				yield(nil, err)
				return
			}
			for _, book := range list.Books {
				if !yield(book, nil) {
					return
				}
			}
			if q.Page = list.Next; q.Page == "" {
				return
			}
		}
	}
}
