package shop

import (
	"context"
	"crypto/rand"
	"iter"
	"slices"
	"time"
)

// historyEvents is how many of a reader's latest events a page looks at.
const historyEvents = 5000

// A history is what a reader did, the newest first.
type history struct {
	events []Event
	whole  bool // there is no more
}

// history returns the latest things that a reader did. With an error it is what there was before.
func (s *Shop) history(page context.Context, reader int64, most int) (history, error) {
	ctx, cancel := context.WithTimeout(page, callLimit)
	defer cancel()
	var h history
	next, asked := "", 0
	for {
		var events []Event
		var err error
		if events, next, err = s.eventsPage(ctx, reader, next); err != nil {
			return h, err
		}
		for _, event := range events {
			if event.Reader == reader && event.Book > 0 && (event.Kind != Rated || 1 <= event.Rating && event.Rating <= 5) {
				h.events = append(h.events, event)
			}
		}
		asked += len(events)
		if h.whole = next == ""; h.whole || asked >= most {
			return h, nil
		}
	}
}

func (s *Shop) eventsPage(ctx context.Context, reader int64, page string) ([]Event, string, error) {
	ctx, cancel := context.WithTimeout(ctx, bulkLimit)
	defer cancel()
	events, next, err := s.activity.Events(ctx, reader, page)
	if err == nil && page != "" && next == page {
		err = errUnusable // it would go on for ever
	}
	return events, next, err
}

// Rate keeps what a reader thinks of a book, from 1 to 5 stars. It is durable when the error is
// nil, and may be kept or not otherwise.
func (s *Shop) Rate(ctx context.Context, reader, book int64, rating int) error {
	return s.act(ctx, Event{Reader: reader, Book: book, Kind: Rated, Rating: rating})
}

// Want puts a book on a reader's list of books to read, as [Shop.Rate] keeps a rating.
func (s *Shop) Want(ctx context.Context, reader, book int64) error {
	return s.act(ctx, Event{Reader: reader, Book: book, Kind: Wanted})
}

// WaveAway keeps a book from being recommended to a reader, as [Shop.Rate] keeps a rating.
func (s *Shop) WaveAway(ctx context.Context, reader, book int64) error {
	return s.act(ctx, Event{Reader: reader, Book: book, Kind: NotInterested})
}

func (s *Shop) act(visit context.Context, event Event) error {
	page, cancel := begin(visit)
	defer cancel()
	event.ID, event.At = rand.Text(), time.Now()
	if err := s.activity.Record(page, []Event{event}); err != nil {
		return err
	}
	if event.likes() {
		// Who likes a book after all waves it away no more; otherwise it would never be recommended
		// again. Where this fails, its page says so, and has a button for it.
		if err := s.remove(page, event.Reader, event.Book, NotInterested); err != nil {
			s.log.WarnContext(visit, "a book that a reader likes may still be waved away", "error", err.Error())
		}
	}
	return nil
}

// maxRemoved is how many events one call removes.
const maxRemoved = 500

// Undo removes all that a reader did of a kind with a book. It is gone for good when the error is
// nil.
func (s *Shop) Undo(visit context.Context, reader, book int64, kind EventKind) error {
	page, cancel := begin(visit)
	defer cancel()
	if kind == Viewed {
		resume, err := s.dropViews(page, reader, book)
		if err != nil {
			return err
		}
		defer resume()
	}
	return s.remove(page, reader, book, kind)
}

func (s *Shop) remove(page context.Context, reader, book int64, kind EventKind) error {
	var ids []string
	for event, err := range s.Events(page, reader) {
		if err != nil {
			return err
		}
		if event.Book == book && event.Kind == kind {
			ids = append(ids, event.ID)
		}
	}
	for chunk := range slices.Chunk(ids, maxRemoved) {
		if err := s.activity.Remove(page, reader, chunk); err != nil {
			return err
		}
	}
	return nil
}

// Events returns all that is kept about a reader, the newest first, for as long as ctx allows.
// What comes with an error is the last.
func (s *Shop) Events(ctx context.Context, reader int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		next := ""
		for {
			var events []Event
			var err error
			if events, next, err = s.eventsPage(ctx, reader, next); err != nil {
				yield(Event{}, err)
				return
			}
			for _, event := range events {
				if !yield(event, nil) {
					return
				}
			}
			if next == "" {
				return
			}
		}
	}
}

// Forget removes everything that is kept about a reader, for good when the error is nil.
func (s *Shop) Forget(visit context.Context, reader int64) error {
	page, cancel := begin(visit)
	defer cancel()
	release, err := s.views.take(page)
	if err != nil {
		return err
	}
	defer release()
	if _, err = s.activity.Erase(page, reader); err == nil {
		s.views.forget(reader)
	}
	return err
}
