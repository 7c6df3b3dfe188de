package recommend

// MaxViews is how many of a reader's latest views are looked at. Everything else that a reader
// did is looked at for ever.
const MaxViews = 200

// A History is what a reader did, as recommendations look at it. The zero value is that of a
// reader who did nothing.
type History struct {
	// Events are in order, the newest first: everything but views, and the latest views.
	Events   []Activity
	excluded map[int64]struct{}
}

// NewHistory returns the history that consists of these events, the newest first.
func NewHistory(events []Activity) *History {
	h := &History{Events: events, excluded: make(map[int64]struct{})}
	for _, e := range events {
		switch e.Kind {
		case Rating, Purchase, NotInterested:
			h.excluded[e.BookID] = struct{}{}
		case View, Want:
		}
	}
	return h
}

// Excludes reports whether a book is never to be recommended: the reader knows it, having
// rated or bought it, or has waved it away.
func (h *History) Excludes(bookID int64) bool {
	_, ok := h.excluded[bookID]
	return ok
}
