package recclient_test

import (
	"context"
	"encoding/json"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"bookmarket/internal/telemetry"
	"bookmarket/marketplace/internal/recclient"
	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeService is the recommendations service as a test wants it: it answers every request of
// every method, which the request's type tells.
type fakeService func(ctx context.Context, req any) (any, error)

// serve runs the service on an address, healthy, until it is stopped.
func serve(t *testing.T, addr string, service fakeService) (server *grpc.Server, listenAddr string) {
	t.Helper()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server = grpc.NewServer(grpc.UnaryInterceptor(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, _ grpc.UnaryHandler) (any, error) {
		return service(ctx, req)
	}))
	states := health.NewServer()
	states.SetServingStatus("bookmarket.v1.RecommendationService", healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server, states)
	bookmarketv1.RegisterCatalogServiceServer(server, bookmarketv1.UnimplementedCatalogServiceServer{})
	bookmarketv1.RegisterRecommendationServiceServer(server, bookmarketv1.UnimplementedRecommendationServiceServer{})
	bookmarketv1.RegisterActivityServiceServer(server, bookmarketv1.UnimplementedActivityServiceServer{})
	go server.Serve(listener) //nolint:errcheck // Stop ends it
	t.Cleanup(server.Stop)
	return server, listener.Addr().String()
}

func dial(t *testing.T, addr string) *recclient.Client {
	t.Helper()
	conn, err := recclient.Dial("dns:///"+addr, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() }) //nolint:errcheck // nothing is lost with it
	return recclient.New(conn)
}

// An exchange is a call, what arrives of it at the service, what it answers and what comes of it.
type exchange struct {
	call   func(context.Context, *recclient.Client) (any, error)
	asked  proto.Message
	answer proto.Message
	want   any
	writes bool // or reads what is written: the call's time is its caller's alone
}

var (
	noon = time.Date(2026, 11, 21, 12, 0, 0, 1000, time.UTC)

	dune = &bookmarketv1.Book{
		Id: 6, Title: "Dune", OriginalTitle: "Dune (Dune Chronicles, #1)", Authors: []string{"Frank Herbert", "Somebody"},
		Categories: []string{"science-fiction", "classics"}, PublicationYear: 1965, Isbn13: "9780441172719", Language: "en-US",
		Description: "Sand.\nWorms.", Series: "Dune Chronicles", SeriesPosition: proto.Float64(1), AverageRating: 4.2, RatingsCount: 1 << 33,
		Price: &bookmarketv1.Money{CurrencyCode: "BRL", Units: 49, Nanos: 900_000_000}, CoverUrl: "https://covers.test/6.jpg?size=l",
	}
	plain = &bookmarketv1.Book{Id: 1 << 40, Title: "Gilgamesh", PublicationYear: -2100}
)

// listedDune is what lists have of dune, and knownPlain all there is of plain.
func listedDune() *shop.Book {
	return &shop.Book{
		ID: 6, Title: "Dune", OriginalTitle: "Dune (Dune Chronicles, #1)", Authors: []string{"Frank Herbert", "Somebody"},
		Categories: []string{"science-fiction", "classics"}, Year: 1965, ISBN13: "9780441172719", Language: "en-US",
		Series: "Dune Chronicles", SeriesPosition: 1, AverageRating: 4.2, RatingsCount: 1 << 33,
		Price: shop.Money{Currency: "BRL", Units: 49, Nanos: 900_000_000}, CoverURL: "https://covers.test/6.jpg?size=l",
	}
}

func knownPlain() *shop.Book {
	return &shop.Book{ID: 1 << 40, Title: "Gilgamesh", Year: -2100, SeriesPosition: -1}
}

func wholeDune() *shop.Book {
	book := listedDune()
	book.Description = "Sand.\nWorms."
	return book
}

var because = []*bookmarketv1.Contribution{{BookId: 1, Share: 3}, {BookId: 2, Share: 2}, {BookId: 3, Share: 1.5}, {BookId: 4, Share: 1}}

