package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"bookmarket/recommendations/internal/recommend"
)

// selectStats keeps of what each reader did with each book one row, the newest rating if there
// is any, and counts those.
const selectStats = `
	SELECT book_id, count(*), count(rating), coalesce(sum(rating), 0) FROM (
		SELECT DISTINCT ON (book_id, user_id) book_id, CASE WHEN kind = $2 THEN rating END AS rating
		FROM activity WHERE kind IN ($1, $2, $3)
		ORDER BY book_id, user_id, kind <> $2, occurred_at DESC, seq DESC
	) AS readers GROUP BY book_id`

// BookStats adds up what readers did with each book.
func (s *Store) BookStats(ctx context.Context) (stats map[int64]recommend.BookStats, err error) {
	err = s.read(ctx, func(ctx context.Context) error {
		stats = make(map[int64]recommend.BookStats)
		rows, err := s.pool.Query(ctx, selectStats, int16(recommend.Want), int16(recommend.Rating), int16(recommend.Purchase))
		if err != nil {
			return err
		}
		var id int64
		var book recommend.BookStats
		_, err = pgx.ForEachRow(rows, []any{&id, &book.Readers, &book.Ratings, &book.RatingSum}, func() error {
			stats[id] = book
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return stats, nil
}

const microsPerDay = 24 * 60 * 60 * 1_000_000

// selectDays needs nothing but the index activity_by_time.
const selectDays = `
	SELECT occurred_at / $1 AS day, book_id, kind, count(DISTINCT user_id) FROM activity
	WHERE occurred_at > 0 AND occurred_at >= $2 GROUP BY day, book_id, kind ORDER BY day, book_id, kind`

// DailyReaders counts who did what on each day.
func (s *Store) DailyReaders(ctx context.Context, since time.Time) (daily []recommend.DailyReaders, err error) {
	err = s.read(ctx, func(ctx context.Context) error {
		daily = nil
		rows, err := s.pool.Query(ctx, selectDays, int64(microsPerDay), since.UnixMicro())
		if err != nil {
			return err
		}
		var day int64
		var d recommend.DailyReaders
		_, err = pgx.ForEachRow(rows, []any{&day, &d.BookID, &d.Kind, &d.Readers}, func() error {
			d.Day = time.UnixMicro(day * microsPerDay).UTC()
			daily = append(daily, d)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return daily, nil
}
