package recclient_test

import (
	"context"
	"math"
	"net"
	"reflect"
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

	"bookmarket/internal/telemetry"
	"bookmarket/marketplace/internal/recclient"
	"bookmarket/marketplace/internal/shop"
	"bookmarket/protobufs/gen/tutorialpb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeService is the recommendations service as a test wants it.
type fakeService struct {
	tutorialpb.UnimplementedRecommendationsServer
	recommend func(context.Context, *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error)
}

func (s fakeService) Recommend(ctx context.Context, req *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
	return s.recommend(ctx, req)
}

// serve runs the service on an address, healthy, until stop is called.
func serve(t *testing.T, addr string, service fakeService) (server *grpc.Server, listenAddr string) {
	t.Helper()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server = grpc.NewServer()
	states := health.NewServer()
	states.SetServingStatus("Recommendations", healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server, states)
	tutorialpb.RegisterRecommendationsServer(server, service)
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

func books(ids ...int32) *tutorialpb.RecommendationResponse {
	resp := new(tutorialpb.RecommendationResponse)
	for _, id := range ids {
		resp.Recommendations = append(resp.Recommendations, &tutorialpb.BookRecommendation{Id: id, Title: "t"})
	}
	return resp
}

func TestRecommend(t *testing.T) {
	var got *tutorialpb.RecommendationRequest
	var ids []string
	var timeout time.Duration
	_, addr := serve(t, "127.0.0.1:0", fakeService{recommend: func(ctx context.Context, req *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
		got = req
		ids = metadata.ValueFromIncomingContext(ctx, telemetry.RequestIDHeader)
		deadline, _ := ctx.Deadline()
		timeout = time.Until(deadline)
		return books(1, 2, 3, 4), nil
	}})
	client := dial(t, addr)
	ctx := telemetry.WithRequestID(t.Context(), "request-7")
	list, err := client.Recommend(ctx, 9, shop.SelfHelp, 3)
	if err != nil {
		t.Fatal(err)
	}
	if want := []shop.Book{{ID: 1, Title: "t"}, {ID: 2, Title: "t"}, {ID: 3, Title: "t"}}; !reflect.DeepEqual(list, want) {
		t.Errorf("of four books for a shelf of three, got %v", list)
	}
	if got.GetUserId() != 9 || got.GetCategory() != tutorialpb.BookCategory_SELF_HELP || got.GetMaxResults() != 3 {
		t.Errorf("asked for %v", got)
	}
	if !reflect.DeepEqual(ids, []string{"request-7"}) {
		t.Errorf("the request ids sent are %q", ids)
	}
	if timeout <= 0 || timeout > 250*time.Millisecond {
		t.Errorf("a call may take %v though its caller sets no deadline", timeout)
	}
}

func TestUnsayable(t *testing.T) {
	client := dial(t, "127.0.0.1:1")
	for name, err := range map[string]error{
		"category": second(client.Recommend(t.Context(), 1, "cookery", 3)),
		"reader":   second(client.Recommend(t.Context(), math.MaxInt32+1, shop.Mystery, 3)),
		"number":   second(client.Recommend(t.Context(), 1, shop.Mystery, math.MaxInt32+1)),
	} {
		if err == nil || status.Code(err) != codes.Unknown {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestFailures(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() //nolint:errcheck // the test is over
	_, slow := serve(t, "127.0.0.1:0", fakeService{recommend: func(ctx context.Context, _ *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	_, failing := serve(t, "127.0.0.1:0", fakeService{recommend: func(context.Context, *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
		return nil, status.Error(codes.Internal, "internal error")
	}})
	_, huge := serve(t, "127.0.0.1:0", fakeService{recommend: func(context.Context, *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
		return &tutorialpb.RecommendationResponse{Recommendations: []*tutorialpb.BookRecommendation{{Title: string(make([]byte, 2<<20))}}}, nil
	}})
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
			if _, err := client.Recommend(t.Context(), 1, shop.Mystery, 3); status.Code(err) != tt.code {
				t.Errorf("got %v, want %v", err, tt.code)
			}
		})
	}
}

// What a replica did not begin is tried again; what it failed at is not.
func TestRetries(t *testing.T) {
	for code, want := range map[codes.Code]int{codes.Unavailable: 3, codes.Internal: 1, codes.ResourceExhausted: 1} {
		calls := 0
		_, addr := serve(t, "127.0.0.1:0", fakeService{recommend: func(context.Context, *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
			calls++
			return nil, status.Error(code, "")
		}})
		if _, err := dial(t, addr).Recommend(t.Context(), 1, shop.Mystery, 3); status.Code(err) != code {
			t.Errorf("%v came back as %v", code, err)
		}
		if calls != want {
			t.Errorf("%v: %d calls, want %d", code, calls, want)
		}
	}
}

// A server that came back answers again within five seconds, without our doing.
func TestComesBack(t *testing.T) {
	service := fakeService{recommend: func(context.Context, *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
		return books(1), nil
	}}
	server, addr := serve(t, "127.0.0.1:0", service)
	client := dial(t, addr)
	if _, err := client.Recommend(t.Context(), 1, shop.Mystery, 3); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	time.Sleep(3 * time.Second) // long enough for the pauses between tries to be at their longest
	if _, err := client.Recommend(t.Context(), 1, shop.Mystery, 3); err == nil {
		t.Fatal("answered by a server that is stopped")
	}
	serve(t, addr, service)
	back := time.Now()
	for {
		if _, err := client.Recommend(t.Context(), 1, shop.Mystery, 3); err == nil {
			return
		}
		if waited := time.Since(back); waited > 5*time.Second {
			t.Fatalf("no answer %v after its return", waited)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