var recommendations = []*bookmarketv1.Recommendation{
	{Book: dune, Score: 7, Reason: &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_BECAUSE_YOU_LIKED, BecauseOf: because}},
	{Book: plain, Reason: &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_SIMILAR_CONTENT, BecauseOf: because[3:]}},
	{Book: &bookmarketv1.Book{Id: 8, Title: "t"}, Reason: &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_POPULAR, BecauseOf: because}},
	{Book: &bookmarketv1.Book{Id: 9, Title: "t"}, Reason: &bookmarketv1.Reason{Kind: bookmarketv1.Reason_KIND_TRENDING}},
	{Book: &bookmarketv1.Book{Id: 10, Title: "one too many"}},
}

// picks is what comes of recommendations where four are asked for.
func picks() []shop.Pick {
	return []shop.Pick{
		{Book: listedDune(), Reason: shop.Reason{Kind: shop.BecauseYouLiked, Because: []*shop.Book{{ID: 1}, {ID: 2}, {ID: 3}}}},
		{Book: knownPlain(), Reason: shop.Reason{Kind: shop.SimilarContent, Because: []*shop.Book{{ID: 4}}}},
		{Book: &shop.Book{ID: 8, Title: "t", SeriesPosition: -1}, Reason: shop.Reason{Kind: shop.Popular}},
		{Book: &shop.Book{ID: 9, Title: "t", SeriesPosition: -1}, Reason: shop.Reason{Kind: shop.Trending}},
	}
}

func activities() (sent []*bookmarketv1.Activity, events []shop.Event) {
	at := timestamppb.New(noon)
	sent = []*bookmarketv1.Activity{
		{EventId: "e1", UserId: 1 << 33, BookId: 6, Kind: bookmarketv1.Activity_KIND_RATING, Rating: 5, OccurredAt: at},
		{EventId: "e2", UserId: 1 << 33, BookId: 6, Kind: bookmarketv1.Activity_KIND_WANT, OccurredAt: at},
		{EventId: "e3", UserId: 1 << 33, BookId: 7, Kind: bookmarketv1.Activity_KIND_VIEW},
		{EventId: "e4", UserId: 1 << 33, BookId: 8, Kind: bookmarketv1.Activity_KIND_PURCHASE},
		{EventId: "e5", UserId: 1 << 33, BookId: 9, Kind: bookmarketv1.Activity_KIND_NOT_INTERESTED},
	}
	events = []shop.Event{
		{ID: "e1", Reader: 1 << 33, Book: 6, Kind: shop.Rated, Rating: 5, At: noon},
		{ID: "e2", Reader: 1 << 33, Book: 6, Kind: shop.Wanted, At: noon},
		{ID: "e3", Reader: 1 << 33, Book: 7, Kind: shop.Viewed},
		{ID: "e4", Reader: 1 << 33, Book: 8, Kind: shop.Bought},
		{ID: "e5", Reader: 1 << 33, Book: 9, Kind: shop.NotInterested},
	}
	return sent, events
}

// An eventsPage is both results of Events.
type eventsPage struct {
	Events []shop.Event
	Next   string
}

