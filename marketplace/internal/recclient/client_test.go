package recclient_test

import (
	"context"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"bookmarket/internal/telemetry"
	"bookmarket/marketplace/internal/recclient"
	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeService is the recommendations service as a test wants it.
type fakeService struct {
	bookmarketv1.UnimplementedCatalogServiceServer
	bookmarketv1.UnimplementedRecommendationServiceServer
	list      func(context.Context) (*bookmarketv1.ListCategoriesResponse, error)
	recommend func(context.Context, *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error)
}

func (s fakeService) ListCategories(ctx context.Context, _ *bookmarketv1.ListCategoriesRequest) (*bookmarketv1.ListCategoriesResponse, error) {
	return s.list(ctx)
}

func (s fakeService) Recommend(ctx context.Context, req *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
	return s.recommend(ctx, req)
}

// always answers every call with what answer returns.
func always(answer func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error)) fakeService {
	return fakeService{
		list: func(ctx context.Context) (*bookmarketv1.ListCategoriesResponse, error) {
			categories, _, err := answer(ctx)
			return &bookmarketv1.ListCategoriesResponse{Categories: categories}, err
		},
		recommend: func(ctx context.Context, _ *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
			_, recommendations, err := answer(ctx)
			return &bookmarketv1.RecommendResponse{Recommendations: recommendations}, err
		},
	}
}

// serve runs the service on an address, healthy, until it is stopped.
func serve(t *testing.T, addr string, service fakeService) (server *grpc.Server, listenAddr string) {
	t.Helper()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server = grpc.NewServer()
	states := health.NewServer()
	states.SetServingStatus("bookmarket.v1.RecommendationService", healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server, states)
	bookmarketv1.RegisterCatalogServiceServer(server, service)
	bookmarketv1.RegisterRecommendationServiceServer(server, service)
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

func recommended(books ...*bookmarketv1.Book) *bookmarketv1.RecommendResponse {
	resp := new(bookmarketv1.RecommendResponse)
	for _, book := range books {
		resp.Recommendations = append(resp.Recommendations, &bookmarketv1.Recommendation{Book: book})
	}
	return resp
}

// A sent is what arrives at the service with a call.
type sent struct {
	ids     []string
	timeout time.Duration
}

func arrived(ctx context.Context) sent {
	deadline, _ := ctx.Deadline()
	return sent{metadata.ValueFromIncomingContext(ctx, telemetry.RequestIDHeader), time.Until(deadline)}
}

func (s sent) check(t *testing.T, id string) {
	t.Helper()
	if !reflect.DeepEqual(s.ids, []string{id}) {
		t.Errorf("the request ids sent are %q", s.ids)
	}
	if s.timeout <= 0 || s.timeout > 250*time.Millisecond {
		t.Errorf("a call may take %v though its caller sets no deadline", s.timeout)
	}
}

func TestRecommend(t *testing.T) {
	var got *bookmarketv1.RecommendRequest
	var with sent
	_, addr := serve(t, "127.0.0.1:0", fakeService{recommend: func(ctx context.Context, req *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
		got, with = req, arrived(ctx)
		return recommended(
			&bookmarketv1.Book{Id: 1, Title: "Dune", Authors: []string{"Frank Herbert", "Somebody"}},
			&bookmarketv1.Book{Id: 1 << 40, Title: "Anonymous"},
			&bookmarketv1.Book{Id: 3, Title: "t", Authors: []string{"", "Somebody"}},
			&bookmarketv1.Book{Id: 4, Title: "t"},
		), nil
	}})
	list, err := dial(t, addr).Recommend(telemetry.WithRequestID(t.Context(), "request-7"), 1<<33, "self-help", 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []shop.Book{{ID: 1, Title: "Dune", Author: "Frank Herbert"}, {ID: 1 << 40, Title: "Anonymous"}, {ID: 3, Title: "t"}}
	if !reflect.DeepEqual(list, want) {
		t.Errorf("of four books for a shelf of three, got %v", list)
	}
	if asked := (&bookmarketv1.RecommendRequest{UserId: 1 << 33, Category: "self-help", MaxResults: 3}); !proto.Equal(got, asked) {
		t.Errorf("asked for %v", got)
	}
	with.check(t, "request-7")
}

func TestListCategories(t *testing.T) {
	var with sent
	_, addr := serve(t, "127.0.0.1:0", fakeService{list: func(ctx context.Context) (*bookmarketv1.ListCategoriesResponse, error) {
		with = arrived(ctx)
		return &bookmarketv1.ListCategoriesResponse{Categories: []*bookmarketv1.Category{
			{Slug: "poetry", Name: "Poetry", BookCount: 9}, {Slug: "mystery", Name: "Mystery", BookCount: 2},
		}}, nil
	}})
	list, err := dial(t, addr).ListCategories(telemetry.WithRequestID(t.Context(), "request-7"))
	if want := []shop.Category{{Slug: "poetry", Name: "Poetry"}, {Slug: "mystery", Name: "Mystery"}}; err != nil || !reflect.DeepEqual(list, want) {
		t.Errorf("got %v, %v", list, err)
	}
	with.check(t, "request-7")
}

// What cannot be shown stays out; an answer with nothing else is none, and an empty one is.
func TestGarbage(t *testing.T) {
	long := strings.Repeat("x", 1<<10+1)
	book := func(id int64, title string) *bookmarketv1.Recommendation {
		return &bookmarketv1.Recommendation{Book: &bookmarketv1.Book{Id: id, Title: title, Authors: []string{long}}}
	}
	badBooks := []*bookmarketv1.Recommendation{{}, book(0, "t"), book(-1, "t"), book(7, ""), book(7, " \n"), book(7, long)}
	badCategories := []*bookmarketv1.Category{{}, {Slug: "s"}, {Name: "n"}, {Slug: " ", Name: "n"}, {Slug: "s", Name: " "}, {Slug: long, Name: "n"}, {Slug: "s", Name: long}}
	good := []shop.Book{{ID: 7, Title: "t"}}
	fine := book(7, "t")
	fine.Book.Authors = nil
	category := &bookmarketv1.Category{Slug: "s", Name: "n"}
	for name, tt := range map[string]struct {
		recommendations []*bookmarketv1.Recommendation
		categories      []*bookmarketv1.Category
		books           []shop.Book
		listed          int
		fails           bool
	}{
		"empty":       {nil, nil, nil, 0, false},
		"only bad":    {badBooks, badCategories, nil, 0, true},
		"one is good": {append(badBooks, book(7, "t")), append(badCategories, category), good, 1, false},
		"many":        {slices.Repeat([]*bookmarketv1.Recommendation{fine}, 5000), slices.Repeat([]*bookmarketv1.Category{category}, 5000), slices.Repeat(good, 3), 1000, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, "127.0.0.1:0", always(func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
				return tt.categories, tt.recommendations, nil
			}))
			client := dial(t, addr)
			books, err := client.Recommend(t.Context(), 0, "mystery", 3)
			if !reflect.DeepEqual(books, tt.books) || (err != nil) != tt.fails {
				t.Errorf("got the books %.100v, %v", books, err)
			}
			categories, err := client.ListCategories(t.Context())
			if len(categories) != tt.listed || (err != nil) != tt.fails {
				t.Errorf("got %d categories, %v", len(categories), err)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() //nolint:errcheck // the test is over
	_, slow := serve(t, "127.0.0.1:0", always(func(ctx context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
		<-ctx.Done()
		return nil, nil, ctx.Err()
	}))
	_, failing := serve(t, "127.0.0.1:0", always(func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
		return nil, nil, status.Error(codes.Internal, "internal error")
	}))
	_, huge := serve(t, "127.0.0.1:0", always(func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
		text := strings.Repeat("x", 2<<20)
		return []*bookmarketv1.Category{{Name: text}}, []*bookmarketv1.Recommendation{{Book: &bookmarketv1.Book{Title: text}}}, nil
	}))
	for name, tt := range map[string]struct {
		addr string
		code codes.Code
	}{
		"nobody there": {"127.0.0.1:1", codes.Unavailable},
		"silent":       {silent.Addr().String(), codes.DeadlineExceeded},
		"slow":         {slow, codes.DeadlineExceeded},
		"failing":      {failing, codes.Internal},
		"huge":         {huge, codes.ResourceExhausted},
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, tt.addr)
			if _, err := client.Recommend(t.Context(), 0, "mystery", 3); status.Code(err) != tt.code {
				t.Errorf("got %v, want %v", err, tt.code)
			}
			if _, err := client.ListCategories(t.Context()); status.Code(err) != tt.code {
				t.Errorf("categories: got %v, want %v", err, tt.code)
			}
		})
	}
}

