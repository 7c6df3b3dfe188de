package dataset

import (
	"slices"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

func TestRatings(t *testing.T) {
	want := []recommend.Activity{
		{EventID: "rating:7:1", UserID: 7, BookID: 1, Kind: recommend.Rating, Rating: 5, OccurredAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		{EventID: "rating:7:2", UserID: 7, BookID: 2, Kind: recommend.Rating, Rating: 4},
		{EventID: "rating:9007199254740993:2", UserID: 9007199254740993, BookID: 2, Kind: recommend.Purchase, OccurredAt: time.Unix(1_700_000_000, 0).UTC()},
	}
	for name, content := range map[string]string{
		"CSV":          "user_id,book_id,rating,timestamp\n7,1,5,2026-01-02T03:04:05Z\n7,2,4,\n9007199254740993,2,,1700000000\n",
		"other order":  "Timestamp,Rating,Book-ID,User-ID\n2026-01-02T04:04:05+01:00,5.0,1,7\n,4,2,7\n1700000000.0,,2,9007199254740993\n",
		"JSON Lines":   "{\"user_id\":7,\"book_id\":1,\"rating\":5,\"timestamp\":\"2026-01-02T03:04:05Z\"}\n{\"user_id\":7,\"book_id\":2,\"rating\":\"4\"}\n{\"user_id\":9007199254740993,\"book_id\":2,\"rating\":null,\"timestamp\":1700000000}\n",
		"no last line": "user_id,book_id,rating,timestamp\r\n7,1,5,2026-01-02T03:04:05Z\r\n7,2,4,\r\n9007199254740993,2,,1700000000",
	} {
		events, faults, err := readRatings(content)
		if err != nil || len(faults) > 0 || !slices.Equal(events, want) {
			t.Errorf("%s\ngot  %+v, %q, %v\nwant %+v", name, events, faults, err, want)
		}
	}
}

// A file that says nothing but who has what.
func TestRatingsWithoutRating(t *testing.T) {
	events, faults, err := readRatings("user_id,book_id\n7,1\n")
	want := []recommend.Activity{{EventID: "rating:7:1", UserID: 7, BookID: 1, Kind: recommend.Purchase}}
	if err != nil || len(faults) > 0 || !slices.Equal(events, want) {
		t.Errorf("got %+v, %q, %v", events, faults, err)
	}
}

func TestRowsThatAreNoRatings(t *testing.T) {
	for row, want := range map[string]string{
		"alice@shop.example,1,5,":    "user_id: must be a whole number", // and not who it is
		",1,5,":                      "user_id: must not be empty",
		"0,1,5,":                     "user_id: must be 1 or more, got 0",
		"7,,5,":                      "book_id: must not be empty",
		"7,-1,5,":                    "book_id: must be 1 or more, got -1",
		"7,1,0,":                     "rating: must be between 1 and 5, got 0",
		"7,1,6,":                     "rating: must be between 1 and 5, got 6",
		"7,1,4.5,":                   `rating: must be a whole number, got "4.5"`,
		"7,1,good,":                  `rating: must be a whole number, got "good"`,
		"7,1,5,yesterday":            `timestamp: must be RFC 3339 such as 2026-11-21T08:30:00Z or Unix seconds, got "yesterday"`,
		"7,1,5,2026-01-02":           `timestamp: must be RFC 3339 such as 2026-11-21T08:30:00Z or Unix seconds, got "2026-01-02"`,
		"7,1,5,1700000000000":        `timestamp: must be in seconds, got milliseconds or less: "1700000000000"`,
		"7,1,5,2027-01-01T00:00:00Z": "timestamp: must be after 1970-01-01 and not in the future, got 2027-01-01T00:00:00Z",
		"7,1,5,-1":                   "timestamp: must be after 1970-01-01 and not in the future, got 1969-12-31T23:59:59Z",
	} {
		events, faults, err := readRatings("user_id,book_id,rating,timestamp\n" + row + "\n")
		if err != nil || len(events) > 0 || !slices.Equal(faults, []string{"stdin:2: " + want}) {
			t.Errorf("%s: got %+v, %q, %v; want %q", row, events, faults, err, want)
		}
	}
}

func TestActivity(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 123456000, time.UTC)
	want := []recommend.Activity{
		{EventID: "order-1", UserID: 7, BookID: 1, Kind: recommend.Purchase, OccurredAt: at},
		{EventID: "e2", UserID: 7, BookID: 2, Kind: recommend.Rating, Rating: 4},
		{EventID: "e3", UserID: 8, BookID: 2, Kind: recommend.NotInterested},
	}
	for name, content := range map[string]string{
		"CSV":        "event_id,user_id,book_id,kind,rating,occurred_at\norder-1,7,1,purchase,,2026-01-02T03:04:05.123456789Z\ne2,7,2,rating,4,\ne3,8,2,not_interested,,\n",
		"JSON Lines": `{"event_id":"order-1","user_id":7,"book_id":1,"kind":"purchase","occurred_at":"2026-01-02T03:04:05.123456Z"}` + "\n" + `{"event_id":"e2","user_id":7,"book_id":2,"kind":"rating","rating":4}` + "\n" + `{"event_id":"e3","user_id":8,"book_id":2,"kind":"not_interested"}`,
		// What ListActivity answers, as grpcurl prints it.
		"the contract's JSON": `{"eventId":"order-1","userId":"7","bookId":"1","kind":"KIND_PURCHASE","rating":0,"occurredAt":"2026-01-02T03:04:05.123456Z"}` + "\n" + `{"eventId":"e2","userId":"7","bookId":"2","kind":"KIND_RATING","rating":4}` + "\n" + `{"eventId":"e3","userId":"8","bookId":"2","kind":"KIND_NOT_INTERESTED"}`,
	} {
		events, faults, err := readActivity(content)
		if err != nil || len(faults) > 0 || !slices.Equal(events, want) {
			t.Errorf("%s\ngot  %+v, %q, %v\nwant %+v", name, events, faults, err, want)
		}
	}
}

// Rows without an event id are told apart by what they say, and by nothing else.
func TestActivityWithoutEventIDs(t *testing.T) {
	const rows = "user_id,book_id,kind,rating,occurred_at\n" +
		"7,1,purchase,,1700000000\n7,1,purchase,,1700000001\n7,1,view,,1700000000\n7,1,rating,4,1700000000\n7,1,rating,5,1700000000\n7,11,purchase,,\n71,1,purchase,,\n"
	events, faults, err := readActivity(rows)
	if err != nil || len(faults) > 0 || len(events) != 7 {
		t.Fatal(events, faults, err)
	}
	ids := make(map[string]bool)
	for _, e := range events {
		ids[e.EventID] = true
	}
	if len(ids) != len(events) {
		t.Errorf("the events' ids are %v", ids)
	}
	if again, _, _ := readActivity(rows); !slices.Equal(again, events) {
		t.Errorf("read again they are %+v", again)
	}
	if got := events[0].EventID; got != "purchase:7:1:0:1700000000000000" {
		t.Errorf("the first event's id is %q; another form than before makes every import put everything twice", got)
	}
}

func TestRowsThatAreNoActivity(t *testing.T) {
	for row, want := range map[string]string{
		"e 1,7,1,view,,":    "event_id: must be printable ASCII without spaces",
		"e1,7,1,,,":         `kind: must be one of view, want, rating, purchase, not_interested, got ""`,
		"e1,7,1,like,,":     `kind: must be one of view, want, rating, purchase, not_interested, got "like"`,
		"e1,7,1,view,5,":    "rating: must be left out of a view, got 5",
		"e1,7,1,rating,,":   "rating: must be between 1 and 5, got 0",
		"e1,7,1,view,,soon": `occurred_at: must be RFC 3339 such as 2026-11-21T08:30:00Z or Unix seconds, got "soon"`,
		"e1,7,1,view,,1":    "",
	} {
		events, faults, err := readActivity("event_id,user_id,book_id,kind,rating,occurred_at\n" + row + "\n")
		switch {
		case err != nil:
			t.Errorf("%s: %v", row, err)
		case want == "":
			if len(events) != 1 {
				t.Errorf("%s: got %q", row, faults)
			}
		case !slices.Equal(faults, []string{"stdin:2: " + want}):
			t.Errorf("%s: got %+v, %q; want %q", row, events, faults, want)
		}
	}
}
