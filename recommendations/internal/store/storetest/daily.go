package storetest

import (
	"fmt"
	"math"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

var dailyCases = []testCase{
	{"of nothing are none", func(s *subject) { expect(s, "the number of days", len(s.daily(unknown)), 0) }},
	{"begin at midnight in UTC", dayBorders},
	{"count a reader once", readersOfADay},
	{"tell kinds and books apart", kindsOfADay},
	{"are in order of day, book and kind", daysInOrder},
	{"since is inclusive to the microsecond", sinceInclusive},
	{"since is an instant in any time zone", sinceAnyZone},
	{"leave out events without a time", unknownDay},
	{"follow what is replaced and deleted", daysFollow},
	{"far apart", farDays},
}

var today = noon.Truncate(24 * time.Hour)

// day returns what one or more readers did today or some days from it.
func day(days int, bookID int64, kind recommend.Kind, readers int64) recommend.DailyReaders {
	return recommend.DailyReaders{Day: today.AddDate(0, 0, days), BookID: bookID, Kind: kind, Readers: readers}
}

func dayBorders(s *subject) {
	s.record(view("a", 1, today.Add(-time.Microsecond)), view("b", 1, today), view("c", 2, today.Add(24*time.Hour-time.Microsecond)), view("d", 3, today.Add(24*time.Hour)))
	expect(s, "the days", s.daily(unknown), []recommend.DailyReaders{
		day(-1, 1, recommend.View, 1), day(0, 1, recommend.View, 2), day(1, 1, recommend.View, 1),
	})
}

func readersOfADay(s *subject) {
	s.record(view("a", 1, noon), view("b", 1, after(1)), view("c", 1, after(1)), view("d", 2, noon), view("e", math.MaxInt64, noon))
	expect(s, "the days", s.daily(today), []recommend.DailyReaders{day(0, 1, recommend.View, 3)})
}

func kindsOfADay(s *subject) {
	var want []recommend.DailyReaders
	for book := int64(1); book <= 3; book++ {
		for _, kind := range everyKind {
			readers := book + int64(kind)
			for reader := int64(1); reader <= readers; reader++ {
				s.record(did(kind, fmt.Sprintf("%d-%v-%d", book, kind, reader), reader, book, noon))
			}
			want = append(want, day(0, book, kind, readers))
		}
	}
	expect(s, "the days", s.daily(today), want)
}

func daysInOrder(s *subject) {
	s.record(
		did(recommend.Purchase, "a", 1, 10, after(0)), did(recommend.View, "b", 1, 9, after(0)), did(recommend.View, "c", 1, 10, after(0)),
		did(recommend.NotInterested, "d", 1, 1, after(86_400)), did(recommend.Want, "e", 1, 100, after(-86_400)), did(recommend.Rating, "f", 1, 9, after(0)),
	)
	expect(s, "the days", s.daily(unknown), []recommend.DailyReaders{
		day(-1, 100, recommend.Want, 1), day(0, 9, recommend.View, 1), day(0, 9, recommend.Rating, 1),
		day(0, 10, recommend.View, 1), day(0, 10, recommend.Purchase, 1), day(1, 1, recommend.NotInterested, 1),
	})
}

// What was before since on its day does not count.
func sinceInclusive(s *subject) {
	s.record(view("a", 1, noon.Add(-time.Microsecond)), view("b", 2, noon), view("c", 3, noon.Add(time.Microsecond)))
	for i, want := range []int64{3, 2, 1} {
		since := noon.Add(time.Duration(i-1) * time.Microsecond)
		expect(s, since.String(), s.daily(since), []recommend.DailyReaders{day(0, 1, recommend.View, want)})
	}
	expect(s, "the number of days since later", len(s.daily(after(1))), 0)
}

func sinceAnyZone(s *subject) {
	s.record(view("a", 1, noon.Add(-time.Second)), view("b", 2, noon), view("c", 2, noon.Add(13*time.Hour)))
	since := noon.In(time.FixedZone("east", 14*60*60))
	expect(s, "the days", s.daily(since), []recommend.DailyReaders{day(0, 1, recommend.View, 1), day(1, 1, recommend.View, 1)})
}

func unknownDay(s *subject) {
	s.record(view("a", 1, unknown), view("b", 2, noon))
	for _, since := range []time.Time{unknown, time.Unix(0, 0), today} {
		expect(s, since.String(), s.daily(since), []recommend.DailyReaders{day(0, 1, recommend.View, 1)})
	}
}

func daysFollow(s *subject) {
	s.put(view("a", 1, noon), view("b", 2, noon), view("c", 3, noon))
	s.put(view("a", 1, after(86_400)))
	s.deleteActivity(2, "b")
	expect(s, "the days", s.daily(unknown), []recommend.DailyReaders{day(0, 1, recommend.View, 1), day(1, 1, recommend.View, 1)})
}

func farDays(s *subject) {
	s.record(view("a", 1, endOfTime), view("b", 1, time.Unix(1, 0).UTC()))
	expect(s, "the days", s.daily(unknown), []recommend.DailyReaders{
		{Day: time.Unix(0, 0).UTC(), BookID: 1, Kind: recommend.View, Readers: 1},
		{Day: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), BookID: 1, Kind: recommend.View, Readers: 1},
	})
}
