package sqlite

import (
	"context"
	"database/sql"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// What a reader was found to have done with a book.
const (
	hasReader byte = 1 << iota
	hasRated
)

// BookStats goes through the table once, in its own order: reader by reader, the newest first.
// Grouping in SQL would sort all of it.
func (s *Store) BookStats(ctx context.Context) (map[int64]recommend.BookStats, error) {
	stats := make(map[int64]recommend.BookStats)
	var reader int64
	seen := make(map[int64]byte) // by book; of the reader
	err := s.query(ctx, `
		SELECT user_id, book_id, kind, rating FROM activity
		WHERE kind IN (?, ?, ?) ORDER BY user_id, occurred_at DESC, seq DESC`,
		[]any{int64(recommend.Want), int64(recommend.Rating), int64(recommend.Purchase)},
		func(rows *sql.Rows) error {
			var userID, bookID, rating int64
			var kind recommend.Kind
			if err := rows.Scan(&userID, &bookID, &kind, &rating); err != nil {
				return err
			}
			if userID != reader {
				reader = userID
				clear(seen)
			}
			book, did := stats[bookID], seen[bookID]
			if did == 0 {
				book.Readers++
			}
			if kind == recommend.Rating && did&hasRated == 0 {
				book.Ratings++
				book.RatingSum += rating
				did |= hasRated
			}
			stats[bookID], seen[bookID] = book, did|hasReader
			return nil
		})
	if err != nil {
		return nil, err
	}
	return stats, nil
}

const microsPerDay = 24 * 60 * 60 * 1_000_000

// DailyReaders counts the days from the index activity_by_time.
func (s *Store) DailyReaders(ctx context.Context, since time.Time) (daily []recommend.DailyReaders, err error) {
	err = s.query(ctx, `
		SELECT occurred_at / ?1 AS day, book_id, kind, count(DISTINCT user_id) FROM activity
		WHERE occurred_at > 0 AND occurred_at >= ?2 GROUP BY day, book_id, kind ORDER BY day, book_id, kind`,
		[]any{int64(microsPerDay), since.UnixMicro()}, func(rows *sql.Rows) error {
			var d recommend.DailyReaders
			var day int64
			if err := rows.Scan(&day, &d.BookID, &d.Kind, &d.Readers); err != nil {
				return err
			}
			d.Day = time.UnixMicro(day * microsPerDay).UTC()
			daily = append(daily, d)
			return nil
		})
	if err != nil {
		return nil, err
	}
	return daily, nil
}
