package rpc_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"bookmarket/protobufs/gen/bookmarketv1"
)

// Every request that the contract forbids is refused, and told which fields are wrong.
func TestRefusals(t *testing.T) {
	conn := connect(t, shop(t, shelf()))
	invalid := func(fields string) (codes.Code, string) { return codes.InvalidArgument, fields }
	missing := func(reason string) (codes.Code, string) { return codes.NotFound, "bookmarket/" + reason }
	nan, half := float32(math.NaN()), float32(1.5)
	valid := event("a", 1, bookmarketv1.Activity_KIND_VIEW, 0)
	events := func(change func(*bookmarketv1.Activity)) *bookmarketv1.RecordActivityRequest {
		changed := proto.CloneOf(valid)
		change(changed)
		return &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{valid, changed}}
	}
	long := strings.Repeat("é", 201)
	tests := map[string]struct {
		request proto.Message
		want    func(string) (codes.Code, string)
		detail  string
	}{
		"unknown category":        {&bookmarketv1.ListBooksRequest{Category: "cookery"}, missing, "CATEGORY_NOT_FOUND"},
		"category and author":     {&bookmarketv1.ListBooksRequest{Category: "mystery", Author: "x"}, invalid, "category:CONFLICTING"},
		"author and series":       {&bookmarketv1.ListBooksRequest{Author: "x", Series: "y"}, invalid, "category:CONFLICTING"},
		"unknown order":           {&bookmarketv1.ListBooksRequest{OrderBy: 99}, invalid, "order_by:OUT_OF_RANGE"},
		"negative page":           {&bookmarketv1.ListBooksRequest{PageSize: -1}, invalid, "page_size:OUT_OF_RANGE"},
		"long names":              {&bookmarketv1.ListBooksRequest{Series: long}, invalid, "series:TOO_LONG"},
		"no query":                {&bookmarketv1.SearchBooksRequest{Query: "\t "}, invalid, "query:REQUIRED"},
		"long query":              {&bookmarketv1.SearchBooksRequest{Query: long}, invalid, "query:TOO_LONG"},
		"search in nowhere":       {&bookmarketv1.SearchBooksRequest{Query: "x", Category: "cookery"}, missing, "CATEGORY_NOT_FOUND"},
		"search in unknown order": {&bookmarketv1.SearchBooksRequest{Query: "x", OrderBy: -1, PageSize: -1}, invalid, "order_by:OUT_OF_RANGE page_size:OUT_OF_RANGE"},
		"book 0":                  {&bookmarketv1.GetBookRequest{}, invalid, "book_id:NOT_POSITIVE"},
		"unknown book":            {&bookmarketv1.GetBookRequest{BookId: 99}, missing, "BOOK_NOT_FOUND"},
		"batch with a bad id":     {&bookmarketv1.BatchGetBooksRequest{BookIds: []int64{1, -2}}, invalid, "book_ids[1]:NOT_POSITIVE"},
		"large batch":             {&bookmarketv1.BatchGetBooksRequest{BookIds: slices.Repeat([]int64{1}, 101)}, invalid, "book_ids:TOO_MANY"},
		"negative reader":         {&bookmarketv1.RecommendRequest{UserId: -1}, invalid, "user_id:OUT_OF_RANGE"},
		"negative results":        {&bookmarketv1.RecommendRequest{MaxResults: math.MinInt32}, invalid, "max_results:OUT_OF_RANGE"},
		"recommend from nowhere":  {&bookmarketv1.RecommendRequest{Category: "cookery"}, missing, "CATEGORY_NOT_FOUND"},
		"recent book 0":           {&bookmarketv1.RecommendRequest{RecentBookIds: []int64{0}}, invalid, "recent_book_ids[0]:NOT_POSITIVE"},
		"many recent books":       {&bookmarketv1.RecommendRequest{RecentBookIds: slices.Repeat([]int64{1}, 101)}, invalid, "recent_book_ids:TOO_MANY"},
		"many exclusions":         {&bookmarketv1.RecommendRequest{ExcludeBookIds: slices.Repeat([]int64{1}, 10_000)}, invalid, "exclude_book_ids:TOO_MANY"},
		"much diversity":          {&bookmarketv1.RecommendRequest{Diversity: &half}, invalid, "diversity:OUT_OF_RANGE"},
		"no number for diversity": {&bookmarketv1.RecommendRequest{Diversity: &nan}, invalid, "diversity:OUT_OF_RANGE"},
		"similar to nothing":      {&bookmarketv1.ListSimilarBooksRequest{UserId: -1, MaxResults: -1}, invalid, "book_id:NOT_POSITIVE user_id:OUT_OF_RANGE max_results:OUT_OF_RANGE"},
		"similar to unknown book": {&bookmarketv1.ListSimilarBooksRequest{BookId: 99}, missing, "BOOK_NOT_FOUND"},
		"unknown window":          {&bookmarketv1.ListPopularBooksRequest{Window: 9}, invalid, "window:OUT_OF_RANGE"},
		"popular in nowhere":      {&bookmarketv1.ListPopularBooksRequest{Category: "cookery"}, missing, "CATEGORY_NOT_FOUND"},
		"trending in nowhere":     {&bookmarketv1.ListPopularBooksRequest{Category: "cookery", Window: 2}, missing, "CATEGORY_NOT_FOUND"},
		"no events":               {&bookmarketv1.RecordActivityRequest{}, invalid, "activities:TOO_MANY"},
		"many events":             {&bookmarketv1.RecordActivityRequest{Activities: slices.Repeat([]*bookmarketv1.Activity{valid}, 501)}, invalid, "activities:TOO_MANY"},
		"no event id":             {events(func(a *bookmarketv1.Activity) { a.EventId = "" }), invalid, "activities[1].event_id:OUT_OF_RANGE"},
		"large event id":          {events(func(a *bookmarketv1.Activity) { a.EventId = strings.Repeat("x", 10_000) }), invalid, "activities[1].event_id:OUT_OF_RANGE"},
		"nobody's event":          {events(func(a *bookmarketv1.Activity) { a.UserId = 0 }), invalid, "activities[1].user_id:OUT_OF_RANGE"},
		"event without a book":    {events(func(a *bookmarketv1.Activity) { a.BookId = -1 }), invalid, "activities[1].book_id:OUT_OF_RANGE"},
		"event without a kind":    {events(func(a *bookmarketv1.Activity) { a.Kind = 0 }), invalid, "activities[1].kind:OUT_OF_RANGE"},
		"unknown kind":            {events(func(a *bookmarketv1.Activity) { a.Kind = 6 }), invalid, "activities[1].kind:OUT_OF_RANGE"},
		"kind that would wrap":    {events(func(a *bookmarketv1.Activity) { a.Kind = 257 }), invalid, "activities[1].kind:OUT_OF_RANGE"},
		"negative kind":           {events(func(a *bookmarketv1.Activity) { a.Kind = -255 }), invalid, "activities[1].kind:OUT_OF_RANGE"},
		"six stars":               {events(func(a *bookmarketv1.Activity) { a.Kind, a.Rating = 3, 6 }), invalid, "activities[1].rating:OUT_OF_RANGE"},
		"rated view":              {events(func(a *bookmarketv1.Activity) { a.Rating = 5 }), invalid, "activities[1].rating:OUT_OF_RANGE"},
		"next week":               {events(func(a *bookmarketv1.Activity) { a.OccurredAt = timestamppb.New(now.AddDate(0, 0, 7)) }), invalid, "activities[1].occurred_at:OUT_OF_RANGE"},
		"no time at all":          {events(func(a *bookmarketv1.Activity) { a.OccurredAt = &timestamppb.Timestamp{Nanos: -1} }), invalid, "activities[1].occurred_at:MALFORMED"},
		"events of nobody":        {&bookmarketv1.ListActivityRequest{PageSize: -1}, invalid, "user_id:NOT_POSITIVE page_size:OUT_OF_RANGE"},
		"events behind bad token": {&bookmarketv1.ListActivityRequest{UserId: 1, PageToken: "e30"}, invalid, "page_token:MALFORMED"},
		"nothing to delete":       {&bookmarketv1.DeleteActivityRequest{UserId: 1}, invalid, "event_ids:TOO_MANY"},
		"bad ids to delete":       {&bookmarketv1.DeleteActivityRequest{UserId: 0, EventIds: []string{"a", "b c"}}, invalid, "user_id:NOT_POSITIVE event_ids[1]:MALFORMED"},
		"data of nobody":          {&bookmarketv1.DeleteUserDataRequest{UserId: -1}, invalid, "user_id:NOT_POSITIVE"},
		"a hundred bad ids, ten told": {&bookmarketv1.BatchGetBooksRequest{BookIds: make([]int64, 100)}, invalid, strings.TrimSpace(
			"book_ids[0]:NOT_POSITIVE book_ids[1]:NOT_POSITIVE book_ids[2]:NOT_POSITIVE book_ids[3]:NOT_POSITIVE book_ids[4]:NOT_POSITIVE " +
				"book_ids[5]:NOT_POSITIVE book_ids[6]:NOT_POSITIVE book_ids[7]:NOT_POSITIVE book_ids[8]:NOT_POSITIVE book_ids[9]:NOT_POSITIVE")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := invoke(t.Context(), conn, tt.request)
			s := status.Convert(err)
			if code, detail := tt.want(tt.detail); s.Code() != code || details(s) != detail {
				t.Errorf("got %v, details %q\nwant %v, %q", s, details(s), code, detail)
			}
		})
	}
}

