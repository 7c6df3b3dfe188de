package storetest

import (
	"fmt"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

var (
	noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	// unknown is the time of an event that nobody noted.
	unknown time.Time
	// endOfTime is the latest that a time can be written down in the usual formats.
	endOfTime = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
)

// everyKind is every kind there is.
var everyKind = []recommend.Kind{recommend.View, recommend.Want, recommend.Rating, recommend.Purchase, recommend.NotInterested}

// after returns a time some seconds after noon.
func after(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// did returns an event of any kind; a rating has three stars.
func did(kind recommend.Kind, id string, userID, bookID int64, when time.Time) recommend.Activity {
	event := recommend.Activity{EventID: id, UserID: userID, BookID: bookID, Kind: kind, OccurredAt: when}
	if kind == recommend.Rating {
		event.Rating = 3
	}
	return event
}

func view(id string, userID int64, when time.Time) recommend.Activity {
	return did(recommend.View, id, userID, 1, when)
}

func rating(id string, userID, bookID int64, stars int, when time.Time) recommend.Activity {
	event := did(recommend.Rating, id, userID, bookID, when)
	event.Rating = stars
	return event
}

// views returns n views of a reader's, a second apart, the oldest first.
func views(prefix string, userID int64, n int) []recommend.Activity {
	events := make([]recommend.Activity, n)
	for i := range events {
		events[i] = view(fmt.Sprint(prefix, i), userID, after(i))
	}
	return events
}

func titled(id int64, title string) recommend.Book { return recommend.Book{ID: id, Title: title} }

// fullBook returns a book with every field set.
func fullBook() recommend.Book {
	return recommend.Book{
		ID: 7, Title: "The Left Hand of Darkness", OriginalTitle: "The Left Hand of Darkness: a novel",
		Authors:    []string{"Ursula K. Le Guin", "Someone Else"},
		Categories: []recommend.Category{recommend.NewCategory("Science fiction"), recommend.NewCategory("Classics")},
		Year:       1969, ISBN13: "9780441478125", Language: "en-US", Description: "Winter.\n\tAlways.",
		Series: "Hainish Cycle", SeriesPosition: new(4.5), AverageRating: 4.06, RatingsCount: 123_456,
		Price: recommend.Money{Currency: "EUR", Units: 9, Nanos: 990_000_000}, CoverURL: "https://books.example/7.png?a=b&c=d",
	}
}
