package shop

import (
	"context"
	"crypto/rand"
	"iter"
	"slices"
	"time"
)

// maxHistory is how many pages of a reader's events a page looks at; each has a thousand.
const maxHistory = 5

// A history is what a reader did, the newest first.
type history struct {
	events []Event
	whole  bool // there is no more
}

// history returns what a reader did. With an error it is what there was before.
func (s *Shop) history(page context.Context, reader int64) (history, error) {
	var h history
	next := ""
	for range maxHistory {
		var events []Event
		var err error
		events, err = ask(page, func(ctx context.Context) ([]Event, error) {
			events, following, err := s.activity.Events(ctx, reader, next)
			next = following
			return events, err
		})
		if err != nil {
			return h, err
		}
		h.events = append(h.events, events...)
		if next == "" {
			h.whole = true
			break
		}
	}
	return h, nil
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
	return s.activity.Record(page, []Event{event})
}

// maxRemoved is how many events one call removes.
const maxRemoved = 500

// Undo removes all that a reader did of a kind with a book. It is gone for good when the error is
// nil.
func (s *Shop) Undo(visit context.Context, reader, book int64, kind EventKind) error {
	page, cancel := begin(visit)
	defer cancel()
	history, err := s.history(page, reader)
	if err != nil {
		return err
	}
	var ids []string
	for _, event := range history.events {
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
			events, following, err := s.activity.Events(ctx, reader, next)
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, event := range events {
				if !yield(event, nil) {
					return
				}
			}
			if next = following; next == "" {
				return
			}
		}
	}
}

// Forget removes everything that is kept about a reader, for good when the error is nil.
func (s *Shop) Forget(visit context.Context, reader int64) error {
	page, cancel := begin(visit)
	defer cancel()
	_, err := s.activity.Erase(page, reader)
	return err
}
