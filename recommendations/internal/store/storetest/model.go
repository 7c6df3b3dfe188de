package storetest

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// A model is what a store is to its callers, in the fewest words: it keeps lists, and goes
// through all of them to answer.
type model struct {
	books    []recommend.Book
	events   []arrived
	arrivals int
}

// An arrived event has the number of its arrival.
type arrived struct {
	recommend.Activity

	number int
}

// A place is one among events.
type place struct {
	time   time.Time
	number int
}

func (a *arrived) place() place { return place{a.OccurredAt, a.number} }

// before reports whether a place comes before another. The zero time is before any other.
func (p place) before(q place) bool {
	return p.time.After(q.time) || p.time.Equal(q.time) && p.number > q.number
}

func (m *model) putBooks(books []recommend.Book) (counts store.Counts) {
	for i, book := range books {
		same := func(b recommend.Book) bool { return b.ID == book.ID }
		if slices.ContainsFunc(books[i+1:], same) {
			continue
		}
		switch at := slices.IndexFunc(m.books, same); {
		case at < 0:
			counts.New++
			m.books = append(m.books, book)
		case reflect.DeepEqual(m.books[at], book):
			counts.Equal++
		default:
			counts.Changed++
			m.books[at] = book
		}
	}
	slices.SortFunc(m.books, func(a, b recommend.Book) int { return cmp.Compare(a.ID, b.ID) })
	return counts
}

func (m *model) find(eventID string) int {
	return slices.IndexFunc(m.events, func(a arrived) bool { return a.EventID == eventID })
}

func (m *model) record(events []recommend.Activity) (recorded int) {
	for _, event := range events {
		if m.find(event.EventID) < 0 {
			m.arrivals++
			m.events = append(m.events, arrived{event, m.arrivals})
			recorded++
		}
	}
	return recorded
}

// put counts each id once, by comparing what there was with what there is.
func (m *model) put(events []recommend.Activity) (counts store.Counts) {
	old := slices.Clone(m.events)
	for _, event := range events {
		if m.record([]recommend.Activity{event}) == 0 {
			m.events[m.find(event.EventID)].Activity = event
		}
	}
	for _, now := range m.events {
		given := slices.ContainsFunc(events, func(a recommend.Activity) bool { return a.EventID == now.EventID })
		known := slices.ContainsFunc(old, func(a arrived) bool { return a.EventID == now.EventID })
		switch {
		case !given:
		case !known:
			counts.New++
		case slices.Contains(old, now):
			counts.Equal++
		default:
			counts.Changed++
		}
	}
	return counts
}

func (m *model) deleteIf(gone func(arrived) bool) int {
	before := len(m.events)
	m.events = slices.DeleteFunc(m.events, gone)
	return before - len(m.events)
}

// list returns a reader's events after a place, and the place of each.
func (m *model) list(userID int64, after *place) (events []recommend.Activity, places []place) {
	var all []arrived
	for _, event := range m.events {
		if event.UserID == userID && (after == nil || after.before(event.place())) {
			all = append(all, event)
		}
	}
	slices.SortFunc(all, func(a, b arrived) int {
		if a.place().before(b.place()) {
			return -1
		}
		return 1
	})
	for _, event := range all {
		events, places = append(events, event.Activity), append(places, event.place())
	}
	return events, places
}

func (m *model) history(userID int64) (events []recommend.Activity) {
	all, _ := m.list(userID, nil)
	room := recommend.MaxViews
	for _, event := range all {
		if event.Kind == recommend.View {
			room--
		}
		if event.Kind != recommend.View || room >= 0 {
			events = append(events, event)
		}
	}
	return events
}

func (m *model) stats() bookStats {
	type pair struct{ userID, bookID int64 }
	readers, raters := make(map[pair]bool), make(map[pair]bool)
	stats := make(bookStats)
	for _, userID := range readersOf(m.events) {
		events, _ := m.list(userID, nil)
		for _, event := range events {
			p, book := pair{event.UserID, event.BookID}, stats[event.BookID]
			if event.Kind == recommend.View || event.Kind == recommend.NotInterested {
				continue
			}
			if !readers[p] {
				readers[p] = true
				book.Readers++
			}
			if event.Kind == recommend.Rating && !raters[p] {
				raters[p] = true
				book.Ratings, book.RatingSum = book.Ratings+1, book.RatingSum+int64(event.Rating)
			}
			stats[event.BookID] = book
		}
	}
	return stats
}

func readersOf(events []arrived) (readers []int64) {
	for _, event := range events {
		readers = append(readers, event.UserID)
	}
	slices.Sort(readers)
	return slices.Compact(readers)
}

func (m *model) daily(since time.Time) (daily []recommend.DailyReaders) {
	type doing struct {
		day  recommend.DailyReaders
		user int64
	}
	var all []doing
	for _, event := range m.events {
		if t := event.OccurredAt; !t.IsZero() && !t.Before(since) {
			midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
			all = append(all, doing{recommend.DailyReaders{Day: midnight, BookID: event.BookID, Kind: event.Kind}, event.UserID})
		}
	}
	slices.SortFunc(all, func(a, b doing) int {
		return cmp.Or(a.day.Day.Compare(b.day.Day), cmp.Compare(a.day.BookID, b.day.BookID), cmp.Compare(a.day.Kind, b.day.Kind), cmp.Compare(a.user, b.user))
	})
	for i, d := range slices.Compact(all) {
		if last := len(daily) - 1; i > 0 && daily[last].Day.Equal(d.day.Day) && daily[last].BookID == d.day.BookID && daily[last].Kind == d.day.Kind {
			daily[last].Readers++
			continue
		}
		d.day.Readers = 1
		daily = append(daily, d.day)
	}
	return daily
}
