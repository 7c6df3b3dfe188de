package memory

import (
	"context"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// ListActivity returns a page of a reader's events.
func (s *Store) ListActivity(ctx context.Context, userID int64, after *store.Cursor, n int) (events []recommend.Activity, next *store.Cursor, err error) {
	err = s.read(ctx, func() {
		rest := s.readers[userID]
		if after != nil {
			place, kept := s.place(userID, *after)
			if kept {
				place++
			}
			rest = rest[place:]
		}
		page := rest[:min(n, len(rest))]
		for _, e := range page {
			events = append(events, e.Activity)
		}
		if len(page) < len(rest) {
			next = new(page[n-1].at)
		}
	})
	return events, next, err
}

// History returns what a reader did, of the views only the latest.
func (s *Store) History(ctx context.Context, userID int64) (events []recommend.Activity, err error) {
	err = s.read(ctx, func() {
		views := 0
		for _, e := range s.readers[userID] {
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
