package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// RecordActivity adds events that are not kept already.
func (s *Store) RecordActivity(ctx context.Context, activities []recommend.Activity) (recorded int, err error) {
	err = s.write(ctx, func() (change store.Change) {
		for _, a := range activities {
			if _, known := s.events[a.EventID]; known {
				continue
			}
			s.add(a)
			recorded++
			change.Users = append(change.Users, a.UserID)
		}
		return change
	})
	return recorded, err
}

// PutActivity adds or replaces events. One that is replaced keeps its place in the order of
// arrival.
func (s *Store) PutActivity(ctx context.Context, activities []recommend.Activity) (counts store.Counts, err error) {
	last := make(map[string]int, len(activities))
	for i := range activities {
		last[activities[i].EventID] = i
	}
	err = s.write(ctx, func() (change store.Change) {
		for i, a := range activities {
			if _, first := last[a.EventID]; !first {
				continue
			}
			a = activities[last[a.EventID]]
			delete(last, activities[i].EventID)
			kept, known := s.events[a.EventID]
			switch {
			case !known:
				counts.New++
				s.add(a)
			case kept.Activity == a:
				counts.Equal++
				continue
			default:
				counts.Changed++
				change.Users = append(change.Users, kept.UserID)
				s.remove(kept)
				s.keep(&event{a, kept.seq})
			}
			change.Users = append(change.Users, a.UserID)
		}
		return change
	})
	return counts, err
}

// add keeps an event that is new.
func (s *Store) add(a recommend.Activity) {
	s.seq++
	s.keep(&event{a, s.seq})
}

func (s *Store) keep(e *event) {
	s.events[e.EventID] = e
	if s.readers[e.UserID] == nil {
		s.readers[e.UserID] = make(map[string]*event)
	}
	s.readers[e.UserID][e.EventID] = e
}

func (s *Store) remove(e *event) {
	delete(s.events, e.EventID)
	delete(s.readers[e.UserID], e.EventID)
	if len(s.readers[e.UserID]) == 0 {
		delete(s.readers, e.UserID)
	}
}

// newestFirst orders places in a reader's events.
func newestFirst(a, b store.Cursor) int {
	return cmp.Or(cmp.Compare(b.OccurredAt, a.OccurredAt), cmp.Compare(b.Seq, a.Seq))
}

// sorted returns a reader's events, newest first.
func (s *Store) sorted(userID int64) []*event {
	events := make([]*event, 0, len(s.readers[userID]))
	for _, e := range s.readers[userID] {
		events = append(events, e)
	}
	slices.SortFunc(events, func(a, b *event) int { return newestFirst(a.cursor(), b.cursor()) })
	return events
}

// ListActivity returns a page of a reader's events.
func (s *Store) ListActivity(ctx context.Context, userID int64, after *store.Cursor, n int) (events []recommend.Activity, next *store.Cursor, err error) {
	err = s.read(ctx, func() {
		sorted := s.sorted(userID)
		if after != nil {
			sorted = slices.DeleteFunc(sorted, func(e *event) bool { return newestFirst(e.cursor(), *after) <= 0 })
		}
		for i, e := range sorted[:min(n, len(sorted))] {
			events = append(events, e.Activity)
			if i == n-1 && len(sorted) > n {
				last := e.cursor()
				next = &last
			}
		}
	})
	return events, next, err
}

// DeleteActivity removes events of a reader's.
func (s *Store) DeleteActivity(ctx context.Context, userID int64, eventIDs []string) (deleted int, err error) {
	err = s.write(ctx, func() (change store.Change) {
		for _, id := range eventIDs {
			if e, kept := s.readers[userID][id]; kept {
				s.remove(e)
				deleted++
				change.Users = []int64{userID}
			}
		}
		return change
	})
	return deleted, err
}

// DeleteUser removes everything about a reader.
func (s *Store) DeleteUser(ctx context.Context, userID int64) (deleted int64, err error) {
	err = s.write(ctx, func() store.Change {
		for _, e := range s.sorted(userID) {
			s.remove(e)
			deleted++
		}
		if deleted == 0 {
			return store.Change{}
		}
		return store.Change{Users: []int64{userID}}
	})
	return deleted, err
}

// History returns everything that a reader did but views, and the latest of those.
func (s *Store) History(ctx context.Context, userID int64) (events []recommend.Activity, err error) {
	err = s.read(ctx, func() {
		views := 0
		for _, e := range s.sorted(userID) {
			if e.Kind == recommend.View {
				views++
				if views > recommend.MaxViews {
					continue
				}
			}
			events = append(events, e.Activity)
		}
	})
	return events, err
}

// BookStats adds up what readers did with each book.
func (s *Store) BookStats(ctx context.Context) (map[int64]recommend.BookStats, error) {
	stats := make(map[int64]recommend.BookStats)
	err := s.read(ctx, func() {
		for userID := range s.readers {
			read, rated := make(map[int64]bool), make(map[int64]bool)
			for _, e := range s.sorted(userID) {
				if e.Kind == recommend.View || e.Kind == recommend.NotInterested {
					continue
				}
				book := stats[e.BookID]
				if !read[e.BookID] {
					read[e.BookID] = true
					book.Readers++
				}
				if e.Kind == recommend.Rating && !rated[e.BookID] {
					rated[e.BookID] = true
					book.Ratings++
					book.RatingSum += int64(e.Rating)
				}
				stats[e.BookID] = book
			}
		}
	})
	return stats, err
}

// DailyReaders counts readers by day, book and kind.
func (s *Store) DailyReaders(ctx context.Context, since time.Time) ([]recommend.DailyReaders, error) {
	type key struct {
		day    time.Time
		bookID int64
		kind   recommend.Kind
	}
	readers := make(map[key]map[int64]bool)
	err := s.read(ctx, func() {
		for _, e := range s.events {
			if e.OccurredAt.IsZero() || e.OccurredAt.Before(since) {
				continue
			}
			k := key{e.OccurredAt.UTC().Truncate(24 * time.Hour), e.BookID, e.Kind}
			if readers[k] == nil {
				readers[k] = make(map[int64]bool)
			}
			readers[k][e.UserID] = true
		}
	})
	daily := make([]recommend.DailyReaders, 0, len(readers))
	for k, users := range readers {
		daily = append(daily, recommend.DailyReaders{Day: k.day, BookID: k.bookID, Kind: k.kind, Readers: int64(len(users))})
	}
	slices.SortFunc(daily, func(a, b recommend.DailyReaders) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.BookID, b.BookID), cmp.Compare(a.Kind, b.Kind))
	})
	return daily, err
}