// What a replica did not begin is tried again; what it failed at is not.
func TestRetries(t *testing.T) {
	for code, want := range map[codes.Code]int{codes.Unavailable: 3, codes.Internal: 1, codes.ResourceExhausted: 1} {
		calls := 0
		_, addr := serve(t, "127.0.0.1:0", always(func(context.Context) ([]*bookmarketv1.Category, []*bookmarketv1.Recommendation, error) {
			calls++
			return nil, nil, status.Error(code, "")
		}))
		client := dial(t, addr)
		for what, call := range map[string]func() error{
			"recommend":       func() error { return second(client.Recommend(t.Context(), 0, "mystery", 3)) },
			"list categories": func() error { return second(client.ListCategories(t.Context())) },
		} {
			calls = 0
			if err := call(); status.Code(err) != code {
				t.Errorf("%s: %v came back as %v", what, code, err)
			}
			if calls != want {
				t.Errorf("%s: %v: %d calls, want %d", what, code, calls, want)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

// A server that came back answers again within five seconds, without our doing.
func TestComesBack(t *testing.T) {
	service := fakeService{recommend: func(context.Context, *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
		return recommended(&bookmarketv1.Book{Id: 1, Title: "t"}), nil
	}}
	server, addr := serve(t, "127.0.0.1:0", service)
	client := dial(t, addr)
	if _, err := client.Recommend(t.Context(), 0, "mystery", 3); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	time.Sleep(3 * time.Second) // long enough for the pauses between tries to be at their longest
	if _, err := client.Recommend(t.Context(), 0, "mystery", 3); err == nil {
		t.Fatal("answered by a server that is stopped")
	}
	serve(t, addr, service)
	back := time.Now()
	for {
		if _, err := client.Recommend(t.Context(), 0, "mystery", 3); err == nil {
			return
		}
		if waited := time.Since(back); waited > 5*time.Second {
			t.Fatalf("no answer %v after its return", waited)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
