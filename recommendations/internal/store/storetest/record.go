package storetest

import (
	"fmt"
	"math"
	"strings"

	"bookmarket/recommendations/internal/recommend"
)

var recordCases = []testCase{
	{"every kind comes back", recordKinds},
	{"every rating comes back", recordRatings},
	{"nothing is nothing new", func(s *subject) { expect(s, "recorded", s.record(), 0) }},
	{"an id counts once", recordTwice},
	{"an id counts once in one call", recordTwiceAtOnce},
	{"what came first stays", firstStays},
	{"an id is unique among all readers", uniqueAmongReaders},
	{"new and known ids in one call", recordMixed},
	{"ids that differ in case are different", idsByCase},
	{"ids that look like numbers are texts", idsLikeNumbers},
	{"ids of every sign there is", idsOfEverySign},
	{"the longest ids", longIDs},
	{"the largest readers and books", largeNumbers},
	{"thousands in one call", recordMany},
}

func recordKinds(s *subject) {
	var events []recommend.Activity
	for i, kind := range everyKind {
		events = append(events, did(kind, kind.String(), 1, int64(i+1), after(-i)))
	}
	expect(s, "recorded", s.record(events...), len(everyKind))
	expect(s, "the events", s.list(1), events)
}

func recordRatings(s *subject) {
	var events []recommend.Activity
	for stars := 5; stars >= 1; stars-- {
		events = append(events, rating(fmt.Sprint(stars), 1, 1, stars, after(stars)))
	}
	s.record(events...)
	expect(s, "the events", s.list(1), events)
}

func recordTwice(s *subject) {
	event := rating("event", 1, 2, 5, noon)
	expect(s, "recorded at first", s.record(event), 1)
	expect(s, "recorded again", s.record(event), 0)
	expect(s, "the events", s.list(1), []recommend.Activity{event})
}

func recordTwiceAtOnce(s *subject) {
	first, second := view("event", 1, noon), rating("event", 1, 1, 5, after(1))
	expect(s, "recorded", s.record(first, second, first), 1)
	expect(s, "the events", s.list(1), []recommend.Activity{first})
}

func firstStays(s *subject) {
	first := rating("event", 1, 2, 5, noon)
	s.record(first)
	for _, other := range []recommend.Activity{
		rating("event", 1, 2, 1, noon), rating("event", 1, 3, 5, noon), rating("event", 1, 2, 5, after(1)),
		rating("event", 1, 2, 5, unknown), did(recommend.Purchase, "event", 1, 2, noon),
	} {
		expect(s, "recorded", s.record(other), 0)
	}
	expect(s, "the events", s.list(1), []recommend.Activity{first})
}

func uniqueAmongReaders(s *subject) {
	s.record(view("event", 1, noon))
	expect(s, "recorded for another", s.record(view("event", 2, noon)), 0)
	expectIDs(s, "the first reader's", s.list(1), "event")
	expectIDs(s, "the other reader's", s.list(2))
}

func recordMixed(s *subject) {
	s.record(view("a", 1, noon), view("b", 1, after(1)))
	expect(s, "recorded", s.record(view("a", 1, noon), view("c", 1, after(2)), view("b", 1, noon), view("d", 1, after(3))), 2)
	expectIDs(s, "the events", s.list(1), "d", "c", "b", "a")
}

func idsByCase(s *subject) {
	expect(s, "recorded", s.record(view("event-a", 1, noon), view("event-A", 1, noon), view("EVENT-A", 1, noon), view("Event-a", 1, noon)), 4)
	expect(s, "recorded again", s.record(view("EVENT-a", 1, noon), view("event-A", 1, noon)), 1)
	expectIDs(s, "the events", s.list(1), "EVENT-a", "Event-a", "EVENT-A", "event-A", "event-a")
}

func idsLikeNumbers(s *subject) {
	numbers := []string{"1", "01", "1.0", "1e0", "+1", "-1", "0x1", "9223372036854775808", "9.2233720368547758e18", "NULL", "true"}
	for _, id := range numbers {
		expect(s, "recorded "+id, s.record(view(id, 1, noon)), 1)
	}
	for i, event := range s.list(1) {
		expect(s, "the id", event.EventID, numbers[len(numbers)-1-i])
	}
	expect(s, "deleted", s.deleteActivity(1, "1", "1.0"), 2)
	expect(s, "left", len(s.list(1)), len(numbers)-2)
}

func idsOfEverySign(s *subject) {
	var events []recommend.Activity
	for sign := '!'; sign <= '~'; sign++ {
		events = append(events, view(string(sign), 1, after(-len(events))))
	}
	expect(s, "recorded", s.record(events...), len(events))
	expect(s, "the events", s.list(1), events)
	for i, event := range events {
		expect(s, "deleted "+event.EventID, s.deleteActivity(1, event.EventID), 1)
		expect(s, "left", len(s.list(1)), len(events)-1-i)
	}
}

func longIDs(s *subject) {
	most := strings.Repeat("x", recommend.MaxEventID-1)
	expect(s, "recorded", s.record(view(most+"a", 1, noon), view(most+"b", 1, noon), view(most, 1, noon), view("x", 1, noon)), 4)
	expectIDs(s, "the events", s.list(1), "x", most, most+"b", most+"a")
}

func largeNumbers(s *subject) {
	events := []recommend.Activity{
		did(recommend.Purchase, "a", math.MaxInt64, math.MaxInt64, noon),
		did(recommend.Purchase, "b", math.MaxInt64-1, math.MaxInt64-1, noon),
		did(recommend.Purchase, "c", 1<<53+1, 1<<53+1, noon),
		did(recommend.Purchase, "d", 1<<53, 1<<53, noon),
	}
	s.record(events...)
	for _, event := range events {
		expect(s, "the events", s.list(event.UserID), []recommend.Activity{event})
		expect(s, "the book's statistics", s.stats()[event.BookID], recommend.BookStats{Readers: 1})
	}
}

func recordMany(s *subject) {
	events := views("event-", 1, large)
	expect(s, "recorded", s.record(append(events, events...)...), large)
	expect(s, "recorded again", s.record(append(events, view("another", 1, after(-1)))...), 1)
	got := s.list(1)
	expect(s, "kept", len(got), large+1)
	for i := range got[:large] {
		if want := events[large-1-i]; got[i] != want {
			s.Fatalf("event %d is %+v, want %+v", i, got[i], want)
		}
	}
}
