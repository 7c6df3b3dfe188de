package recclient

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

// FuzzAnswers gives any bytes as the answer to every call: what comes of them is what the shop's
// types promise, and not more than was asked for.
func FuzzAnswers(f *testing.F) {
	for _, message := range seeds() {
		raw, err := proto.Marshal(message)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, ctx := New(rawConn(raw)), t.Context()
		categories, err := c.Categories(ctx)
		checkCategories(t, categories, err)

		book, err := c.Book(ctx, 7)
		if (book == nil) != (err != nil) {
			t.Fatalf("book %v, %v", book, err)
		}
		if book != nil {
			checkBooks(t, []*shop.Book{book}, 1)
		}
		books, err := c.Books(ctx, []int64{7, 1, 8})
		checkFailed(t, len(books), err)
		checkBooks(t, books, asked)
		if ids := bookIDs(books); !slices.IsSortedFunc(ids, func(a, b int64) int { return slices.Index([]int64{7, 1, 8}, a) - slices.Index([]int64{7, 1, 8}, b) }) {
			t.Fatalf("books are in the order %v", ids)
		}
		list, err := c.List(ctx, shop.ListQuery{Size: asked, Page: "p1"})
		checkList(t, list, err)
		list, err = c.Search(ctx, shop.SearchQuery{Text: "x", Size: asked, Page: "p1"})
		checkList(t, list, err)

		picks, err := c.Recommend(ctx, shop.Visitor{}, "", asked)
		checkPicks(t, picks, err)
		picks, err = c.Similar(ctx, 7, 0, asked)
		checkPicks(t, picks, err)
		if slices.ContainsFunc(picks, func(p shop.Pick) bool { return p.Book.ID == 7 }) {
			t.Fatal("a book goes with itself")
		}
		picks, err = c.Popular(ctx, "", asked)
		checkPicks(t, picks, err)
		picks, err = c.Trending(ctx, asked)
		checkPicks(t, picks, err)

		events, next, err := c.Events(ctx, 7, "p1")
		checkFailed(t, len(events), err)
		checkEvents(t, events, 7)
		checkNext(t, next, len(events))
		if n, _ := c.Erase(ctx, 7); n < 0 {
			t.Fatalf("erased %d", n)
		}
	})
}

// asked is how many books FuzzAnswers asks for.
const asked = 3

// seeds are answers with something of everything, good and bad.
func seeds() []proto.Message {
	nan, long := math.NaN(), strings.Repeat("é", 9<<10)
	books := []*bookmarketv1.Book{
		{
			Id: 7, Title: "Dune", OriginalTitle: "Dune (Dune Chronicles, #1)", Authors: []string{"Frank Herbert", ""},
			Categories: []string{"science-fiction", "a b"}, PublicationYear: 1965, Isbn13: "9780441172719", Language: "en-US",
			Description: long, Series: "Dune Chronicles", SeriesPosition: proto.Float64(1), AverageRating: 4.2, RatingsCount: 1 << 33,
			Price: &bookmarketv1.Money{CurrencyCode: "BRL", Units: 49, Nanos: 900_000_000}, CoverUrl: "https://covers.test/6.jpg?size=l",
		},
		{
			Id: 8, Title: "\x00t\u202e", Authors: slices.Repeat([]string{"a"}, 20), PublicationYear: -1 << 31, Series: "s", SeriesPosition: &nan,
			AverageRating: nan, RatingsCount: -1, Price: &bookmarketv1.Money{CurrencyCode: "BRL", Nanos: -1}, CoverUrl: "javascript:alert(1)",
		},
		nil,
		{Id: -1, Title: "t"},
		{Id: 1, Title: "t"},
		{Id: 2, Title: "t"},
		{Id: 7, Title: "again"},
	}
	because := []*bookmarketv1.Contribution{{BookId: 3, Share: 1}, {BookId: 0, Share: 1}, {BookId: 3, Share: 1}, {BookId: 4, Share: nan}, {BookId: 5, Share: 1}, {BookId: 6, Share: 1}}
	var picks []*bookmarketv1.Recommendation
	for i, book := range books {
		picks = append(picks, &bookmarketv1.Recommendation{
			Book: book, Score: math.Inf(1),
			Reason: &bookmarketv1.Reason{Kind: bookmarketv1.Reason_Kind(i), BecauseOf: because},
		})
	}
	at := &timestamppb.Timestamp{Seconds: 1 << 30}
	return []proto.Message{
		new(bookmarketv1.GetBookResponse),
		&bookmarketv1.ListCategoriesResponse{Categories: []*bookmarketv1.Category{{Slug: "poetry", Name: "Poetry", BookCount: 9}, {Slug: "/", Name: "n", BookCount: -1}, {Slug: "s", Name: "s", BookCount: 10}}},
		&bookmarketv1.GetBookResponse{Book: books[0]},
		&bookmarketv1.BatchGetBooksResponse{Books: books},
		&bookmarketv1.ListBooksResponse{Books: books, NextPageToken: "p2", TotalSize: 70},
		&bookmarketv1.ListBooksResponse{Books: books[1:], NextPageToken: long, TotalSize: -1},
		&bookmarketv1.RecommendResponse{Recommendations: picks},
		&bookmarketv1.RecommendResponse{Recommendations: []*bookmarketv1.Recommendation{{
			Book: books[4], Reason: &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_BECAUSE_YOU_LIKED, BecauseOf: because},
		}}},
		&bookmarketv1.ListActivityResponse{NextPageToken: "p2", Activities: []*bookmarketv1.Activity{
			{EventId: "e0", UserId: 7, BookId: 6, Kind: bookmarketv1.Activity_KIND_VIEW},
			{EventId: "e1", UserId: 7, BookId: 6, Kind: bookmarketv1.Activity_KIND_RATING, Rating: 5, OccurredAt: at},
			{EventId: "e1", UserId: 7, BookId: 6, Kind: bookmarketv1.Activity_KIND_WANT},
			{EventId: "e 2", UserId: 8, BookId: -1, Kind: 9, Rating: 77, OccurredAt: &timestamppb.Timestamp{Nanos: -1}},
		}},
		&bookmarketv1.DeleteUserDataResponse{DeletedActivityCount: -5},
	}
}

