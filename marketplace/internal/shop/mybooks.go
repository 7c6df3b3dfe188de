package shop

import (
	"context"
	"errors"
	"slices"
)

// maxMine is how many books each part of a reader's own page shows.
const maxMine = 100

// MyBooks returns what a visitor did.
func (s *Shop) MyBooks(visit context.Context, v Visitor) MyBooks {
	page, cancel := begin(visit)
	defer cancel()
	did := history{whole: true}
	var fault error
	if v.Reader != 0 {
		did, fault = s.history(page, v.Reader, historyEvents)
	}
	mine := sortHistory(did.events, v.Recent)
	mine.Known, mine.Partial, mine.More = fault == nil, !did.whole, fault == nil && !did.whole
	parts := []*[]MyBook{&mine.Rated, &mine.Wanted, &mine.Bought, &mine.Waved, &mine.Seen}
	var ids []int64
	for _, part := range parts {
		if len(*part) > maxMine {
			mine.Partial, mine.More, *part = true, true, (*part)[:maxMine]
		}
		for _, book := range *part {
			ids = append(ids, book.Book.ID)
		}
	}
	known, booksFault := s.booksByID(page, ids)
	for _, part := range parts {
		for i := range *part {
			if book := known[(*part)[i].Book.ID]; book != nil {
				(*part)[i].Book = book
			}
		}
	}
	mine.Partial = mine.Partial || booksFault != nil
	s.warn(visit, "my books", errors.Join(fault, booksFault))
	return mine
}

// sortHistory puts each book where what the reader did with it belongs. Its books have no more
// than an id. Who rated, bought or waved away a book does not want it any more, unless they want
// it since; and who did any of these saw it.
func sortHistory(events []Event, recent []int64) MyBooks {
	var mine MyBooks
	type did struct {
		book int64
		kind EventKind
	}
	first := make(map[did]bool) // the newest come first
	settled := make(map[int64]bool)
	for _, event := range events {
		if first[did{event.Book, event.Kind}] {
			continue
		}
		first[did{event.Book, event.Kind}] = true
		book := MyBook{Book: &Book{ID: event.Book, SeriesPosition: -1}, Rating: event.Rating, At: event.At}
		switch event.Kind {
		case Rated:
			mine.Rated = append(mine.Rated, book)
			settled[event.Book] = true
		case Wanted:
			if !settled[event.Book] {
				mine.Wanted = append(mine.Wanted, book)
			}
		case Bought:
			mine.Bought = append(mine.Bought, book)
			settled[event.Book] = true
		case NotInterested:
			mine.Waved = append(mine.Waved, book)
			settled[event.Book] = true
		case Viewed:
			mine.Seen = append(mine.Seen, book)
		}
	}
	var seen []MyBook // the browser knows of the latest
	for _, id := range recent {
		if !first[did{id, Viewed}] {
			first[did{id, Viewed}] = true
			seen = append(seen, MyBook{Book: &Book{ID: id, SeriesPosition: -1}})
		}
	}
	mine.Seen = slices.DeleteFunc(append(seen, mine.Seen...), func(book MyBook) bool {
		return settled[book.Book.ID] || first[did{book.Book.ID, Wanted}]
	})
	return mine
}
