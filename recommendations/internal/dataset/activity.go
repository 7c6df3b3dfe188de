package dataset

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bookmarket/recommendations/internal/dataset/goodbooks"
	"bookmarket/recommendations/internal/recommend"
)

// The columns of a file of ratings, by their places in ratingColumns. Files of what readers did
// have the first three as well.
const (
	userID = iota
	bookOf
	stars
	occurredAt
	kind
	eventID
)

var ratingColumns = []column{
	userID:     {name: "user_id", required: true, private: true},
	bookOf:     {name: "book_id", required: true},
	stars:      {name: "rating"},
	occurredAt: {name: "timestamp"},
}

var activityColumns = []column{
	userID:     {name: "user_id", required: true, private: true},
	bookOf:     {name: "book_id", required: true},
	stars:      {name: "rating"},
	occurredAt: {name: "occurred_at"},
	kind:       {name: "kind", required: true},
	eventID:    {name: "event_id"},
}

func newRatings(f *file, own bool, now time.Time) (*Reader[recommend.Activity], error) {
	mapID := func(id int64) int64 { return id }
	isGoodbooks := func(header []string) bool {
		if own || !goodbooks.IsRatings(header) {
			return false
		}
		mapID = goodbooks.BookID
		return true
	}
	return newReader(f, ratingColumns, isGoodbooks, func(r *row) recommend.Activity { return decodeRating(r, mapID, now) })
}

// decodeRating returns a rating or, where the row has none, a purchase: the row says that the
// reader has the book, and a number of stars would be an opinion that nobody gave.
func decodeRating(r *row, mapID func(int64) int64, now time.Time) recommend.Activity {
	event := recommend.Activity{
		UserID:     r.whole(userID),
		BookID:     r.whole(bookOf),
		Kind:       recommend.Rating,
		Rating:     int(r.whole(stars)),
		OccurredAt: r.time(),
	}
	if r.cells[stars].text == "" {
		event.Kind = recommend.Purchase
	}
	if event.BookID > 0 {
		event.BookID = mapID(event.BookID)
	}
	// One event for each pair, whatever it says: the last row wins.
	id := make([]byte, 0, 64)
	id = strconv.AppendInt(append(id, "rating:"...), event.UserID, 10)
	event.EventID = string(strconv.AppendInt(append(id, ':'), event.BookID, 10))
	r.check(event.Validate(now), map[string]string{"occurred_at": "timestamp"})
	return event
}

func newActivity(f *file, now time.Time) (*Reader[recommend.Activity], error) {
	never := func([]string) bool { return false }
	return newReader(f, activityColumns, never, func(r *row) recommend.Activity { return decodeActivity(r, now) })
}

func decodeActivity(r *row, now time.Time) recommend.Activity {
	event := recommend.Activity{
		EventID:    r.text(eventID),
		UserID:     r.whole(userID),
		BookID:     r.whole(bookOf),
		Kind:       r.kind(),
		Rating:     int(r.whole(stars)),
		OccurredAt: r.time(),
	}
	if event.EventID == "" {
		event.EventID = contentID(&event)
	}
	r.check(event.Validate(now), nil)
	return event
}

// contentID returns an event id that follows from everything that the event says, so that the
// same row is the same event when its file is imported again.
func contentID(e *recommend.Activity) string {
	var micros int64
	if !e.OccurredAt.IsZero() {
		micros = e.OccurredAt.UnixMicro()
	}
	return fmt.Sprintf("%v:%d:%d:%d:%d", e.Kind, e.UserID, e.BookID, e.Rating, micros)
}

// kind returns what a name says, in our form or in that of the contract: view or KIND_VIEW.
func (r *row) kind() recommend.Kind {
	text := r.cells[kind].text
	name := strings.TrimPrefix(strings.ToLower(text), "kind_")
	parsed, ok := recommend.ParseKind(name)
	if !ok {
		r.fault("kind", "must be one of view, want, rating, purchase, not_interested, got %s", quote(text))
	}
	return parsed
}

// latest is in seconds the greatest time that is taken for seconds: later ones, behind the year
// 5138, are milliseconds.
const latest = 100_000_000_000

// time returns when it was: RFC 3339 or Unix seconds, or zero where the row does not say.
func (r *row) time() time.Time {
	text := r.cells[occurredAt].text
	if text == "" {
		return time.Time{}
	}
	name := r.columns[occurredAt].name
	// As of any whole number, 1700000000.0 is one, too.
	digits, fraction, _ := strings.Cut(text, ".")
	if seconds, err := strconv.ParseInt(digits, 10, 64); err == nil && strings.Trim(fraction, "0") == "" {
		if seconds > latest {
			r.fault(name, "must be in seconds, got milliseconds or less: %s", quote(text))
			return time.Time{}
		}
		return time.Unix(seconds, 0).UTC()
	}
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		r.fault(name, "must be RFC 3339 such as 2026-11-21T08:30:00Z or Unix seconds, got %s", quote(text))
		return time.Time{}
	}
	return parsed.UTC().Truncate(time.Microsecond)
}
