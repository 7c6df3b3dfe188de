package memory

import (
	"cmp"
	"context"
	"slices"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

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
