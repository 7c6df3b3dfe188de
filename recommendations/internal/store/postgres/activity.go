package postgres

import (
	"context"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// given are the events of a call, numbered in their order.
const given = `
	SELECT nextval('arrivals') AS seq, given.* FROM unnest(
		$1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::smallint[]
	) AS given (event_id, user_id, occurred_at, book_id, kind, rating)`

// Writers take events in the order of their ids: of two that meet one waits for the other, and
// never each for the other.
const (
	recordActivity = `
		INSERT INTO activity (seq, event_id, user_id, occurred_at, book_id, kind, rating)
		SELECT seq, event_id, user_id, occurred_at, book_id, kind, rating FROM (` + given + `) AS given
		ORDER BY event_id COLLATE "C", seq
		ON CONFLICT (event_id) DO NOTHING`

	putActivity = `
		WITH given AS MATERIALIZED (` + given + `), put AS (
			INSERT INTO activity AS kept (seq, event_id, user_id, occurred_at, book_id, kind, rating)
			SELECT seq, event_id, user_id, occurred_at, book_id, kind, rating FROM given
			ORDER BY event_id COLLATE "C"
			ON CONFLICT (event_id) DO UPDATE SET
				user_id = excluded.user_id, occurred_at = excluded.occurred_at,
				book_id = excluded.book_id, kind = excluded.kind, rating = excluded.rating
			WHERE (kept.user_id, kept.occurred_at, kept.book_id, kept.kind, kept.rating)
				<> (excluded.user_id, excluded.occurred_at, excluded.book_id, excluded.kind, excluded.rating)
			RETURNING seq
		)
		SELECT count(given.seq), count(*) - count(given.seq) FROM put LEFT JOIN given USING (seq)`

	deleteActivity = `
		DELETE FROM activity WHERE event_id IN (
			SELECT event_id FROM activity WHERE user_id = $1 AND event_id = ANY ($2) ORDER BY event_id FOR UPDATE)`

	deleteUser = `
		DELETE FROM activity WHERE event_id IN (
			SELECT event_id FROM activity WHERE user_id = $1 ORDER BY event_id FOR UPDATE)`
)

// columns are events as the statements want them.
type columns struct {
	eventIDs                     []string
	userIDs, occurredAt, bookIDs []int64
	kinds, ratings               []int16
}

func (c *columns) add(a *recommend.Activity) {
	c.eventIDs = append(c.eventIDs, a.EventID)
	c.userIDs = append(c.userIDs, a.UserID)
	c.occurredAt = append(c.occurredAt, toMicros(a.OccurredAt))
	c.bookIDs = append(c.bookIDs, a.BookID)
	c.kinds = append(c.kinds, int16(a.Kind))
	c.ratings = append(c.ratings, int16(a.Rating)) //nolint:gosec // it is at most 5
}

func (c *columns) args() []any {
	return []any{c.eventIDs, c.userIDs, c.occurredAt, c.bookIDs, c.kinds, c.ratings}
}

func toMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// RecordActivity adds events that are not kept already.
func (s *Store) RecordActivity(ctx context.Context, events []recommend.Activity) (recorded int, err error) {
	var c columns
	for i := range events {
		c.add(&events[i])
	}
	err = s.write(ctx, func(ctx context.Context) error {
		tag, err := s.pool.Exec(ctx, recordActivity, c.args()...)
		recorded = int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return 0, err
	}
	return recorded, nil
}

// PutActivity adds or replaces events. One that is replaced keeps its place in the order of
// arrival.
func (s *Store) PutActivity(ctx context.Context, events []recommend.Activity) (counts store.Counts, err error) {
	c := lastOfEach(events)
	err = s.writeMuch(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, putActivity, c.args()...).Scan(&counts.New, &counts.Changed)
	})
	if err != nil {
		return store.Counts{}, err
	}
	counts.Equal = len(c.eventIDs) - counts.New - counts.Changed
	return counts, nil
}

// lastOfEach returns the last event of each id, in the order in which the ids came first.
func lastOfEach(events []recommend.Activity) *columns {
	last := make(map[string]*recommend.Activity, len(events))
	for i := range events {
		last[events[i].EventID] = &events[i]
	}
	c := new(columns)
	for i := range events {
		id := events[i].EventID
		if event := last[id]; event != nil {
			c.add(event)
			last[id] = nil
		}
	}
	return c
}

// DeleteActivity removes events of a reader's.
func (s *Store) DeleteActivity(ctx context.Context, userID int64, eventIDs []string) (deleted int, err error) {
	err = s.write(ctx, func(ctx context.Context) error {
		tag, err := s.pool.Exec(ctx, deleteActivity, userID, eventIDs)
		deleted = int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return 0, err
	}
	return deleted, nil
}

// DeleteUser removes everything about a reader.
func (s *Store) DeleteUser(ctx context.Context, userID int64) (deleted int64, err error) {
	err = s.writeMuch(ctx, func(ctx context.Context) error {
		tag, err := s.pool.Exec(ctx, deleteUser, userID)
		deleted = tag.RowsAffected()
		return err
	})
	if err != nil {
		return 0, err
	}
	return deleted, nil
}
