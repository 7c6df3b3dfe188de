package recclient

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

// A rawConn answers every call with these bytes, whatever they mean.
type rawConn []byte

func (c rawConn) Invoke(_ context.Context, _ string, _, reply any, _ ...grpc.CallOption) error {
	if err := proto.Unmarshal(c, reply.(proto.Message)); err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return nil
}

func (rawConn) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errors.ErrUnsupported
}

// answering returns a client of a service that answers every call with a message.
func answering(t testing.TB, message proto.Message) *Client {
	t.Helper()
	raw, err := proto.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	return New(rawConn(raw))
}

// What a book's fields must not be is left out of it, or the whole book.
func TestHostileBooks(t *testing.T) {
	long := strings.Repeat("x", 1<<10+1)
	set := func(change func(*bookmarketv1.Book)) *bookmarketv1.Book {
		book := &bookmarketv1.Book{Id: 7, Title: "t"}
		change(book)
		return book
	}
	with := func(change func(*shop.Book)) *shop.Book {
		book := &shop.Book{ID: 7, Title: "t", SeriesPosition: -1}
		change(book)
		return book
	}
	bare := with(func(*shop.Book) {})
	series := with(func(b *shop.Book) { b.Series = "s" })
	position := func(p float64) *bookmarketv1.Book {
		return set(func(b *bookmarketv1.Book) { b.Series, b.SeriesPosition = "s", &p })
	}
	rating := func(r float64) *bookmarketv1.Book { return set(func(b *bookmarketv1.Book) { b.AverageRating = r }) }
	cover := func(u string) *bookmarketv1.Book { return set(func(b *bookmarketv1.Book) { b.CoverUrl = u }) }
	price := func(code string, units int64, nanos int32) *bookmarketv1.Book {
		return set(func(b *bookmarketv1.Book) {
			b.Price = &bookmarketv1.Money{CurrencyCode: code, Units: units, Nanos: nanos}
		})
	}
	for name, tt := range map[string]struct {
		book *bookmarketv1.Book
		want *shop.Book // nil: it is not shown
	}{
		"nothing":              {nil, nil},
		"empty":                {new(bookmarketv1.Book), nil},
		"no id":                {&bookmarketv1.Book{Title: "t"}, nil},
		"negative id":          {&bookmarketv1.Book{Id: -7, Title: "t"}, nil},
		"no title":             {&bookmarketv1.Book{Id: 7}, nil},
		"blank title":          {&bookmarketv1.Book{Id: 7, Title: " \n\u00a0"}, nil},
		"control title":        {&bookmarketv1.Book{Id: 7, Title: "\x00\x1b\u0085"}, nil},
		"long title":           {&bookmarketv1.Book{Id: 7, Title: long}, nil},
		"title in two lines":   {set(func(b *bookmarketv1.Book) { b.Title = " a\r\nb\x1b[2J " }), with(func(b *shop.Book) { b.Title = "a  b [2J" })},
		"title turned around":  {set(func(b *bookmarketv1.Book) { b.Title = "\u202et\u2066" }), bare},
		"same original title":  {set(func(b *bookmarketv1.Book) { b.OriginalTitle = "t\n" }), bare},
		"long texts":           {set(func(b *bookmarketv1.Book) { b.OriginalTitle, b.Series, b.Language = long, long, long }), bare},
		"no main author":       {set(func(b *bookmarketv1.Book) { b.Authors = []string{" ", "a"} }), bare},
		"a bad second author":  {set(func(b *bookmarketv1.Book) { b.Authors = []string{"a", long} }), with(func(b *shop.Book) { b.Authors = []string{"a"} })},
		"many authors":         {set(func(b *bookmarketv1.Book) { b.Authors = slices.Repeat([]string{"a"}, 5000) }), with(func(b *shop.Book) { b.Authors = slices.Repeat([]string{"a"}, 15) })},
		"category with a path": {set(func(b *bookmarketv1.Book) { b.Categories = []string{"é-1", "a/../b"} }), with(func(b *shop.Book) { b.Categories = []string{"é-1"} })},
		"category of no text":  {set(func(b *bookmarketv1.Book) { b.Categories = []string{"", "a"} }), bare},
		"year 10000":           {set(func(b *bookmarketv1.Book) { b.PublicationYear = 10000 }), bare},
		"year at creation":     {set(func(b *bookmarketv1.Book) { b.PublicationYear = math.MinInt32 }), bare},
		"isbn, wrong check":    {set(func(b *bookmarketv1.Book) { b.Isbn13 = "9780441172710" }), bare},
		"isbn with hyphens":    {set(func(b *bookmarketv1.Book) { b.Isbn13 = "978-0-441-17271-9" }), bare},
		"isbn of noughts":      {set(func(b *bookmarketv1.Book) { b.Isbn13 = "0000" }), bare},
		"isbn 10":              {set(func(b *bookmarketv1.Book) { b.Isbn13 = "0441172717" }), bare},
		"a language's name":    {set(func(b *bookmarketv1.Book) { b.Language = "English (US)" }), bare},
		"language, line end":   {set(func(b *bookmarketv1.Book) { b.Language = "en\n" }), bare},
		"rated NaN":            {rating(math.NaN()), bare},
		"rated Inf":            {rating(math.Inf(1)), bare},
		"rated 5.1":            {rating(5.1), bare},
		"rated -1":             {rating(-1), bare},
		"negative count":       {set(func(b *bookmarketv1.Book) { b.RatingsCount = -1 }), bare},
		"absurd count":         {set(func(b *bookmarketv1.Book) { b.RatingsCount = math.MaxInt64 }), bare},
		"before the series":    {position(0), with(func(b *shop.Book) { b.Series, b.SeriesPosition = "s", 0 })},
		"no position":          {set(func(b *bookmarketv1.Book) { b.Series = "s" }), series},
		"position NaN":         {position(math.NaN()), series},
		"position Inf":         {position(math.Inf(1)), series},
		"position -1":          {position(-3), series},
		"position of nothing":  {set(func(b *bookmarketv1.Book) { b.SeriesPosition = proto.Float64(1) }), bare},
		"price, no currency":   {price("", 5, 0), bare},
		"price in a word":      {price("dollars", 5, 0), bare},
		"price in small":       {price("usd", 5, 0), bare},
		"negative price":       {price("USD", -5, 0), bare},
		"negative nanos":       {price("USD", 5, -1), bare},
		"a unit of nanos":      {price("USD", 5, 1_000_000_000), bare},
		"cover script":         {cover("javascript:alert(1)//https://x.test/"), bare},
		"cover data":           {cover("data:image/svg+xml,<svg/>"), bare},
		"cover http":           {cover("http://x.test/1.png"), bare},
		"cover without host":   {cover("https://:443/1.png"), bare},
		"cover of a user":      {cover("https://x.test@y.test/1.png"), bare},
		"cover somewhere here": {cover("//x.test/1.png"), bare},
		"cover with controls":  {cover("https://x.test/\x01\n1.png"), bare},
		"cover with a quote": {
			cover("https://x.test/\"><script>é.png"),
			with(func(b *shop.Book) { b.CoverURL = "https://x.test/%22%3E%3Cscript%3E%C3%A9.png" }),
		},
		"long cover":        {cover("https://x.test/" + long), bare},
		"cover that grows":  {cover("https://x.test/" + strings.Repeat("é", 500)), bare},
		"10 MB of anything": {set(func(b *bookmarketv1.Book) { b.Authors = []string{strings.Repeat("x", 10<<20)} }), bare},
	} {
		t.Run(name, func(t *testing.T) {
			client := answering(t, &bookmarketv1.ListBooksResponse{Books: []*bookmarketv1.Book{{Id: 1, Title: "fine"}, tt.book}})
			list, err := client.List(t.Context(), shop.ListQuery{Size: 5})
			if err != nil {
				t.Fatal(err)
			}
			if shown := list.Books[1:]; tt.want == nil && len(shown) != 0 {
				t.Errorf("shows %+v", shown[0])
			} else if tt.want != nil && !reflect.DeepEqual(shown, []*shop.Book{tt.want}) {
				t.Errorf("got %+v, want %+v", shown, tt.want)
			}
			book, err := answering(t, &bookmarketv1.GetBookResponse{Book: tt.book}).Book(t.Context(), 7)
			if wrong := (tt.want == nil) != errors.Is(err, errUnusable); wrong || !reflect.DeepEqual(book, tt.want) {
				t.Errorf("by itself: got %+v, %v", book, err)
			}
		})
	}
}