func checkFailed(t *testing.T, n int, err error) {
	t.Helper()
	if err != nil && n > 0 {
		t.Fatalf("%d parts and %v", n, err)
	}
}

// checkText checks a text of people's.
func checkText(t *testing.T, what, text string, most int, lines bool) {
	t.Helper()
	if len(text) > most || !utf8.ValidString(text) || strings.TrimSpace(text) != text ||
		strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && (!lines || r != '\n' && r != '\t') }) {
		t.Fatalf("%s is %.100q of %d bytes", what, text, len(text))
	}
}

func checkSlug(t *testing.T, slug string) {
	t.Helper()
	checkText(t, "slug", slug, 1<<10, false)
	if slug == "" || strings.ContainsAny(slug, "/?#%&. ") {
		t.Fatalf("slug %q", slug)
	}
}

func checkCategories(t *testing.T, categories []shop.Category, err error) {
	t.Helper()
	checkFailed(t, len(categories), err)
	seen := make(map[string]bool)
	last := math.MaxInt
	for _, c := range categories {
		checkSlug(t, c.Slug)
		checkText(t, "name", c.Name, 1<<10, false)
		if c.Name == "" || c.Count < 0 || c.Count > last || seen[c.Slug] {
			t.Fatalf("category %+v after %d", c, last)
		}
		seen[c.Slug], last = true, c.Count
	}
	if len(categories) > 1000 {
		t.Fatalf("%d categories", len(categories))
	}
}

func checkBooks(t *testing.T, books []*shop.Book, most int) {
	t.Helper()
	if len(books) > most {
		t.Fatalf("%d books", len(books))
	}
	seen := make(map[int64]bool)
	for _, b := range books {
		if b == nil || b.ID < 1 || b.Title == "" || seen[b.ID] {
			t.Fatalf("book %+v", b)
		}
		seen[b.ID] = true
		checkBook(t, b)
	}
}

