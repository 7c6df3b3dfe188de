package sqlite

import (
	"context"
	"database/sql"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

const columns = "user_id, occurred_at, seq, event_id, book_id, kind, rating"

// ListActivity returns a page of a reader's events, newest first.
func (s *Store) ListActivity(ctx context.Context, userID int64, after *store.Cursor, n int) (events []recommend.Activity, next *store.Cursor, err error) {
	query := "SELECT " + columns + " FROM activity WHERE user_id = ? ORDER BY occurred_at DESC, seq DESC LIMIT ?"
	args := []any{userID, n + 1}
	if after != nil {
		query = "SELECT " + columns + " FROM activity WHERE user_id = ? AND (occurred_at, seq) < (?, ?) ORDER BY occurred_at DESC, seq DESC LIMIT ?"
		args = []any{userID, after.OccurredAt, after.Seq, n + 1}
	}
	var last store.Cursor
	err = s.query(ctx, query, args, func(rows *sql.Rows) error {
		if len(events) == n {
			next = &last // there is one more
			return nil
		}
		event, cursor, err := scanActivity(rows)
		events, last = append(events, event), cursor
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return events, next, nil
}

// History returns what a reader did, of the views only the latest.
func (s *Store) History(ctx context.Context, userID int64) (events []recommend.Activity, err error) {
	err = s.query(ctx, `
		SELECT `+columns+` FROM activity WHERE user_id = ?1 AND (kind <> ?2 OR seq IN (
			SELECT seq FROM activity WHERE user_id = ?1 AND kind = ?2 ORDER BY occurred_at DESC, seq DESC LIMIT ?3))
		ORDER BY occurred_at DESC, seq DESC`,
		[]any{userID, int64(recommend.View), recommend.MaxViews}, func(rows *sql.Rows) error {
			event, _, err := scanActivity(rows)
			events = append(events, event)
			return err
		})
	if err != nil {
		return nil, err
	}
	return events, nil
}

func scanActivity(rows *sql.Rows) (a recommend.Activity, at store.Cursor, err error) {
	err = rows.Scan(&a.UserID, &at.OccurredAt, &at.Seq, &a.EventID, &a.BookID, &a.Kind, &a.Rating)
	a.OccurredAt = fromMicros(at.OccurredAt)
	return a, at, err
}