// exchanges has one of every method.
func exchanges() map[string]exchange {
	sent, events := activities()
	return map[string]exchange{
		"Categories": {
			func(ctx context.Context, c *recclient.Client) (any, error) { return c.Categories(ctx) },
			new(bookmarketv1.ListCategoriesRequest),
			&bookmarketv1.ListCategoriesResponse{Categories: []*bookmarketv1.Category{
				{Slug: "poetry", Name: "Poetry", BookCount: 9}, {Slug: "science-fiction", Name: "Science fiction", BookCount: 2},
			}},
			[]shop.Category{{Slug: "poetry", Name: "Poetry", Count: 9}, {Slug: "science-fiction", Name: "Science fiction", Count: 2}},
			false,
		},
		"Book": {
			func(ctx context.Context, c *recclient.Client) (any, error) { return c.Book(ctx, 6) },
			&bookmarketv1.GetBookRequest{BookId: 6}, &bookmarketv1.GetBookResponse{Book: dune}, wholeDune(), false,
		},
		"Books": {
			func(ctx context.Context, c *recclient.Client) (any, error) {
				return c.Books(ctx, []int64{1 << 40, 7, 6})
			},
			&bookmarketv1.BatchGetBooksRequest{BookIds: []int64{1 << 40, 7, 6}},
			&bookmarketv1.BatchGetBooksResponse{Books: []*bookmarketv1.Book{plain, dune}},
			[]*shop.Book{knownPlain(), listedDune()},
			false,
		},
		"List": {
			func(ctx context.Context, c *recclient.Client) (any, error) {
				return c.List(ctx, shop.ListQuery{Author: "Frank Herbert", Order: shop.ByTitle, Size: 24, Page: "p1"})
			},
			&bookmarketv1.ListBooksRequest{Author: "Frank Herbert", OrderBy: bookmarketv1.BookOrder_BOOK_ORDER_TITLE, PageSize: 24, PageToken: "p1"},
			&bookmarketv1.ListBooksResponse{Books: []*bookmarketv1.Book{dune, plain}, NextPageToken: "p2", TotalSize: 70},
			shop.List{Books: []*shop.Book{listedDune(), knownPlain()}, Next: "p2", Total: 70},
			false,
		},
		"Search": {
			func(ctx context.Context, c *recclient.Client) (any, error) {
				return c.Search(ctx, shop.SearchQuery{Text: "dun", Category: "science-fiction", Order: shop.ByYear, Size: 1000, Page: "p1"})
			},
			&bookmarketv1.SearchBooksRequest{Query: "dun", Category: "science-fiction", OrderBy: bookmarketv1.BookOrder_BOOK_ORDER_YEAR, PageSize: 100, PageToken: "p1"},
			&bookmarketv1.SearchBooksResponse{Books: []*bookmarketv1.Book{dune}, TotalSize: 1},
			shop.List{Books: []*shop.Book{listedDune()}, Total: 1},
			false,
		},
		"Recommend": {
			func(ctx context.Context, c *recclient.Client) (any, error) {
				return c.Recommend(ctx, shop.Visitor{Reader: 1 << 33, Recent: []int64{6, 5}}, "self-help", 4)
			},
			&bookmarketv1.RecommendRequest{UserId: 1 << 33, Category: "self-help", MaxResults: 4, RecentBookIds: []int64{6, 5}},
			&bookmarketv1.RecommendResponse{Recommendations: recommendations}, picks(), false,
		},
		"Similar": {
			func(ctx context.Context, c *recclient.Client) (any, error) { return c.Similar(ctx, 5, 1<<33, 4) },
			&bookmarketv1.ListSimilarBooksRequest{BookId: 5, UserId: 1 << 33, MaxResults: 4},
			&bookmarketv1.ListSimilarBooksResponse{Recommendations: recommendations}, picks(), false,
		},
		"Popular": {
			func(ctx context.Context, c *recclient.Client) (any, error) { return c.Popular(ctx, "self-help", 4) },
			&bookmarketv1.ListPopularBooksRequest{Category: "self-help", Window: bookmarketv1.ListPopularBooksRequest_WINDOW_ALL_TIME, MaxResults: 4},
			&bookmarketv1.ListPopularBooksResponse{Recommendations: recommendations}, picks(), false,
		},
		"Trending": {
			func(ctx context.Context, c *recclient.Client) (any, error) { return c.Trending(ctx, 4) },
			&bookmarketv1.ListPopularBooksRequest{Window: bookmarketv1.ListPopularBooksRequest_WINDOW_TRENDING, MaxResults: 4},
			&bookmarketv1.ListPopularBooksResponse{Recommendations: recommendations}, picks(), false,
		},
		"Record": {
			func(ctx context.Context, c *recclient.Client) (any, error) { return nil, c.Record(ctx, events) },
			&bookmarketv1.RecordActivityRequest{Activities: sent}, &bookmarketv1.RecordActivityResponse{RecordedCount: 5}, nil, true,
		},
		"Events": {
			func(ctx context.Context, c *recclient.Client) (any, error) {
				events, next, err := c.Events(ctx, 1<<33, "p1")
				return eventsPage{events, next}, err
			},
			&bookmarketv1.ListActivityRequest{UserId: 1 << 33, PageSize: 1000, PageToken: "p1"},
			&bookmarketv1.ListActivityResponse{Activities: sent, NextPageToken: "p2"},
			eventsPage{events, "p2"},
			true,
		},
		"Remove": {
			func(ctx context.Context, c *recclient.Client) (any, error) {
				return nil, c.Remove(ctx, 1<<33, []string{"e1", "e2"})
			},
			&bookmarketv1.DeleteActivityRequest{UserId: 1 << 33, EventIds: []string{"e1", "e2"}}, new(bookmarketv1.DeleteActivityResponse), nil, true,
		},
		"Erase": {
			func(ctx context.Context, c *recclient.Client) (any, error) { return c.Erase(ctx, 1<<33) },
			&bookmarketv1.DeleteUserDataRequest{UserId: 1 << 33},
			&bookmarketv1.DeleteUserDataResponse{DeletedActivityCount: 1 << 40}, int64(1 << 40), true,
		},
	}
}

