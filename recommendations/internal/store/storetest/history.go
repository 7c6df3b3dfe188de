package storetest

import (
	"fmt"
	"slices"

	"bookmarket/recommendations/internal/recommend"
)

var historyCases = []testCase{
	{"of few events is all of them", shortHistory},
	{"is in the order of events", historyOrder},
	{"has as many views as there may be", historyOfViews},
	{"has the latest views only", latestViews},
	{"has everything but views for ever", historyForEver},
	{"leaves views without a time out first", unknownViewsGoFirst},
	{"of two readers do not share their views", historiesApart},
	{"a deleted view makes room for an older one", viewMakesRoom},
}

func shortHistory(s *subject) {
	events := mixed("event-", 1, 40)
	s.record(events...)
	expect(s, "the number of events", len(s.history(1)), 40)
	expect(s, "the history", s.history(1), s.list(1))
}

func historyOrder(s *subject) {
	s.record(view("m", 1, noon), did(recommend.Want, "z", 1, 1, unknown), did(recommend.Purchase, "a", 1, 1, noon), view("y", 1, unknown), rating("b", 1, 1, 5, after(1)))
	expectIDs(s, "the history", s.history(1), "b", "a", "m", "y", "z")
}

func historyOfViews(s *subject) {
	s.record(views("view-", 1, recommend.MaxViews)...)
	expect(s, "the history", s.history(1), s.list(1))
}

func latestViews(s *subject) {
	s.record(views("view-", 1, recommend.MaxViews+50)...)
	expect(s, "the history", s.history(1), s.list(1)[:recommend.MaxViews])
	expect(s, "all", len(s.list(1)), recommend.MaxViews+50)
}

// Of events of one instant those that arrived last are the latest views.
func historyForEver(s *subject) {
	var old []recommend.Activity
	for i, kind := range everyKind[1:] {
		for j := range recommend.MaxViews {
			old = append(old, did(kind, fmt.Sprintf("%v-%d", kind, j), 1, int64(j+1), after(-1-i)))
		}
	}
	s.record(old...)
	newer := views("view-", 1, recommend.MaxViews+1)
	for i := range newer {
		newer[i].OccurredAt = noon
	}
	s.record(newer...)
	all := s.list(1)
	expect(s, "all", len(all), len(old)+recommend.MaxViews+1)
	expect(s, "the history", s.history(1), slices.Delete(all, recommend.MaxViews, recommend.MaxViews+1))
}

func unknownViewsGoFirst(s *subject) {
	s.record(views("known-", 1, recommend.MaxViews-1)...)
	s.record(view("unknown-a", 1, unknown), view("unknown-b", 1, unknown), did(recommend.Want, "want", 1, 1, unknown))
	history := s.history(1)
	expect(s, "the number of events", len(history), recommend.MaxViews+1)
	expectIDs(s, "the last two", history[len(history)-2:], "want", "unknown-b")
}

func historiesApart(s *subject) {
	s.record(views("first-", 1, recommend.MaxViews)...)
	s.record(views("second-", 2, recommend.MaxViews)...)
	for reader := int64(1); reader <= 2; reader++ {
		expect(s, "the history", s.history(reader), s.list(reader))
	}
}

func viewMakesRoom(s *subject) {
	s.record(views("view-", 1, recommend.MaxViews+1)...)
	s.deleteActivity(1, fmt.Sprint("view-", recommend.MaxViews))
	history := s.history(1)
	expect(s, "the number of views", len(history), recommend.MaxViews)
	expectIDs(s, "the oldest", history[len(history)-1:], "view-0")
}