// methods are the services' methods by their requests' types.
var methods = map[string]string{
	"ListCategoriesRequest":   bookmarketv1.CatalogService_ListCategories_FullMethodName,
	"ListBooksRequest":        bookmarketv1.CatalogService_ListBooks_FullMethodName,
	"SearchBooksRequest":      bookmarketv1.CatalogService_SearchBooks_FullMethodName,
	"GetBookRequest":          bookmarketv1.CatalogService_GetBook_FullMethodName,
	"BatchGetBooksRequest":    bookmarketv1.CatalogService_BatchGetBooks_FullMethodName,
	"RecommendRequest":        bookmarketv1.RecommendationService_Recommend_FullMethodName,
	"ListSimilarBooksRequest": bookmarketv1.RecommendationService_ListSimilarBooks_FullMethodName,
	"ListPopularBooksRequest": bookmarketv1.RecommendationService_ListPopularBooks_FullMethodName,
	"RecordActivityRequest":   bookmarketv1.ActivityService_RecordActivity_FullMethodName,
	"ListActivityRequest":     bookmarketv1.ActivityService_ListActivity_FullMethodName,
	"DeleteActivityRequest":   bookmarketv1.ActivityService_DeleteActivity_FullMethodName,
	"DeleteUserDataRequest":   bookmarketv1.ActivityService_DeleteUserData_FullMethodName,
}

