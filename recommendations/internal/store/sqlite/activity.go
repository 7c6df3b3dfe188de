package sqlite

import (
	"context"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// An event is a row of the table activity, without its number.
type event struct {
	userID, occurredAt int64
	eventID            string
	bookID             int64
	kind               recommend.Kind
	rating             int
}

func newEvent(a *recommend.Activity) event {
	return event{a.UserID, toMicros(a.OccurredAt), a.EventID, a.BookID, a.Kind, a.Rating}
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
func (s *Store) RecordActivity(ctx context.Context, activities []recommend.Activity) (int, error) {
	events := make([]event, len(activities))
	for i := range activities {
		events[i] = newEvent(&activities[i])
	}
	recorded := 0 // not a result: do may return while the function counts on
	err := s.do(ctx, func(tx *transaction) error {
		for i := range events {
			added, err := tx.insert(&events[i])
			if err != nil {
				return err
			}
			if added {
				recorded++
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return recorded, nil
}

// PutActivity adds or replaces events. One that is replaced keeps its place in the order of
// arrival.
func (s *Store) PutActivity(ctx context.Context, activities []recommend.Activity) (store.Counts, error) {
	events := lastOfEach(activities)
	var counts store.Counts
	err := s.do(ctx, func(tx *transaction) error {
		for i := range events {
			if err := tx.put(&events[i], &counts); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return store.Counts{}, err
	}
	return counts, nil
}

// lastOfEach returns the last event of each id.
func lastOfEach(activities []recommend.Activity) []event {
	events := make([]event, 0, len(activities))
	at := make(map[string]int, len(activities))
	for i := range activities {
		e := newEvent(&activities[i])
		if before, again := at[e.eventID]; again {
			events[before] = e
			continue
		}
		at[e.eventID] = len(events)
		events = append(events, e)
	}
	return events
}

// insert adds an event whose id is new, and says whether it is.
func (tx *transaction) insert(e *event) (bool, error) {
	added, err := tx.exec(`
		INSERT INTO activity (user_id, occurred_at, seq, event_id, book_id, kind, rating)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`,
		e.userID, e.occurredAt, tx.state.seq+1, e.eventID, e.bookID, int64(e.kind), e.rating)
	if err != nil || added == 0 {
		return false, err
	}
	tx.state.seq++
	tx.touch(e.userID)
	return true, nil
}

// touch notes that what a reader did changed.
func (tx *transaction) touch(userID int64) {
	if n := len(tx.change.Users); n == 0 || tx.change.Users[n-1] != userID {
		tx.change.Users = append(tx.change.Users, userID)
	}
}

func (tx *transaction) put(e *event, counts *store.Counts) error {
	added, err := tx.insert(e)
	if err != nil {
		return err
	}
	if added {
		counts.New++
		return nil
	}
	kept := event{eventID: e.eventID}
	err = tx.row("SELECT user_id, occurred_at, book_id, kind, rating FROM activity WHERE event_id = ?",
		[]any{e.eventID}, &kept.userID, &kept.occurredAt, &kept.bookID, &kept.kind, &kept.rating)
	if err != nil {
		return err
	}
	if kept == *e {
		counts.Equal++
		return nil
	}
	counts.Changed++
	tx.touch(kept.userID)
	tx.touch(e.userID)
	_, err = tx.exec("UPDATE activity SET user_id = ?, occurred_at = ?, book_id = ?, kind = ?, rating = ? WHERE event_id = ?",
		e.userID, e.occurredAt, e.bookID, int64(e.kind), e.rating, e.eventID)
	return err
}
