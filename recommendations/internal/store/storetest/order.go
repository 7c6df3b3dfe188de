package storetest

import (
	"fmt"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

var orderCases = []testCase{
	{"the newest comes first", newestFirst},
	{"events of one instant come in reverse order of arrival", arrival},
	{"events of one instant in one call", arrivalAtOnce},
	{"events without a time come last", unknownLast},
	{"an event recorded again arrives again", arrivesAgain},
	{"a microsecond makes a difference", microseconds},
	{"times come back in UTC", timesInUTC},
	{"times far apart", farTimes},
	{"other readers are invisible", otherReaders},
	{"who did nothing has nothing", nothing},
}

func newestFirst(s *subject) {
	s.record(view("b", 1, after(2)), view("d", 1, after(4)))
	s.record(view("a", 1, after(1)))
	s.record(view("c", 1, after(3)), view("e", 1, after(5)))
	expectIDs(s, "the events", s.list(1), "e", "d", "c", "b", "a")
}

// The ids are out of their own order, so that it cannot stand in for the arrival's.
func arrival(s *subject) {
	for _, id := range []string{"m", "z", "a", "y", "b"} {
		s.record(view(id, 1, noon))
		s.record(view("another's-"+id, 2, noon))
	}
	expectIDs(s, "the events", s.list(1), "b", "y", "a", "z", "m")
}

func arrivalAtOnce(s *subject) {
	s.record(view("m", 1, noon), view("z", 1, noon), view("a", 1, noon))
	s.put(view("y", 1, noon), view("b", 1, noon))
	expectIDs(s, "the events", s.list(1), "b", "y", "a", "z", "m")
}

func unknownLast(s *subject) {
	s.record(view("m", 1, unknown), view("old", 1, time.Unix(1, 0).UTC()), view("z", 1, unknown), view("new", 1, noon), view("a", 1, unknown))
	expectIDs(s, "the events", s.list(1), "new", "old", "a", "z", "m")
	if got := s.list(1)[2].OccurredAt; !got.IsZero() {
		s.Errorf("an unknown time came back as %v", got)
	}
}

func arrivesAgain(s *subject) {
	s.record(view("a", 1, noon), view("b", 1, noon), view("c", 1, noon))
	s.deleteActivity(1, "a")
	s.record(view("a", 1, noon))
	expectIDs(s, "the events", s.list(1), "a", "c", "b")
}

func microseconds(s *subject) {
	var want []recommend.Activity
	for i := range 20 {
		event := view(fmt.Sprint(i), 1, noon.Add(time.Duration(999_990+i)*time.Microsecond))
		s.record(event)
		want = append([]recommend.Activity{event}, want...)
	}
	expect(s, "the events", s.list(1), want)
}

func timesInUTC(s *subject) {
	s.record(view("event", 1, noon))
	for _, events := range [][]recommend.Activity{s.list(1), s.history(1)} {
		if got := events[0].OccurredAt; got != noon {
			s.Errorf("got %v, want %v", got, noon)
		}
	}
	want := []recommend.DailyReaders{{Day: noon.Truncate(24 * time.Hour), BookID: 1, Kind: recommend.View, Readers: 1}}
	expect(s, "the day", s.daily(unknown), want)
}

func farTimes(s *subject) {
	events := []recommend.Activity{
		view("the-last-that-is", 1, endOfTime),
		view("after-32-bits", 1, time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC)),
		view("a-leap-day", 1, time.Date(2024, 2, 29, 23, 59, 59, 999_999_000, time.UTC)),
		view("a-switch-to-summer", 1, time.Date(2023, 3, 26, 2, 30, 0, 1000, time.UTC)),
		view("the-first-that-is", 1, time.Unix(1, 0).UTC()),
	}
	s.record(events[3], events[0], events[4], events[2], events[1])
	expect(s, "the events", s.list(1), events)
}

func otherReaders(s *subject) {
	readers := []int64{1, 2, 10, 11, 12, 21, 1 << 40}
	for _, reader := range readers {
		for _, kind := range everyKind {
			s.record(did(kind, fmt.Sprintf("%d-%v", reader, kind), reader, 1, noon))
		}
	}
	for _, reader := range readers {
		for what, events := range map[string][]recommend.Activity{"events": s.list(reader), "history": s.history(reader)} {
			expect(s, "the number of "+what, len(events), len(everyKind))
			for _, event := range events {
				expect(s, "the reader of "+what, event.UserID, reader)
			}
		}
	}
}

func nothing(s *subject) {
	s.record(view("another's", 2, noon))
	events, next := s.page(1, nil, 10)
	if len(events) != 0 || next != nil || len(s.history(1)) != 0 {
		s.Errorf("%d events, next %v, a history of %d", len(events), next, len(s.history(1)))
	}
}