func TestDescription(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{" One.\n\tTwo.\x07 \n", "One.\n\tTwo."},
		{strings.Repeat("x", 16<<10-1) + "é", strings.Repeat("x", 16<<10-1)},
		{strings.Repeat("x", 16<<10-2) + "é", strings.Repeat("x", 16<<10-2) + "é"},
		{strings.Repeat("\n", 10<<20), ""},
		{strings.Repeat("日", 1<<20), strings.Repeat("日", 16<<10/3)},
	} {
		book, err := answering(t, &bookmarketv1.GetBookResponse{Book: &bookmarketv1.Book{Id: 7, Title: "t", Description: tt.text}}).Book(t.Context(), 7)
		if err != nil || book.Description != tt.want {
			t.Errorf("of %d bytes: got %.20q… of %d, want %d (%v)", len(tt.text), book.Description, len(book.Description), len(tt.want), err)
		}
	}
}

// An answer of nothing but what cannot be shown is a failure; an empty one is not.
func TestHostileLists(t *testing.T) {
	book := func(ids ...int64) (list []*bookmarketv1.Book) {
		for _, id := range ids {
			list = append(list, &bookmarketv1.Book{Id: id, Title: strconv.FormatInt(id, 10)})
		}
		return list
	}
	for name, tt := range map[string]struct {
		answer *bookmarketv1.ListBooksResponse
		ids    []int64
		next   string
		total  int
		err    error
	}{
		"empty":         {&bookmarketv1.ListBooksResponse{}, nil, "", 0, nil},
		"only bad":      {&bookmarketv1.ListBooksResponse{Books: book(0, -1), NextPageToken: "p2", TotalSize: 9}, nil, "", 0, errUnusable},
		"one is good":   {&bookmarketv1.ListBooksResponse{Books: book(0, -1, 7), TotalSize: 9}, []int64{7}, "", 9, nil},
		"twice":         {&bookmarketv1.ListBooksResponse{Books: book(7, 7, 8, 7), TotalSize: 9}, []int64{7, 8}, "", 9, nil},
		"more":          {&bookmarketv1.ListBooksResponse{Books: book(1, 2, 3, 4, 5)}, []int64{1, 2, 3}, "", 3, nil},
		"negative":      {&bookmarketv1.ListBooksResponse{Books: book(1), TotalSize: math.MinInt32}, []int64{1}, "", 1, nil},
		"too few":       {&bookmarketv1.ListBooksResponse{Books: book(1, 2), TotalSize: 1}, []int64{1, 2}, "", 2, nil},
		"a page":        {&bookmarketv1.ListBooksResponse{Books: book(1), NextPageToken: "p2", TotalSize: 2}, []int64{1}, "p2", 2, nil},
		"the same page": {&bookmarketv1.ListBooksResponse{Books: book(1), NextPageToken: "p1"}, []int64{1}, "", 1, nil},
		"empty, a page": {&bookmarketv1.ListBooksResponse{NextPageToken: "p2"}, nil, "", 0, nil},
		"long page":     {&bookmarketv1.ListBooksResponse{Books: book(1), NextPageToken: strings.Repeat("x", 100<<10)}, []int64{1}, "", 1, nil},
		"page of lines": {&bookmarketv1.ListBooksResponse{Books: book(1), NextPageToken: "p\r\n2"}, []int64{1}, "", 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			client := answering(t, tt.answer)
			got, err := client.List(t.Context(), shop.ListQuery{Size: 3, Page: "p1"})
			found, err2 := client.Search(t.Context(), shop.SearchQuery{Text: "x", Size: 3, Page: "p1"})
			if !reflect.DeepEqual(got, found) || !errors.Is(err2, tt.err) {
				t.Errorf("found %+v, %v", found, err2)
			}
			if !slices.Equal(bookIDs(got.Books), tt.ids) || got.Next != tt.next || got.Total != tt.total || !errors.Is(err, tt.err) {
				t.Errorf("got %v, next %.20q, total %d, %v", bookIDs(got.Books), got.Next, got.Total, err)
			}
		})
	}

	books, err := answering(t, &bookmarketv1.BatchGetBooksResponse{Books: book(9, 3, 1, 3, 2)}).Books(t.Context(), []int64{3, 1, 2, 4})
	if err != nil || !slices.Equal(bookIDs(books), []int64{3, 1, 2}) {
		t.Errorf("books that were not asked for, in another order: got %v, %v", bookIDs(books), err)
	}
	if books, err := answering(t, &bookmarketv1.BatchGetBooksResponse{Books: book(9)}).Books(t.Context(), []int64{3}); !errors.Is(err, errUnusable) {
		t.Errorf("only a book that was not asked for: got %v, %v", bookIDs(books), err)
	}
	if book, err := answering(t, &bookmarketv1.GetBookResponse{Book: book(8)[0]}).Book(t.Context(), 7); !errors.Is(err, errUnusable) {
		t.Errorf("another book: got %v, %v", book, err)
	}
}

