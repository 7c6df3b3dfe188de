package storetest

import (
	"math"
	"time"

	"pgregory.net/rapid"

	"bookmarket/recommendations/internal/recommend"
)

// What the machine draws from is little, so that things meet.
var (
	userIDs    = []int64{1, 2, 11, math.MaxInt64}
	oldBookIDs = []int64{1, 2, 10, math.MaxInt64}

	someUser    = rapid.SampledFrom(userIDs)
	someEventID = rapid.SampledFrom([]string{"a", "A", "b", "1", "01", "%", "'", "view-0", "view-1", "view-300"})
	someTime    = rapid.SampledFrom([]time.Time{
		unknown, noon, noon.Add(time.Microsecond), today, today.Add(-time.Microsecond), today.Add(24 * time.Hour), time.Unix(1, 0).UTC(), endOfTime,
	})
	someEvents = rapid.SliceOfN(rapid.Custom(someEvent), 0, 6)
)

func someEvent(t *rapid.T) recommend.Activity {
	event := recommend.Activity{
		EventID:    someEventID.Draw(t, "id"),
		UserID:     someUser.Draw(t, "reader"),
		BookID:     rapid.SampledFrom(oldBookIDs).Draw(t, "book"),
		Kind:       rapid.SampledFrom(everyKind).Draw(t, "kind"),
		OccurredAt: someTime.Draw(t, "time"),
	}
	if event.Kind == recommend.Rating {
		event.Rating = rapid.IntRange(1, 5).Draw(t, "stars")
	}
	return event
}

func someBook(ids []int64) *rapid.Generator[recommend.Book] {
	return rapid.Custom(func(t *rapid.T) recommend.Book {
		return recommend.Book{
			ID:             rapid.SampledFrom(ids).Draw(t, "id"),
			Title:          rapid.SampledFrom([]string{"at first", "a", "A", "á"}).Draw(t, "title"),
			Authors:        rapid.SampledFrom([][]string{nil, {}, {"a", "b"}, {"b", "a"}}).Draw(t, "authors"),
			SeriesPosition: rapid.SampledFrom([]*float64{nil, new(0.0), new(1.5)}).Draw(t, "position"),
		}
	})
}
