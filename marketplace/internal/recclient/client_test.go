package recclient_test

import (
	"context"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
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
