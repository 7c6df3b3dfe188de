package recclient

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/balancer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

// A countingService counts its calls and answers all of them alike.
type countingService struct {
	bookmarketv1.UnimplementedRecommendationServiceServer
	calls atomic.Int64
	err   error
}

func (s *countingService) Recommend(context.Context, *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
	s.calls.Add(1)
	return new(bookmarketv1.RecommendResponse), s.err
}

// serveCounting runs the service and returns its port and its health.
func serveCounting(t *testing.T, service *countingService) (port string, states *health.Server) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	states = health.NewServer()
	states.SetServingStatus("bookmarket.v1.RecommendationService", healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server, states)
	bookmarketv1.RegisterRecommendationServiceServer(server, service)
	go server.Serve(listener) //nolint:errcheck // Stop ends it
	t.Cleanup(server.Stop)
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, states
}

func dialWith(t *testing.T, target string, lookup lookupFunc) *Client {
	t.Helper()
	conn, err := dial(target, prometheus.NewRegistry(), lookup)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() }) //nolint:errcheck // nothing is lost with it
	return New(conn)
}

// within5s waits until a call ends with a code, for five seconds at most.
func within5s(t *testing.T, client *Client, want codes.Code) {
	t.Helper()
	var err error
	for start := time.Now(); time.Since(start) < 5*time.Second; time.Sleep(10 * time.Millisecond) {
		if _, err = client.Recommend(t.Context(), shop.Visitor{}, "mystery", 3); status.Code(err) == want {
			return
		}
	}
	t.Errorf("after five seconds calls still end with %v, want %v", err, want)
}

// A name that is not known when the shop opens is no reason to close it for minutes.
func TestNameThatComesLater(t *testing.T) {
	port, _ := serveCounting(t, new(countingService))
	var lookups atomic.Int64
	client := dialWith(t, "dns:///recommendations.test:"+port, func(_ context.Context, host string) ([]string, error) {
		if host != "recommendations.test" {
			t.Errorf("looked up %q", host)
		}
		if lookups.Add(1) == 1 {
			return nil, errors.New("no such host")
		}
		return []string{"127.0.0.1"}, nil
	})
	if _, err := client.Recommend(t.Context(), shop.Visitor{}, "mystery", 3); status.Code(err) != codes.Unavailable {
		t.Errorf("a call to nowhere: %v", err)
	}
	within5s(t, client, codes.OK)
}

// A server that says NOT_SERVING gets no calls.
func TestHealthIsWatched(t *testing.T) {
	service := new(countingService)
	port, states := serveCounting(t, service)
	client := dialWith(t, "dns:///127.0.0.1:"+port, net.DefaultResolver.LookupHost)
	within5s(t, client, codes.OK)
	states.SetServingStatus("bookmarket.v1.RecommendationService", healthpb.HealthCheckResponse_NOT_SERVING)
	within5s(t, client, codes.Unavailable)
	before := service.calls.Load()
	_, _ = client.Recommend(t.Context(), shop.Visitor{}, "mystery", 3)
	if calls := service.calls.Load(); calls != before {
		t.Errorf("%d calls reached a server that is NOT_SERVING", calls-before)
	}
	states.SetServingStatus("bookmarket.v1.RecommendationService", healthpb.HealthCheckResponse_SERVING)
	within5s(t, client, codes.OK)
}

// Repetitions end when nothing succeeds: 100 tokens, each failure takes one, and at 50 there
// is no more of it. Without the throttle 60 calls would be 180.
func TestRepetitionsAreThrottled(t *testing.T) {
	const requests = 60
	service := &countingService{err: status.Error(codes.Unavailable, "")}
	port, _ := serveCounting(t, service)
	client := dialWith(t, "dns:///127.0.0.1:"+port, net.DefaultResolver.LookupHost)
	for range requests {
		_, _ = client.Recommend(t.Context(), shop.Visitor{}, "mystery", 3)
	}
	if repeated := service.calls.Load() - requests; repeated < 20 || repeated > 50 {
		t.Errorf("%d calls were repeated %d times", requests, repeated)
	}
}

func TestBalancerIsKnown(t *testing.T) {
	if balancer.Get("least_request_experimental") == nil {
		t.Error("gRPC renamed the policy that serviceConfig asks for first")
	}
}

// Jitter lengthens a pause by a fifth; the name's lookup goes on meanwhile.
func TestReconnectsInTime(t *testing.T) {
	backoff := connectParams.Backoff
	longest := time.Duration(float64(backoff.MaxDelay)*(1+backoff.Jitter)) + connectParams.MinConnectTimeout
	if longest >= 5*time.Second {
		t.Errorf("a server may stay unnoticed for %v", longest)
	}
}

// A start waits for a replica that is healthy, not for one that listens, and not for ever.
func TestAwait(t *testing.T) {
	port, states := serveCounting(t, new(countingService))
	states.SetServingStatus("bookmarket.v1.RecommendationService", healthpb.HealthCheckResponse_NOT_SERVING)
	conn, err := Dial("127.0.0.1:"+port, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing is lost with it

	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	Await(ctx, conn)
	if ctx.Err() == nil {
		t.Error("it took a replica that is not healthy")
	}
	ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	states.SetServingStatus("bookmarket.v1.RecommendationService", healthpb.HealthCheckResponse_SERVING)
	Await(ctx, conn)
	if ctx.Err() != nil {
		t.Error("it missed a replica that is healthy")
	}
}