// written returns a value as text that shows what pointers point at.
func written(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestCalls(t *testing.T) {
	for name, tt := range exchanges() {
		t.Run(name, func(t *testing.T) {
			var asked proto.Message
			var ids []string
			var left time.Duration
			_, addr := serve(t, "127.0.0.1:0", func(ctx context.Context, req any) (any, error) {
				deadline, _ := ctx.Deadline()
				asked, ids, left = req.(proto.Message), metadata.ValueFromIncomingContext(ctx, telemetry.RequestIDHeader), time.Until(deadline)
				return tt.answer, nil
			})
			ctx, cancel := context.WithTimeout(telemetry.WithRequestID(t.Context(), "request-7"), time.Minute)
			defer cancel()
			got, err := tt.call(ctx, dial(t, addr))
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %s, %v\nwant %s", written(got), err, written(tt.want))
			}
			if !proto.Equal(asked, tt.asked) {
				t.Errorf("asked for %v", asked)
			}
			if !reflect.DeepEqual(ids, []string{"request-7"}) {
				t.Errorf("the request ids sent are %q", ids)
			}
			if least, most := 0*time.Second, 250*time.Millisecond; !tt.writes && (left <= least || left > most) {
				t.Errorf("a call may take %v though its caller's deadline is far", left)
			}
			if tt.writes && left < 30*time.Second {
				t.Errorf("a call may take no more than %v though its caller has a minute", left)
			}
		})
	}
}

// What is sent is what the service takes, whatever visitors typed.
func TestAskedWithinLimits(t *testing.T) {
	long := strings.Repeat("é", 250)
	ids := []int64{0, -1, 5, 5}
	for id := range int64(200) {
		ids = append(ids, id+5)
	}
	var hundred []int64
	for id := range int64(100) {
		hundred = append(hundred, id+5)
	}
	for name, tt := range map[string]struct {
		call  func(context.Context, *recclient.Client) error
		asked proto.Message
	}{
		"a long search": {
			func(ctx context.Context, c *recclient.Client) error {
				return second(c.Search(ctx, shop.SearchQuery{Text: long, Size: -5}))
			},
			&bookmarketv1.SearchBooksRequest{Query: strings.Repeat("é", 200), PageSize: 1},
		},
		"a search that is no UTF-8": {
			func(ctx context.Context, c *recclient.Client) error {
				return second(c.Search(ctx, shop.SearchQuery{Text: "dune\xff\xfe", Order: "sideways", Size: 24}))
			},
			&bookmarketv1.SearchBooksRequest{Query: "dune ", PageSize: 24},
		},
		"many books": {
			func(ctx context.Context, c *recclient.Client) error { return second(c.Books(ctx, ids)) },
			&bookmarketv1.BatchGetBooksRequest{BookIds: hundred},
		},
		"a visitor with many books": {
			func(ctx context.Context, c *recclient.Client) error {
				return second(c.Recommend(ctx, shop.Visitor{Reader: -1, Recent: ids}, "", 1<<40))
			},
			&bookmarketv1.RecommendRequest{MaxResults: 100, RecentBookIds: hundred},
		},
		"a series": {
			func(ctx context.Context, c *recclient.Client) error {
				return second(c.List(ctx, shop.ListQuery{Series: long[:400], Order: shop.ByRating, Size: 100}))
			},
			&bookmarketv1.ListBooksRequest{Series: long[:400], OrderBy: bookmarketv1.BookOrder_BOOK_ORDER_RATING, PageSize: 100},
		},
		"a category": {
			func(ctx context.Context, c *recclient.Client) error {
				return second(c.List(ctx, shop.ListQuery{Category: "poetry", Order: shop.ByPopularity, Size: 100}))
			},
			&bookmarketv1.ListBooksRequest{Category: "poetry", OrderBy: bookmarketv1.BookOrder_BOOK_ORDER_POPULARITY, PageSize: 100},
		},
		"a kind that the contract does not have": { // the service refuses it, and a rating it cannot read
			func(ctx context.Context, c *recclient.Client) error {
				return c.Record(ctx, []shop.Event{{ID: "e", Reader: 1, Book: 1, Kind: "burnt", Rating: 1<<32 + 3}})
			},
			&bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{{EventId: "e", UserId: 1, BookId: 1, Rating: 6}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var asked proto.Message
			_, addr := serve(t, "127.0.0.1:0", func(_ context.Context, req any) (any, error) {
				asked = req.(proto.Message)
				return new(bookmarketv1.ListBooksResponse), nil // an empty message is one of any kind
			})
			if err := tt.call(t.Context(), dial(t, addr)); err != nil || !proto.Equal(asked, tt.asked) {
				t.Errorf("asked for %v (%v)", asked, err)
			}
		})
	}
}

