package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// maxBatch is how many books one call returns.
const maxBatch = 100

// bookByID returns a book that is remembered, or else asks for it; nil where it cannot be had.
func (s *Shop) bookByID(page context.Context, id int64) *Book {
	return s.booksByID(page, []int64{id})[id]
}

// booksByID returns those of the books that are remembered or that can be had.
func (s *Shop) booksByID(page context.Context, ids []int64) map[int64]*Book {
	found := make(map[int64]*Book, len(ids))
	var missing []int64
	for _, id := range ids {
		if found[id] != nil {
			continue
		}
		if book := s.memory.book(id); book != nil {
			found[id] = book
		} else if !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	var mu sync.Mutex
	var asking sync.WaitGroup
	for chunk := range slices.Chunk(missing, maxBatch) {
		asking.Go(func() {
			books, _ := ask(page, func(ctx context.Context) ([]*Book, error) { return s.catalog.Books(ctx, chunk) })
			s.memory.see(books...)
			mu.Lock()
			defer mu.Unlock()
			for _, book := range books {
				found[book.ID] = book
			}
		})
	}
	asking.Wait()
	return found
}

// Sizes of what goes with a book.
const (
	similarSize = 2 * row
	authorSize  = row
	seriesSize  = 50
)

// Book returns the page of a book, or [ErrNotFound].
func (s *Shop) Book(visit context.Context, v Visitor, id int64) (BookPage, error) {
	page, cancel := begin(visit)
	defer cancel()
	shown := BookPage{Source: Fresh}
	var similar []Pick
	var similarFault, yoursFault error
	var side sync.WaitGroup
	side.Go(func() {
		similar, similarFault = ask(page, func(ctx context.Context) ([]Pick, error) {
			return s.recommender.Similar(ctx, id, v.Reader, similarSize)
		})
	})
	side.Go(func() { shown.Yours, yoursFault = s.yours(page, v.Reader, id) })

	var fault error
	shown.Book, fault = ask(page, func(ctx context.Context) (*Book, error) { return s.catalog.Book(ctx, id) })
	if errors.Is(fault, ErrNotFound) {
		cancel()
		side.Wait()
		return BookPage{}, ErrNotFound
	}
	if fault == nil {
		s.memory.see(shown.Book)
	} else if shown.Book, shown.Source = s.memory.book(id), Remembered; shown.Book == nil {
		shown.Source = Nowhere
	}
	var authorFault, seriesFault error
	if shown.Book != nil {
		side.Go(func() { shown.ByAuthor, authorFault = s.byAuthor(page, shown.Book) })
		side.Go(func() { shown.InSeries, seriesFault = s.inSeries(page, shown.Book) })
	}
	side.Wait()

	shown.Similar = s.similarShelf(page, shown.Book, similar, similarFault)
	err := errors.Join(fault, similarFault, yoursFault, authorFault, seriesFault)
	shown.Partial = err != nil
	if err != nil {
		s.warn(visit, "book", fmt.Errorf("%d: %w", id, err))
	}
	return shown, nil
}

// similarShelf is what goes with a book, or else what is popular in its first category.
func (s *Shop) similarShelf(page context.Context, book *Book, picks []Pick, fault error) Shelf {
	shelf := Shelf{Kind: LikeViewed, Like: book, Picks: picks, Source: Fresh}
	if fault != nil && !errors.Is(fault, ErrNotFound) {
		slug := ""
		if book != nil && len(book.Categories) > 0 {
			slug = book.Categories[0]
		}
		popular := s.memory.popularOf(slug)
		if len(popular) == 0 {
			popular = s.memory.popularOf("")
		}
		popular = slices.DeleteFunc(slices.Clone(popular), func(p Pick) bool { return book != nil && p.Book.ID == book.ID })
		shelf = Shelf{Kind: PopularNow, Picks: popular[:min(similarSize, len(popular))], Source: Remembered}
		if len(shelf.Picks) == 0 {
			shelf.Source = Nowhere
		}
	}
	s.memory.seePicks(picks)
	s.explain(page, []Shelf{shelf})
	s.metrics.Shelf(shelf.Source)
	return shelf
}

func (s *Shop) byAuthor(page context.Context, book *Book) ([]*Book, error) {
	if book.Author() == "" {
		return nil, nil
	}
	list, err := ask(page, func(ctx context.Context) (List, error) {
		return s.catalog.List(ctx, ListQuery{Author: book.Author(), Size: authorSize + 1})
	})
	s.memory.see(list.Books...)
	others := slices.DeleteFunc(list.Books, func(b *Book) bool { return b.ID == book.ID })
	return others[:min(authorSize, len(others))], err
}

func (s *Shop) inSeries(page context.Context, book *Book) ([]*Book, error) {
	if book.Series == "" {
		return nil, nil
	}
	list, err := ask(page, func(ctx context.Context) (List, error) {
		return s.catalog.List(ctx, ListQuery{Series: book.Series, Size: seriesSize})
	})
	s.memory.see(list.Books...)
	if !slices.ContainsFunc(list.Books, func(b *Book) bool { return b.ID != book.ID }) {
		return nil, err
	}
	return list.Books, err
}

// yours returns what a reader did with a book. The latest word counts.
func (s *Shop) yours(page context.Context, reader, book int64) (Yours, error) {
	if reader == 0 {
		return Yours{Known: true}, nil
	}
	history, err := s.history(page, reader)
	if err != nil {
		return Yours{}, err
	}
	yours := Yours{Known: true}
	for _, event := range history.events {
		if event.Book != book {
			continue
		}
		switch event.Kind {
		case Rated:
			if yours.Rating == 0 {
				yours.Rating = event.Rating
			}
		case Wanted:
			yours.Wanted = true
		case NotInterested:
			yours.NotInterested = true
		case Bought:
			yours.Bought = true
		case Viewed:
		}
	}
	return yours, nil
}
