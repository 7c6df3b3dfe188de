package storetest

import (
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

var putCases = []testCase{
	{"counts what is new, changed and equal", countPut},
	{"nothing is no change", func(s *subject) { expect(s, "the counts", s.put(), store.Counts{}) }},
	{"of one id in one call the last counts", lastPutCounts},
	{"one that was there and is the last in one call is equal", lastPutEqual},
	{"a change of any field is a change", putEveryField},
	{"an event can move to another reader", putToAnother},
	{"replaces what was recorded", putAfterRecord},
	{"what was put is known to record", recordAfterPut},
	{"a replaced event keeps its place among those of its time", putKeepsPlace},
	{"a replaced event goes where its time belongs", putMovesInTime},
	{"thousands in one call", putMany},
}

func countPut(s *subject) {
	expect(s, "the first time", s.put(view("a", 1, noon), view("b", 1, noon), view("c", 1, noon)), store.Counts{New: 3})
	counts := s.put(view("d", 2, noon), view("c", 1, noon), view("b", 1, after(1)), view("a", 1, noon))
	expect(s, "the second time", counts, store.Counts{New: 1, Changed: 1, Equal: 2})
	expectIDs(s, "the events", s.list(1), "b", "c", "a")
}

func lastPutCounts(s *subject) {
	last := rating("a", 1, 3, 5, after(1))
	expect(s, "the counts", s.put(view("a", 1, noon), view("b", 1, noon), view("a", 2, noon), last), store.Counts{New: 2})
	expect(s, "the events", s.list(1), []recommend.Activity{last, view("b", 1, noon)})
	expectIDs(s, "the reader's in between", s.list(2))
}

func lastPutEqual(s *subject) {
	s.put(view("a", 1, noon))
	expect(s, "the counts", s.put(view("a", 2, after(1)), view("a", 1, noon)), store.Counts{Equal: 1})
	expect(s, "the events", s.list(1), []recommend.Activity{view("a", 1, noon)})
}

func putEveryField(s *subject) {
	event := rating("event", 1, 2, 3, noon)
	s.put(event)
	for _, change := range []struct {
		field string
		to    func(*recommend.Activity)
	}{
		{"rating", func(a *recommend.Activity) { a.Rating = 4 }},
		{"book", func(a *recommend.Activity) { a.BookID = 3 }},
		{"a microsecond", func(a *recommend.Activity) { a.OccurredAt = a.OccurredAt.Add(1000) }},
		{"time that is unknown", func(a *recommend.Activity) { a.OccurredAt = unknown }},
		{"kind", func(a *recommend.Activity) { a.Kind, a.Rating = recommend.Purchase, 0 }},
		{"another kind", func(a *recommend.Activity) { a.Kind = recommend.NotInterested }},
		{"time that is known", func(a *recommend.Activity) { a.OccurredAt = noon }},
		{"reader", func(a *recommend.Activity) { a.UserID = 2 }},
	} {
		change.to(&event)
		expect(s, change.field, s.put(event), store.Counts{Changed: 1})
		expect(s, change.field+" again", s.put(event), store.Counts{Equal: 1})
		expect(s, "the events", s.list(event.UserID), []recommend.Activity{event})
	}
}

func putToAnother(s *subject) {
	s.put(rating("event", 1, 1, 5, noon))
	expect(s, "the counts", s.put(rating("event", 2, 1, 5, noon)), store.Counts{Changed: 1})
	expectIDs(s, "the old reader's", s.list(1))
	expectIDs(s, "the old reader's history", s.history(1))
	expectIDs(s, "the new reader's", s.list(2), "event")
	expect(s, "the book's readers", s.stats()[1].Readers, 1)
	expect(s, "deleted of the old reader's", s.deleteUser(1), 0)
	expect(s, "deleted of the new reader's", s.deleteUser(2), 1)
}

func putAfterRecord(s *subject) {
	s.record(view("event", 1, noon))
	event := rating("event", 1, 2, 4, after(1))
	expect(s, "the counts", s.put(event), store.Counts{Changed: 1})
	expect(s, "the events", s.list(1), []recommend.Activity{event})
}

func recordAfterPut(s *subject) {
	event := rating("event", 1, 2, 4, noon)
	s.put(event)
	expect(s, "recorded", s.record(view("event", 1, after(1)), view("event", 2, noon)), 0)
	expect(s, "the events", s.list(1), []recommend.Activity{event})
}

// An event arrives once: what replaces it has not arrived later.
func putKeepsPlace(s *subject) {
	s.put(view("a", 1, noon), view("b", 1, noon), view("c", 1, noon))
	s.put(did(recommend.Want, "b", 1, 1, noon))
	expectIDs(s, "the events", s.list(1), "c", "b", "a")
	s.put(did(recommend.Want, "c", 1, 1, noon), did(recommend.Want, "a", 1, 1, noon))
	expectIDs(s, "the events in the end", s.list(1), "c", "b", "a")
}

func putMovesInTime(s *subject) {
	s.put(view("a", 1, after(1)), view("b", 1, after(2)), view("c", 1, after(3)))
	s.put(view("a", 1, after(4)))
	expectIDs(s, "after one is newer", s.list(1), "a", "c", "b")
	s.put(view("c", 1, unknown))
	expectIDs(s, "after nobody knows one's time", s.list(1), "a", "b", "c")
}

func putMany(s *subject) {
	events := views("event-", 1, large)
	expect(s, "the counts", s.put(append(events, events[:10]...)...), store.Counts{New: large})
	for i := range events[:large/2] {
		events[i].BookID = 2
	}
	expect(s, "the counts again", s.put(events...), store.Counts{Changed: large / 2, Equal: large - large/2})
	expect(s, "kept", len(s.list(1)), large)
}