// What the service could only refuse is answered here.
func TestNotAsked(t *testing.T) {
	_, addr := serve(t, "127.0.0.1:0", func(_ context.Context, req any) (any, error) {
		t.Errorf("asked for %.200v", req)
		return new(bookmarketv1.ListBooksResponse), nil
	})
	client := dial(t, addr)
	long := strings.Repeat("x", 201)
	for name, tt := range map[string]struct {
		call func(context.Context) error
		want error
	}{
		"no book":          {func(ctx context.Context) error { return second(client.Book(ctx, 0)) }, shop.ErrNotFound},
		"no books":         {func(ctx context.Context) error { return second(client.Books(ctx, []int64{0, -1})) }, nil},
		"like no book":     {func(ctx context.Context) error { return second(client.Similar(ctx, -1, 0, 3)) }, shop.ErrNotFound},
		"long category":    {func(ctx context.Context) error { return second(client.Popular(ctx, long, 3)) }, shop.ErrNotFound},
		"for a category":   {func(ctx context.Context) error { return second(client.Recommend(ctx, shop.Visitor{}, "\xff", 3)) }, shop.ErrNotFound},
		"list a category":  {func(ctx context.Context) error { return second(client.List(ctx, shop.ListQuery{Category: long})) }, shop.ErrNotFound},
		"search there":     {func(ctx context.Context) error { return second(client.Search(ctx, shop.SearchQuery{Category: long})) }, shop.ErrNotFound},
		"long author":      {func(ctx context.Context) error { return second(client.List(ctx, shop.ListQuery{Author: long})) }, nil},
		"series":           {func(ctx context.Context) error { return second(client.List(ctx, shop.ListQuery{Series: "\xff"})) }, nil},
		"page of a list":   {func(ctx context.Context) error { return second(client.List(ctx, shop.ListQuery{Page: "\xff"})) }, shop.ErrBadPage},
		"page of a search": {func(ctx context.Context) error { return second(client.Search(ctx, shop.SearchQuery{Page: "a b"})) }, shop.ErrBadPage},
		"long page": {func(ctx context.Context) error {
			return second(client.List(ctx, shop.ListQuery{Page: strings.Repeat("x", 1<<12+1)}))
		}, shop.ErrBadPage},
		"page of events": {func(ctx context.Context) error {
			_, _, err := client.Events(ctx, 1, "\x00")
			return err
		}, shop.ErrBadPage},
		"no events": {func(ctx context.Context) error { return client.Record(ctx, nil) }, nil},
		"none gone": {func(ctx context.Context) error { return client.Remove(ctx, 1, nil) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if err := tt.call(t.Context()); err != tt.want { //nolint:errorlint // exactly this one
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}
