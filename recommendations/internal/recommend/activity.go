package recommend

import (
	"errors"
	"fmt"
	"time"
)

// A Kind is what a reader did. The numbers are those of the contract, and stores keep them.
type Kind int8

// What readers do.
const (
	View Kind = iota + 1
	Want
	Rating
	Purchase
	NotInterested
)

var kinds = [...]string{"", "view", "want", "rating", "purchase", "not_interested"}

// String returns the kind's name in files.
func (k Kind) String() string {
	if k < View || k > NotInterested {
		return fmt.Sprintf("Kind(%d)", int8(k))
	}
	return kinds[k]
}

// ParseKind returns the kind of a name in files.
func ParseKind(name string) (Kind, bool) {
	for kind := View; kind <= NotInterested; kind++ {
		if kinds[kind] == name {
			return kind, true
		}
	}
	return 0, false
}

// An Activity is something that a reader did.
type Activity struct {
	EventID    string // the same id twice counts once
	UserID     int64
	BookID     int64 // the catalogue may not have it yet
	Kind       Kind
	Rating     int       // 1 to 5 with Rating, 0 with any other kind
	OccurredAt time.Time // UTC, whole microseconds; zero: unknown
}

// MaxEventID is the length of an event id, in bytes.
const MaxEventID = 128

// Validate returns a [FieldError] for each fault, joined, or nil. now bounds OccurredAt.
func (a *Activity) Validate(now time.Time) error {
	var f faults
	if problem := EventIDProblem(a.EventID); problem != "" {
		f.add("event_id", "%s", problem)
	}
	if a.UserID <= 0 {
		f.add("user_id", "must be 1 or more, got %d", a.UserID)
	}
	if a.BookID <= 0 {
		f.add("book_id", "must be 1 or more, got %d", a.BookID)
	}
	switch {
	case a.Kind < View || a.Kind > NotInterested:
		f.add("kind", "must be one of view, want, rating, purchase, not_interested")
	case a.Kind == Rating && (a.Rating < 1 || a.Rating > 5):
		f.add("rating", "must be between 1 and 5, got %d", a.Rating)
	case a.Kind != Rating && a.Rating != 0:
		f.add("rating", "must be left out of a %v, got %d", a.Kind, a.Rating)
	}
	if t := a.OccurredAt; !t.IsZero() && (t.Unix() <= 0 || t.After(now.Add(24*time.Hour))) {
		f.add("occurred_at", "must be after 1970-01-01 and not in the future, got %s", t.UTC().Format(time.RFC3339))
	}
	return errors.Join(f...)
}

// EventIDProblem says what is wrong with an event id, or nothing.
func EventIDProblem(id string) string {
	if id == "" || len(id) > MaxEventID {
		return fmt.Sprintf("must have 1 to %d bytes, got %d", MaxEventID, len(id))
	}
	for _, c := range []byte(id) {
		if c < '!' || c > '~' {
			return "must be printable ASCII without spaces"
		}
	}
	return ""
}
