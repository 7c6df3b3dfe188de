package shop

import "context"

// maxMine is how many books each part of a reader's own page shows.
const maxMine = 100

// MyBooks returns what a visitor did.
func (s *Shop) MyBooks(visit context.Context, v Visitor) MyBooks {
	page, cancel := begin(visit)
	defer cancel()
	mine := MyBooks{Known: true}
	done := history{whole: true}
	if v.Reader != 0 {
		var err error
		done, err = s.history(page, v.Reader)
		mine.Known = err == nil
		s.warn(visit, "my books", err)
	}
	mine.Partial = !done.whole
	sorted := sortHistory(done.events, v.Recent)
	var ids []int64
	for _, part := range []*[]MyBook{&sorted.Rated, &sorted.Wanted, &sorted.Bought, &sorted.Waved, &sorted.Seen} {
		if len(*part) > maxMine {
			mine.Partial, *part = true, (*part)[:maxMine]
		}
		for _, book := range *part {
			ids = append(ids, book.Book.ID)
		}
	}
	known := s.booksByID(page, ids)
	full := func(books []MyBook) []MyBook {
		kept := make([]MyBook, 0, len(books))
		for _, mine := range books {
			if book := known[mine.Book.ID]; book != nil {
				mine.Book = book
			}
			kept = append(kept, mine)
		}
		return kept
	}
	mine.Rated, mine.Wanted, mine.Bought = full(sorted.Rated), full(sorted.Wanted), full(sorted.Bought)
	mine.Waved, mine.Seen = full(sorted.Waved), full(sorted.Seen)
	return mine
}

// sortHistory puts each book where what the reader did with it belongs. Its books have no more
// than an id. Who rated or bought a book does not want it any more, and who did any of these saw
// it.
func sortHistory(events []Event, recent []int64) MyBooks {
	var mine MyBooks
	type did struct {
		book int64
		kind EventKind
	}
	first := make(map[did]bool) // the newest come first
	for _, event := range events {
		if did := (did{event.Book, event.Kind}); !first[did] {
			first[did] = true
		} else {
			continue
		}
		book := MyBook{Book: &Book{ID: event.Book, SeriesPosition: -1}, Rating: event.Rating, At: event.At}
		switch event.Kind {
		case Rated:
			mine.Rated = append(mine.Rated, book)
		case Wanted:
			mine.Wanted = append(mine.Wanted, book)
		case Bought:
			mine.Bought = append(mine.Bought, book)
		case NotInterested:
			mine.Waved = append(mine.Waved, book)
		case Viewed:
			mine.Seen = append(mine.Seen, book)
		}
	}
	for i := len(recent) - 1; i >= 0; i-- { // in front of all, newest first
		if did := (did{recent[i], Viewed}); !first[did] {
			first[did] = true
			mine.Seen = append([]MyBook{{Book: &Book{ID: recent[i], SeriesPosition: -1}}}, mine.Seen...)
		}
	}
	without := func(books []MyBook, kinds ...EventKind) []MyBook {
		var left []MyBook
		for _, book := range books {
			drop := false
			for _, kind := range kinds {
				drop = drop || first[did{book.Book.ID, kind}]
			}
			if !drop {
				left = append(left, book)
			}
		}
		return left
	}
	mine.Wanted = without(mine.Wanted, Rated, Bought)
	mine.Seen = without(mine.Seen, Rated, Wanted, Bought, NotInterested)
	return mine
}
