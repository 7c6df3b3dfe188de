package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// BookStats adds up what each reader did.
func (s *Store) BookStats(ctx context.Context) (stats map[int64]recommend.BookStats, err error) {
	err = s.read(ctx, func() {
		stats = make(map[int64]recommend.BookStats)
		for _, events := range s.readers {
			for bookID, reader := range readerStats(events) {
				book := stats[bookID]
				book.Readers += reader.Readers
				book.Ratings += reader.Ratings
				book.RatingSum += reader.RatingSum
				stats[bookID] = book
			}
		}
	})
	return stats, err
}

// readerStats returns the statistics of a single reader, whose events come newest first.
func readerStats(events []*event) map[int64]recommend.BookStats {
	stats := make(map[int64]recommend.BookStats)
	for _, e := range events {
		book := stats[e.BookID]
		switch e.Kind {
		case recommend.View, recommend.NotInterested:
			continue
		case recommend.Rating:
			if book.Ratings == 0 {
				book.Ratings, book.RatingSum = 1, int64(e.Rating)
			}
		case recommend.Want, recommend.Purchase:
		}
		book.Readers = 1
		stats[e.BookID] = book
	}
	return stats
}

// DailyReaders counts the readers of each day, book and kind.
func (s *Store) DailyReaders(ctx context.Context, since time.Time) (daily []recommend.DailyReaders, err error) {
	err = s.read(ctx, func() {
		counts := make(map[recommend.DailyReaders]int64) // without the number of readers
		for _, events := range s.readers {
			did := make(map[recommend.DailyReaders]struct{})
			for _, e := range events {
				if t := e.OccurredAt; !t.IsZero() && !t.Before(since) {
					did[recommend.DailyReaders{Day: t.Truncate(24 * time.Hour), BookID: e.BookID, Kind: e.Kind}] = struct{}{}
				}
			}
			for d := range did {
				counts[d]++
			}
		}
		for d, readers := range counts {
			d.Readers = readers
			daily = append(daily, d)
		}
	})
	slices.SortFunc(daily, func(a, b recommend.DailyReaders) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.BookID, b.BookID), cmp.Compare(a.Kind, b.Kind))
	})
	return daily, err
}