func bookIDs(books []*shop.Book) (ids []int64) {
	for _, book := range books {
		ids = append(ids, book.ID)
	}
	return ids
}

func TestHostileCategories(t *testing.T) {
	long := strings.Repeat("x", 1<<10+1)
	bad := []*bookmarketv1.Category{
		nil,
		{},
		{Slug: "s"},
		{Name: "n"},
		{Slug: " ", Name: "n"},
		{Slug: "a b", Name: "n"},
		{Slug: "a/b", Name: "n"},
		{Slug: "s", Name: " "},
		{Slug: long, Name: "n"},
		{Slug: "s", Name: long},
	}
	got, err := answering(t, &bookmarketv1.ListCategoriesResponse{Categories: bad}).Categories(t.Context())
	if !errors.Is(err, errUnusable) {
		t.Errorf("only bad: got %v, %v", got, err)
	}
	got, err = answering(t, &bookmarketv1.ListCategoriesResponse{Categories: append(bad,
		&bookmarketv1.Category{Slug: "s", Name: "one\nline", BookCount: math.MinInt32},
		&bookmarketv1.Category{Slug: "s", Name: "again", BookCount: 3},
		&bookmarketv1.Category{Slug: "t", Name: "n", BookCount: math.MaxInt32},
	)}).Categories(t.Context())
	if want := []shop.Category{{Slug: "t", Name: "n", Count: math.MaxInt32}, {Slug: "s", Name: "one line"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	var many []*bookmarketv1.Category
	for i := range 5000 {
		many = append(many, &bookmarketv1.Category{Slug: strconv.Itoa(i), Name: "n"})
	}
	if got, err = answering(t, &bookmarketv1.ListCategoriesResponse{Categories: many}).Categories(t.Context()); err != nil || len(got) != 1000 {
		t.Errorf("of 5000: got %d, %v", len(got), err)
	}
}

func TestHostileReasons(t *testing.T) {
	book := func(id int64, share float64) *bookmarketv1.Contribution {
		return &bookmarketv1.Contribution{BookId: id, Share: share}
	}
	because := func(ids ...int64) []*shop.Book {
		var books []*shop.Book
		for _, id := range ids {
			books = append(books, &shop.Book{ID: id})
		}
		return books
	}
	none := shop.Reason{}
	const liked, similar = bookmarketv1.Reason_KIND_BECAUSE_YOU_LIKED, bookmarketv1.Reason_KIND_SIMILAR_CONTENT
	for name, tt := range map[string]struct {
		kind  bookmarketv1.Reason_Kind
		parts []*bookmarketv1.Contribution
		want  shop.Reason
	}{
		"unspecified":          {0, []*bookmarketv1.Contribution{book(1, 1)}, none},
		"unknown":              {77, []*bookmarketv1.Contribution{book(1, 1)}, none},
		"negative":             {-1, []*bookmarketv1.Contribution{book(1, 1)}, none},
		"liked no book":        {liked, nil, none},
		"like no book":         {similar, nil, none},
		"no books":             {liked, []*bookmarketv1.Contribution{nil, book(0, 1), book(-1, 1)}, none},
		"the book itself":      {similar, []*bookmarketv1.Contribution{book(7, 1)}, none},
		"nothing added":        {liked, []*bookmarketv1.Contribution{book(1, 0), book(2, -1), book(3, math.NaN())}, none},
		"one book":             {liked, []*bookmarketv1.Contribution{nil, book(0, 1), book(1, math.Inf(1)), book(1, 1)}, shop.Reason{Kind: shop.BecauseYouLiked, Because: because(1)}},
		"many books":           {similar, []*bookmarketv1.Contribution{book(4, 9), book(3, 8), book(2, 7), book(1, 6)}, shop.Reason{Kind: shop.SimilarContent, Because: because(4, 3, 2)}},
		"popular, without any": {bookmarketv1.Reason_KIND_POPULAR, []*bookmarketv1.Contribution{book(1, 1)}, shop.Reason{Kind: shop.Popular}},
		"trending":             {bookmarketv1.Reason_KIND_TRENDING, nil, shop.Reason{Kind: shop.Trending}},
	} {
		t.Run(name, func(t *testing.T) {
			client := answering(t, &bookmarketv1.RecommendResponse{Recommendations: []*bookmarketv1.Recommendation{
				{},
				{Book: &bookmarketv1.Book{Id: 7, Title: "t"}, Score: math.NaN(), Reason: &bookmarketv1.Reason{Kind: tt.kind, BecauseOf: tt.parts}},
				nil,
				{Book: &bookmarketv1.Book{Id: 7, Title: "again"}},
			}})
			want := []shop.Pick{{Book: &shop.Book{ID: 7, Title: "t", SeriesPosition: -1}, Reason: tt.want}}
			if got, err := client.Recommend(t.Context(), shop.Visitor{}, "", 3); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
			if got, err := client.Similar(t.Context(), 7, 0, 3); !errors.Is(err, errUnusable) {
				t.Errorf("what goes with it is itself: %+v, %v", got, err)
			}
		})
	}
}

func TestHostileEvents(t *testing.T) {
	event := func(change func(*bookmarketv1.Activity)) *bookmarketv1.Activity {
		a := &bookmarketv1.Activity{EventId: "e", UserId: 7, BookId: 6, Kind: bookmarketv1.Activity_KIND_VIEW}
		change(a)
		return a
	}
	bad := []*bookmarketv1.Activity{
		nil,
		{},
		event(func(a *bookmarketv1.Activity) { a.EventId = "" }),
		event(func(a *bookmarketv1.Activity) { a.EventId = "e\n" }),
		event(func(a *bookmarketv1.Activity) { a.EventId = strings.Repeat("e", 129) }),
		event(func(a *bookmarketv1.Activity) { a.UserId = 8 }), // nobody sees what another reader did
		event(func(a *bookmarketv1.Activity) { a.BookId = 0 }),
		event(func(a *bookmarketv1.Activity) { a.Kind = 0 }),
		event(func(a *bookmarketv1.Activity) { a.Kind = 6 }),
		event(func(a *bookmarketv1.Activity) { a.Kind = -1 }),
		event(func(a *bookmarketv1.Activity) { a.Kind = bookmarketv1.Activity_KIND_RATING }),
		event(func(a *bookmarketv1.Activity) { a.Kind, a.Rating = bookmarketv1.Activity_KIND_RATING, 6 }),
	}
	got, next, err := answering(t, &bookmarketv1.ListActivityResponse{Activities: bad, NextPageToken: "p2"}).Events(t.Context(), 7, "")
	if !errors.Is(err, errUnusable) || next != "" {
		t.Errorf("only bad: got %v, %q, %v", got, next, err)
	}
	got, next, err = answering(t, &bookmarketv1.ListActivityResponse{Activities: append(bad,
		event(func(a *bookmarketv1.Activity) { a.OccurredAt = &timestamppb.Timestamp{Seconds: math.MaxInt64} }),
		event(func(a *bookmarketv1.Activity) { a.BookId = 9 }), // an event twice
		event(func(a *bookmarketv1.Activity) { a.EventId, a.OccurredAt = "e1", &timestamppb.Timestamp{Seconds: 1} }),
		event(func(a *bookmarketv1.Activity) {
			a.EventId, a.Rating, a.OccurredAt = "e2", 5, &timestamppb.Timestamp{Seconds: 2}
		}),
		event(func(a *bookmarketv1.Activity) { a.EventId, a.OccurredAt = "e3", &timestamppb.Timestamp{Seconds: -9} }),
	)}).Events(t.Context(), 7, "p1")
	kept := func(id string, seconds int64) shop.Event {
		e := shop.Event{ID: id, Reader: 7, Book: 6, Kind: shop.Viewed}
		if seconds > 0 {
			e.At = (&timestamppb.Timestamp{Seconds: seconds}).AsTime()
		}
		return e
	}
	if want := []shop.Event{kept("e2", 2), kept("e1", 1), kept("e", 0), kept("e3", 0)}; err != nil || next != "" || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %q, %v", got, next, err)
	}
	// Nobody takes the beginning of what is kept for all of it.
	one := []*bookmarketv1.Activity{event(func(*bookmarketv1.Activity) {})}
	for _, answer := range []*bookmarketv1.ListActivityResponse{
		{Activities: one, NextPageToken: "p1"}, // the page that was asked for
		{Activities: one, NextPageToken: "p\n2"},
		{NextPageToken: "p2"},
	} {
		if got, next, err = answering(t, answer).Events(t.Context(), 7, "p1"); !errors.Is(err, errUnusable) {
			t.Errorf("without the way to the rest: got %v, %q, %v", got, next, err)
		}
	}
	if n, err := answering(t, &bookmarketv1.DeleteUserDataResponse{DeletedActivityCount: -1}).Erase(t.Context(), 7); n != 0 || err != nil {
		t.Errorf("erased %d, %v", n, err)
	}
}

// Texts that are no UTF-8, and bytes that are no message, fail the call.
func TestNoMessage(t *testing.T) {
	title := protowire.AppendString(protowire.AppendTag(nil, 2, protowire.BytesType), "\xff")
	book := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), title)
	for _, raw := range [][]byte{book, []byte("\xff\xff"), []byte("<html>")} {
		if book, err := New(rawConn(raw)).Book(t.Context(), 7); status.Code(err) != codes.Internal {
			t.Errorf("%q: got %v, %v", raw, book, err)
		}
	}
}
