package recommend

// MaxViews is how many of a reader's latest views are looked at. Everything else that a reader
// did is looked at for ever.
const MaxViews = 200

// A History is what a reader did, as recommendations look at it. The zero value is that of a
// reader who did nothing.
type History struct {
	// Events are in order, the newest first: everything but views, and the latest views.
	Events   []Activity
	excluded map[int64]bool // true: waved away
}

// NewHistory returns the history that consists of these events, the newest first.
func NewHistory(events []Activity) *History {
	h := &History{Events: events, excluded: make(map[int64]bool)}
	for _, e := range events {
		switch e.Kind {
		case Rating, Purchase, NotInterested:
			h.excluded[e.BookID] = h.excluded[e.BookID] || e.Kind == NotInterested
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

// What is done with a book tells of what the reader likes, in units of a book that they liked.
const (
	wantWeight = 0.7
	viewWeight = 0.3
)

// ratingWeights are by stars. Who did not like a book has a taste for its kind all the same, if
// less: that was measured (docs/quality.md).
var ratingWeights = [...]float32{1: 0.3, 2: 0.3, 3: 0.5, 4: 1, 5: 1}

// Liked says how much a reader liked a book that they know, from 0 to 1: what models are learned
// from. 1 is what is worth recommending to others; 0 tells nothing.
func (a *Activity) Liked() float32 {
	switch a.Kind {
	case Purchase, Want:
		return 1
	case Rating:
		return ratingWeights[a.Rating]
	case View, NotInterested:
	}
	return 0
}

// disliked reports whether an event says that the reader knows the book and did not like it.
func (a *Activity) disliked() bool { return a.Kind == Rating && a.Rating <= 2 }

// weight is what an event of the history, or a later one, tells of what the reader likes. Who waved
// a book away looked at it, and may have wanted it, for nothing: that tells as little.
func (h *History) weight(event *Activity) float32 {
	if wavedAway := h.excluded[event.BookID]; wavedAway && (event.Kind == View || event.Kind == Want) {
		return 0
	}
	return event.weight()
}

// weight is what an event tells of what the reader likes.
func (a *Activity) weight() float32 {
	switch a.Kind {
	case Purchase:
		return 1
	case Rating:
		return ratingWeights[a.Rating]
	case Want:
		return wantWeight
	case View:
		return viewWeight
	case NotInterested:
	}
	return 0
}
