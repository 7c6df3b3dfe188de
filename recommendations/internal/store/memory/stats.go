package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

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
