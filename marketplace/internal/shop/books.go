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

// bookByID returns a book, or nil where there is none, or where it cannot be had, which the
// error says.
func (s *Shop) bookByID(page context.Context, id int64) (*Book, error) {
	found, err := s.booksByID(page, []int64{id})
	return found[id], err
}

// booksByID returns those of the books that there are. It asks for those that it did not see
// lately; with an error, some of them are missing, or as they were.
func (s *Shop) booksByID(page context.Context, ids []int64) (map[int64]*Book, error) {
	found := make(map[int64]*Book, len(ids))
	var missing []int64
	for _, id := range ids {
		if _, done := found[id]; done || id <= 0 {
			continue
		}
		book, current := s.memory.book(id)
		if found[id] = book; !current {
			missing = append(missing, id)
		}
	}
	var mu sync.Mutex
	var fault error
	var asking sync.WaitGroup
	for chunk := range slices.Chunk(missing, maxBatch) {
		asking.Go(func() {
			books, err := s.books(page, chunk)
			mu.Lock()
			defer mu.Unlock()
			fault = errors.Join(fault, err)
			for _, book := range books {
				found[book.ID] = book
			}
		})
	}
	asking.Wait()
	return found, fault
}

// Sizes of what goes with a book.
const (
	similarSize = 2 * row
	authorSize  = row
)

// Book returns the page of a book, or [ErrNotFound].
func (s *Shop) Book(visit context.Context, v Visitor, id int64) (BookPage, error) {
	page, cancel := begin(visit)
	defer cancel()
	shown := BookPage{Source: Fresh}
	var similar []Pick
	var similarFault, yoursFault error
	var side sync.WaitGroup
	side.Go(func() { similar, similarFault = s.similar(page, id, v.Reader, similarSize) })
	side.Go(func() { shown.Yours, yoursFault = s.yours(page, v.Reader, id) })

	var fault error
	shown.Book, fault = s.book(page, id)
	if errors.Is(fault, ErrNotFound) {
		cancel()
		side.Wait()
		return BookPage{}, ErrNotFound
	}
	if fault != nil {
		if shown.Book, _ = s.memory.book(id); shown.Book != nil {
			shown.Source = Remembered
		} else {
			shown.Source = Nowhere
		}
	}
	var authorFault, seriesFault error
	if shown.Book != nil {
		side.Go(func() { shown.ByAuthor, authorFault = s.byAuthor(page, shown.Book) })
		side.Go(func() { shown.InSeries, seriesFault = s.inSeries(page, shown.Book) })
	}
	side.Wait()
	shown.ByAuthor = without(shown.ByAuthor, shown.InSeries)
	shown.ByAuthor = shown.ByAuthor[:min(authorSize, len(shown.ByAuthor))]

	shown.Similar = s.similarShelf(shown.Book, similar, similarFault)
	reasonsFault := s.explain(page, []Shelf{shown.Similar})
	s.count(visit, shown.Similar)
	err := errors.Join(fault, similarFault, yoursFault, authorFault, seriesFault, reasonsFault)
	shown.Partial = err != nil || !shown.Yours.Known
	if err != nil {
		s.warn(visit, "book", fmt.Errorf("%d: %w", id, err))
	}
	return shown, nil
}

// similarShelf is what goes with a book, or what is popular where nothing is known to. Where that
// cannot be had it is what is popular, of the book's first category if that is remembered.
func (s *Shop) similarShelf(book *Book, picks []Pick, fault error) Shelf {
	if book != nil && fault == nil {
		if near := alike(picks); len(near) > 0 {
			return Shelf{Kind: LikeViewed, Like: book, Picks: near, Source: Fresh}
		}
		return Shelf{Kind: PopularNow, Picks: picks, Source: Fresh}
	}
	var popular []Pick
	if book != nil && len(book.Categories) > 0 {
		popular = s.memory.popularOf(book.Categories[0])
	}
	if len(popular) == 0 {
		popular = s.memory.popularOf("")
	}
	popular = slices.DeleteFunc(popular, func(p Pick) bool { return book != nil && p.Book.ID == book.ID })
	shelf := Shelf{Kind: PopularNow, Picks: popular[:min(similarSize, len(popular))], Source: Remembered}
	if len(shelf.Picks) == 0 {
		shelf.Source = Nowhere
	}
	return shelf
}

// byAuthor returns the other books by a book's main author; there are more than are shown, as
// some may be on the page as its series.
func (s *Shop) byAuthor(page context.Context, book *Book) ([]*Book, error) {
	if book.Author() == "" {
		return nil, nil
	}
	list, err := s.list(page, callLimit, ListQuery{Author: book.Author(), Size: 4 * row})
	return without(list.Books, []*Book{book}), err
}

// inSeries returns the books of a book's series, if there are others.
func (s *Shop) inSeries(page context.Context, book *Book) ([]*Book, error) {
	if book.Series == "" {
		return nil, nil
	}
	list, err := s.list(page, callLimit, ListQuery{Series: book.Series, Size: maxBatch})
	if len(without(list.Books, []*Book{book})) == 0 {
		return nil, err
	}
	if !contains(list.Books, book) { // in a series that is longer than a list, it comes later
		list.Books = append(list.Books, book)
	}
	return list.Books, err
}

// without returns the books that are not among others.
func without(books, others []*Book) []*Book {
	var left []*Book
	for _, book := range books {
		if !contains(others, book) {
			left = append(left, book)
		}
	}
	return left
}

func contains(books []*Book, book *Book) bool {
	return slices.ContainsFunc(books, func(b *Book) bool { return b.ID == book.ID })
}

// yours returns what a reader did with a book. The latest word counts.
func (s *Shop) yours(page context.Context, reader, book int64) (Yours, error) {
	if reader == 0 {
		return Yours{Known: true}, nil
	}
	history, err := s.history(page, reader, historyEvents)
	if err != nil {
		return Yours{}, err
	}
	yours := Yours{}
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
			yours.Wanted = yours.Wanted || yours.Rating == 0 && !yours.Bought && !yours.NotInterested
		case NotInterested:
			yours.NotInterested = true
		case Bought:
			yours.Bought = true
		case Viewed:
		}
	}
	yours.Known = history.whole || yours != Yours{}
	return yours, nil
}
