package readers

import (
	"context"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// Record keeps valid events, which are durable when it returns, and returns how many were new.
// An event without a time happened now.
func (r *Readers) Record(ctx context.Context, events []recommend.Activity) (recorded int, err error) {
	now := r.now().UTC().Truncate(time.Microsecond)
	users := make([]int64, 0, len(events))
	for i := range events {
		if events[i].OccurredAt.IsZero() {
			events[i].OccurredAt = now
		}
		users = append(users, events[i].UserID)
	}
	// Also after an error: the store may have kept them, and not have come to say so. The
	// store's own report comes too, but may come after the reader's next request.
	defer r.Forget(store.Change{Users: users})
	return r.store.RecordActivity(ctx, events)
}

// List returns a page of what is kept about a reader, as [store.Activities] says.
func (r *Readers) List(ctx context.Context, userID int64, after *store.Cursor, n int) (events []recommend.Activity, next *store.Cursor, err error) {
	return r.store.ListActivity(ctx, userID, after, n)
}

// Delete undoes events of a reader's and returns how many there were.
func (r *Readers) Delete(ctx context.Context, userID int64, eventIDs []string) (deleted int, err error) {
	defer r.Forget(store.Change{Users: []int64{userID}})
	return r.store.DeleteActivity(ctx, userID, eventIDs)
}

// Erase removes everything that is kept about a reader and returns how many events there were.
func (r *Readers) Erase(ctx context.Context, userID int64) (deleted int64, err error) {
	defer r.Forget(store.Change{Users: []int64{userID}})
	return r.store.DeleteUser(ctx, userID)
}
