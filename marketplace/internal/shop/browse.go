package shop

import (
	"context"
	"errors"
	"iter"
	"strings"
	"unicode/utf8"
)

const (
	listSize = 24  // how many books a page of a list shows
	maxName  = 200 // characters of a category's or an author's
)

// Categories returns all categories.
func (s *Shop) Categories(visit context.Context) Listing {
	page, cancel := begin(visit)
	defer cancel()
	categories, err := s.categories(page)
	s.warn(visit, "categories", err)
	if err != nil {
		return Listing{Source: Nowhere}
	}
	listing := Listing{Categories: categories, Source: Fresh}
	if _, current := s.memory.allCategories(); !current {
		listing.Source = Remembered
	}
	return listing
}

// Category returns a page of a category's books, or [ErrNotFound] or [ErrBadPage].
func (s *Shop) Category(visit context.Context, q ListQuery) (Listing, error) {
	if !isName(q.Category) {
		return Listing{}, ErrNotFound
	}
	return s.browse(visit, ListQuery{Category: q.Category, Order: q.Order, Page: q.Page})
}

// Author returns a page of an author's books, or [ErrNotFound], also where nobody has that name,
// or [ErrBadPage].
func (s *Shop) Author(visit context.Context, q ListQuery) (Listing, error) {
	if !isName(q.Author) {
		return Listing{}, ErrNotFound
	}
	listing, err := s.browse(visit, ListQuery{Author: q.Author, Order: q.Order, Page: q.Page})
	if err == nil && listing.Source == Fresh && listing.Total == 0 {
		return Listing{}, ErrNotFound
	}
	return listing, err
}

func (s *Shop) browse(visit context.Context, q ListQuery) (Listing, error) {
	page, cancel := begin(visit)
	defer cancel()
	var list List
	err := badPage(q.Page)
	if err == nil {
		q.Size = listSize
		list, err = s.list(page, callLimit, q)
	}
	return s.listing(visit, page, list, err, q.Category)
}

// Search returns a page of the books that match, or [ErrNotFound] of its category or
// [ErrBadPage]. A text of nothing finds nothing; of a long one the beginning is searched for.
func (s *Shop) Search(visit context.Context, q SearchQuery) (Listing, error) {
	page, cancel := begin(visit)
	defer cancel()
	q.Size = listSize
	q.Text = strings.TrimSpace(strings.ToValidUTF8(q.Text, " "))
	if text := []rune(q.Text); len(text) > MaxSearch {
		q.Text = string(text[:MaxSearch])
	}
	if q.Category != "" && !isName(q.Category) {
		return Listing{}, ErrNotFound
	}
	var list List
	err := badPage(q.Page)
	if err == nil && q.Text != "" {
		list, err = s.search(page, q)
	}
	listing, err := s.listing(visit, page, list, err, q.Category)
	if err == nil && listing.Source == Fresh && len(listing.Books) == 0 {
		listing.Popular = s.insteadOf(page, q.Category)
	}
	return listing, err
}

// isName reports whether anything can have a name: what cannot be sent is nobody's.
func isName(name string) bool {
	return strings.TrimSpace(name) != "" && utf8.ValidString(name) && utf8.RuneCountInString(name) <= maxName
}

func badPage(page string) error {
	if utf8.ValidString(page) {
		return nil
	}
	return ErrBadPage
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
		listing.Category, known = find(categories, slug)
		// One that has books may be too new to be known.
		if !known && categoriesFault == nil && len(list.Books) == 0 {
			return Listing{}, ErrNotFound
		}
	}
	if fault != nil {
		listing.Source = Nowhere
		if listing.Popular = s.memory.popularOf(slug); len(listing.Popular) > 0 {
			listing.Source = Remembered
		}
	}
	s.warn(visit, "list", errors.Join(fault, categoriesFault))
	return listing, nil
}

// insteadOf returns what is read most, of a category or of all.
func (s *Shop) insteadOf(page context.Context, slug string) []Pick {
	if remembered := s.memory.popularOf(slug); len(remembered) > 0 {
		return remembered[:min(2*row, len(remembered))]
	}
	picks, _ := s.popular(page, slug, 2*row)
	return forEverybody(picks)
}

// Trending returns what is read most lately.
func (s *Shop) Trending(visit context.Context) Shelf {
	page, cancel := begin(visit)
	defer cancel()
	h := homePage{shop: s, ctx: page}
	shelf := h.trending()
	shelf.Picks = forEverybody(shelf.Picks)
	s.warn(visit, "trending", errors.Join(h.errors...))
	return shelf
}

// All returns every book, for as long as ctx allows. What comes with an error is the last.
func (s *Shop) All(ctx context.Context) iter.Seq2[*Book, error] {
	return func(yield func(*Book, error) bool) {
		q := ListQuery{Size: maxBatch}
		for {
			list, err := s.list(ctx, bulkLimit, q)
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