// invoke calls the method of a request and throws the answer away.
func invoke(ctx context.Context, conn *grpc.ClientConn, request proto.Message) error {
	// Every answer is a message whose fields an empty request's type does not know, so any type
	// does to receive it.
	method := methods[string(request.ProtoReflect().Descriptor().Name())]
	return conn.Invoke(ctx, method, request, new(bookmarketv1.ListCategoriesRequest))
}

// FuzzV1 sends any bytes as a request of any method through the whole server. It must answer,
// or refuse with details, never INTERNAL.
func FuzzV1(f *testing.F) {
	var names []string
	for _, method := range methods {
		names = append(names, method)
	}
	slices.Sort(names)
	for i := range names {
		f.Add(uint8(i), []byte{})
		f.Add(uint8(i), []byte{0x08, 1, 0x10, 1, 0x18, 3})
		f.Add(uint8(i), []byte{0x0a, 0x05, 'T', 'i', 't', 'l', 'e'})
		f.Add(uint8(i), []byte{0x32, 0x04, 'e', 'y', 'J', '9'}) // page_token
	}
	conn := connect(f, shop(f, shelf()))
	f.Fuzz(func(t *testing.T, method uint8, request []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := conn.Invoke(ctx, names[int(method)%len(names)], raw(request), new(bookmarketv1.ListCategoriesRequest), grpc.ForceCodecV2(rawCodec{}))
		switch s := status.Convert(err); s.Code() {
		case codes.OK:
		case codes.InvalidArgument, codes.NotFound:
			if details(s) == "" {
				t.Errorf("%v has no details", s)
			}
		case codes.Internal:
			// gRPC's own answer to bytes that are no message at all.
			if !strings.Contains(s.Message(), "unmarshal") {
				t.Errorf("got %v", s)
			}
		default:
			t.Errorf("got %v", s)
		}
	})
}