func checkBook(t *testing.T, b *shop.Book) {
	t.Helper()
	for what, text := range map[string]string{"title": b.Title, "original title": b.OriginalTitle, "series": b.Series} {
		checkText(t, what, text, 1<<10, false)
	}
	checkText(t, "description", b.Description, 16<<10, true)
	for _, author := range b.Authors {
		checkText(t, "author", author, 1<<10, false)
	}
	for _, category := range b.Categories {
		checkSlug(t, category)
	}
	if len(b.Authors) > 15 || slices.Contains(b.Authors, "") || len(b.Categories) > 15 || b.OriginalTitle == b.Title {
		t.Fatalf("%+v", b)
	}
	if !(b.AverageRating == 0 || b.AverageRating >= 1 && b.AverageRating <= 5) || b.RatingsCount < 0 || b.Year < -9999 || b.Year > 9999 {
		t.Fatalf("numbers of %+v", b)
	}
	if p := b.SeriesPosition; p != -1 && !(p >= 0 && p <= 1e6 && b.Series != "") {
		t.Fatalf("position %v in %q", p, b.Series)
	}
	if b.ISBN13 != "" && (len(b.ISBN13) != 13 || strings.Trim(b.ISBN13, "0123456789") != "") || len(b.Language) > 35 {
		t.Fatalf("isbn %q, language %q", b.ISBN13, b.Language)
	}
	if m := b.Price; m != (shop.Money{}) && (len(m.Currency) != 3 || m.Units < 0 || m.Nanos < 0 || m.Nanos >= 1e9) {
		t.Fatalf("price %+v", m)
	}
	if u, err := url.Parse(b.CoverURL); b.CoverURL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(b.CoverURL) > 1<<10) {
		t.Fatalf("cover %q", b.CoverURL)
	}
}

func checkPicks(t *testing.T, picks []shop.Pick, err error) {
	t.Helper()
	checkFailed(t, len(picks), err)
	var books []*shop.Book
	for _, p := range picks {
		books = append(books, p.Book)
		switch p.Reason.Kind {
		case shop.BecauseYouLiked, shop.SimilarContent:
			seen := map[int64]bool{p.Book.ID: true}
			for _, b := range p.Reason.Because {
				if b.ID < 1 || b.Title != "" || seen[b.ID] {
					t.Fatalf("book %d because of %+v", p.Book.ID, b)
				}
				seen[b.ID] = true
			}
			if n := len(p.Reason.Because); n < 1 || n > 3 {
				t.Fatalf("because of %d books", n)
			}
		case shop.NoReason, shop.Popular, shop.Trending:
			if p.Reason.Because != nil {
				t.Fatalf("reason %+v", p.Reason)
			}
		default:
			t.Fatalf("reason %q", p.Reason.Kind)
		}
	}
	checkBooks(t, books, asked)
	checkNoDescriptions(t, books)
}

func checkNoDescriptions(t *testing.T, books []*shop.Book) {
	t.Helper()
	if slices.ContainsFunc(books, func(b *shop.Book) bool { return b.Description != "" }) {
		t.Fatal("a list has descriptions")
	}
}

func checkList(t *testing.T, list shop.List, err error) {
	t.Helper()
	checkFailed(t, len(list.Books), err)
	checkBooks(t, list.Books, asked)
	checkNoDescriptions(t, list.Books)
	checkNext(t, list.Next, len(list.Books))
	if list.Total < len(list.Books) {
		t.Fatalf("%d books of %d", len(list.Books), list.Total)
	}
}

func checkNext(t *testing.T, next string, parts int) {
	t.Helper()
	checkText(t, "token", next, 4<<10, false)
	if next == "p1" || next != "" && parts == 0 {
		t.Fatalf("after %d parts of p1 comes %q", parts, next)
	}
}

func checkEvents(t *testing.T, events []shop.Event, reader int64) {
	t.Helper()
	seen := make(map[string]bool)
	for i, e := range events {
		checkText(t, "event id", e.ID, 128, false)
		if e.ID == "" || seen[e.ID] || e.Reader != reader || e.Book < 1 || e.At.Year() > 9999 {
			t.Fatalf("event %+v", e)
		}
		seen[e.ID] = true
		switch e.Kind {
		case shop.Rated:
			if e.Rating < 1 || e.Rating > 5 {
				t.Fatalf("rated %d", e.Rating)
			}
		case shop.Viewed, shop.Wanted, shop.Bought, shop.NotInterested:
			if e.Rating != 0 {
				t.Fatalf("event %+v", e)
			}
		default:
			t.Fatalf("kind %q", e.Kind)
		}
		if i > 0 && e.At.After(events[i-1].At) {
			t.Fatalf("%v after %v", e.At, events[i-1].At)
		}
	}
	if len(events) > 1000 {
		t.Fatalf("%d events", len(events))
	}
}
