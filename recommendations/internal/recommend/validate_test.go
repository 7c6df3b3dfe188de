package recommend

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// full returns a book with every field set.
func full() Book {
	return Book{
		ID: 1 << 62, Title: "Dune", OriginalTitle: "Dune: complete", Authors: []string{"Frank Herbert"},
		Categories: []Category{NewCategory("Science fiction")}, Year: 1965, ISBN13: "9780441172719",
		Language: "en-US", Description: "Sand.\n\tSpice.", Series: "Dune Chronicles", SeriesPosition: new(0.0),
		AverageRating: 4.19, RatingsCount: 494_853, Price: Money{Currency: "EUR", Units: 9, Nanos: 990_000_000},
		CoverURL: "https://books.example/dune.png",
	}
}

func TestBookValidate(t *testing.T) {
	tests := map[string]struct {
		change func(*Book)
		want   string
	}{
		"everything set":         {func(*Book) {}, ""},
		"only what must be":      {func(b *Book) { *b = Book{ID: 1, Title: "x"} }, ""},
		"BCE":                    {func(b *Book) { b.Year = -720 }, ""},
		"no id":                  {func(b *Book) { b.ID = 0 }, "id: must be 1 or more, got 0"},
		"no title":               {func(b *Book) { b.Title = " " }, "title: must not be empty"},
		"long title":             {func(b *Book) { b.Title = strings.Repeat("é", 251) }, "title: must have 500 bytes or fewer, got 502"},
		"broken text":            {func(b *Book) { b.Series = "a\xff" }, "series: must be valid UTF-8"},
		"control character":      {func(b *Book) { b.OriginalTitle = "a\x00" }, "original_title: must not have control characters"},
		"empty author":           {func(b *Book) { b.Authors = []string{""} }, "authors: must not have an empty name"},
		"many authors":           {func(b *Book) { b.Authors = slices.Repeat([]string{"x"}, 16) }, "authors: must be 15 or fewer, got 16"},
		"category without words": {func(b *Book) { b.Categories = []Category{NewCategory("!")} }, `categories: "!" has neither a letter nor a digit`},
		"many categories":        {func(b *Book) { b.Categories = slices.Repeat([]Category{NewCategory("x")}, 16) }, "categories: must be 15 or fewer, got 16"},
		"year":                   {func(b *Book) { b.Year = 10_000 }, "year: must be between -9999 and 9999, got 10000"},
		"check digit":            {func(b *Book) { b.ISBN13 = "9780441172710" }, `isbn13: must have 13 digits, the last of them the check digit, got "9780441172710"`},
		"short isbn":             {func(b *Book) { b.ISBN13 = "978" }, `isbn13: must have 13 digits, the last of them the check digit, got "978"`},
		"letters in isbn":        {func(b *Book) { b.ISBN13 = "978044117271x" }, `isbn13: must have 13 digits, the last of them the check digit, got "978044117271x"`},
		"negative position":      {func(b *Book) { b.SeriesPosition = new(-1.0) }, "series_position: must be between 0 and 1000000, got -1"},
		"no number":              {func(b *Book) { b.SeriesPosition = new(math.NaN()) }, "series_position: must be between 0 and 1000000, got NaN"},
		"rating":                 {func(b *Book) { b.AverageRating = 0.5 }, "average_rating: must be between 1 and 5, got 0.5"},
		"rating that is none":    {func(b *Book) { b.AverageRating = math.NaN() }, "average_rating: must be between 1 and 5, got NaN"},
		"ratings count":          {func(b *Book) { b.RatingsCount = -1 }, "ratings_count: must not be below 0, got -1"},
		"currency":               {func(b *Book) { b.Price.Currency = "eur" }, "price: must be an amount of 0 or more and a currency of three letters"},
		"negative price":         {func(b *Book) { b.Price.Units = -1 }, "price: must be an amount of 0 or more and a currency of three letters"},
		"cover by http":          {func(b *Book) { b.CoverURL = "http://books.example/1" }, "cover_url: must be an absolute https address"},
		"script as cover":        {func(b *Book) { b.CoverURL = "javascript:alert(1)" }, "cover_url: must be an absolute https address"},
		"two faults":             {func(b *Book) { b.ID, b.Title = -1, "" }, "id: must be 1 or more, got -1\ntitle: must not be empty"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			book := full()
			tt.change(&book)
			got := ""
			if err := book.Validate(); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What a store writes down is what it reads.
func TestBookJSON(t *testing.T) {
	book := full()
	text, err := json.Marshal(book)
	if err != nil {
		t.Fatal(err)
	}
	got := Book{ID: book.ID} // a store keeps the id beside the rest
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, book) {
		t.Errorf("%s is read as %+v, %v", text, got, err)
	}
	for i, value := 0, reflect.ValueOf(book); i < value.NumField(); i++ {
		if value.Field(i).IsZero() {
			t.Errorf("the test's book has no %s", value.Type().Field(i).Name)
		}
	}
	text, err = json.Marshal(Book{ID: 1, Title: "x"})
	if err != nil || string(text) != `{"title":"x"}` {
		t.Errorf("a book without more is written as %s, %v", text, err)
	}
}

func TestActivityValidate(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	valid := Activity{EventID: "e-1", UserID: 1 << 40, BookID: 7, Kind: Rating, Rating: 5, OccurredAt: now}
	tests := map[string]struct {
		change func(*Activity)
		want   string
	}{
		"valid":              {func(*Activity) {}, ""},
		"unknown time":       {func(a *Activity) { a.OccurredAt = time.Time{} }, ""},
		"tomorrow":           {func(a *Activity) { a.OccurredAt = now.Add(24 * time.Hour) }, ""},
		"view":               {func(a *Activity) { a.Kind, a.Rating = View, 0 }, ""},
		"no event id":        {func(a *Activity) { a.EventID = "" }, "event_id: must have 1 to 128 bytes, got 0"},
		"long event id":      {func(a *Activity) { a.EventID = strings.Repeat("x", 129) }, "event_id: must have 1 to 128 bytes, got 129"},
		"space in event id":  {func(a *Activity) { a.EventID = "a b" }, "event_id: must be printable ASCII without spaces"},
		"accent in event id": {func(a *Activity) { a.EventID = "é" }, "event_id: must be printable ASCII without spaces"},
		"no user":            {func(a *Activity) { a.UserID = 0 }, "user_id: must be 1 or more, got 0"},
		"no book":            {func(a *Activity) { a.BookID = -7 }, "book_id: must be 1 or more, got -7"},
		"no kind":            {func(a *Activity) { a.Kind = 0 }, "kind: must be one of view, want, rating, purchase, not_interested"},
		"unknown kind":       {func(a *Activity) { a.Kind = NotInterested + 1 }, "kind: must be one of view, want, rating, purchase, not_interested"},
		"no rating":          {func(a *Activity) { a.Rating = 0 }, "rating: must be between 1 and 5, got 0"},
		"six stars":          {func(a *Activity) { a.Rating = 6 }, "rating: must be between 1 and 5, got 6"},
		"rated view":         {func(a *Activity) { a.Kind = View }, "rating: must be left out of a view, got 5"},
		"long ago":           {func(a *Activity) { a.OccurredAt = time.Unix(0, 0) }, "occurred_at: must be after 1970-01-01 and not in the future, got 1970-01-01T00:00:00Z"},
		"the future":         {func(a *Activity) { a.OccurredAt = now.Add(25 * time.Hour) }, "occurred_at: must be after 1970-01-01 and not in the future, got 2026-11-22T13:00:00Z"},
		"all at once":        {func(a *Activity) { *a = Activity{Kind: View} }, "event_id: must have 1 to 128 bytes, got 0\nuser_id: must be 1 or more, got 0\nbook_id: must be 1 or more, got 0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			event := valid
			tt.change(&event)
			got := ""
			if err := event.Validate(now); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	for kind := View; kind <= NotInterested; kind++ {
		if got, ok := ParseKind(kind.String()); got != kind || !ok {
			t.Errorf("%v is read as %v, %t", kind, got, ok)
		}
	}
	for _, name := range []string{"", "VIEW", "like"} {
		if got, ok := ParseKind(name); ok {
			t.Errorf("%q is read as %v", name, got)
		}
	}
	if got := Kind(9).String(); got != "Kind(9)" {
		t.Errorf("an unknown kind is called %q", got)
	}
}
