package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

const (
	selectActivity = "SELECT user_id, occurred_at, seq, event_id, book_id, kind, rating FROM activity"
	newestFirst    = " ORDER BY occurred_at DESC, seq DESC"

	// $2 is one more than the page has.
	selectPage = selectActivity + " WHERE user_id = $1" + newestFirst + " LIMIT $2"
	selectNext = selectActivity + " WHERE user_id = $1 AND (occurred_at, seq) < ($3, $4)" + newestFirst + " LIMIT $2"

	// $2 is the kind of which only the latest $3 count.
	selectHistory = `
		(` + selectActivity + ` WHERE user_id = $1 AND kind <> $2)
		UNION ALL
		(` + selectActivity + ` WHERE user_id = $1 AND kind = $2` + newestFirst + ` LIMIT $3)` + newestFirst
)

// ListActivity returns a page of a reader's events, newest first.
func (s *Store) ListActivity(ctx context.Context, userID int64, after *store.Cursor, n int) (events []recommend.Activity, next *store.Cursor, err error) {
	query, args := selectPage, []any{userID, n + 1}
	if after != nil {
		query, args = selectNext, append(args, after.OccurredAt, after.Seq)
	}
	events, cursors, err := s.events(ctx, query, args)
	if err != nil {
		return nil, nil, err
	}
	if len(events) > n { // there is one more
		return events[:n], &cursors[n-1], nil
	}
	return events, nil, nil
}

// History returns what a reader did, of the views only the latest.
func (s *Store) History(ctx context.Context, userID int64) ([]recommend.Activity, error) {
	events, _, err := s.events(ctx, selectHistory, []any{userID, int16(recommend.View), recommend.MaxViews})
	return events, err
}

// events returns the events that a query selects, and the place of each.
func (s *Store) events(ctx context.Context, query string, args []any) (events []recommend.Activity, cursors []store.Cursor, err error) {
	err = s.read(ctx, func(ctx context.Context) error {
		events, cursors = nil, nil
		rows, err := s.pool.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		var a recommend.Activity
		var at store.Cursor
		_, err = pgx.ForEachRow(rows, []any{&a.UserID, &at.OccurredAt, &at.Seq, &a.EventID, &a.BookID, &a.Kind, &a.Rating}, func() error {
			a.OccurredAt = fromMicros(at.OccurredAt)
			events, cursors = append(events, a), append(cursors, at)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return events, cursors, nil
}
