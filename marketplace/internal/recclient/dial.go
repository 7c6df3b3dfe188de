package recclient

import (
	"context"
	"net"
	"time"

	grpcprom "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	_ "google.golang.org/grpc/balancer/leastrequest" // registers the policy that serviceConfig asks for
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/health" // makes healthCheckConfig work; without it every server counts as healthy
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"

	"bookmarket/internal/telemetry"
)

// serviceConfig spreads calls over healthy replicas, preferring the less busy of two, and
// repeats a call that a replica could not take. That is safe: the first two services only read,
// and of the third it names the methods that come to the same when they are called twice. The
// throttle lets some fifty repetitions pass and then one for every ten calls that succeed, so
// that repetitions do not bury a service that is down (gRFC A6, A48).
//
// Reads are answered from memory: one that takes longer than the timeout is lost, whoever asks.
// What readers do is written to a disk, and how long that may take depends on who waits, a page
// or a batch in the background: there the caller's context alone says when to give up. Health
// is that of reading: while there is no database the calls that need it fail by themselves.
const serviceConfig = `{
	"loadBalancingConfig": [{"least_request_experimental": {"choiceCount": 2}}, {"round_robin": {}}],
	"healthCheckConfig": {"serviceName": "bookmarket.v1.RecommendationService"},
	"retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1},
	"methodConfig": [{
		"name": [{"service": "bookmarket.v1.RecommendationService"}, {"service": "bookmarket.v1.CatalogService"}],
		"timeout": "0.25s",
		"retryPolicy": ` + retryPolicy + `
	}, {
		"name": [
			{"service": "bookmarket.v1.ActivityService", "method": "RecordActivity"},
			{"service": "bookmarket.v1.ActivityService", "method": "ListActivity"},
			{"service": "bookmarket.v1.ActivityService", "method": "DeleteActivity"},
			{"service": "bookmarket.v1.ActivityService", "method": "DeleteUserData"}
		],
		"retryPolicy": ` + retryPolicy + `
	}]
}`

const retryPolicy = `{
	"maxAttempts": 3,
	"initialBackoff": "0.01s",
	"maxBackoff": "0.1s",
	"backoffMultiplier": 2,
	"retryableStatusCodes": ["UNAVAILABLE"]
}`

// A lost server is tried again every two seconds or so at the latest, and a try that nobody
// answers is given up after two, so that a shop has fresh recommendations within five seconds
// of their return.
var connectParams = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
	MinConnectTimeout: 2 * time.Second,
}

// Limits of one message and its headers. A hundred books take some 50 KB, and 850 KB where each
// is as large as the service lets it be.
const (
	maxResponseBytes = 1 << 20
	maxHeaderBytes   = 16 << 10
)

// Dial returns a connection to the service at a gRPC target. It connects in the background,
// and again whenever the connection is lost; its error says that the target has a form that
// gRPC does not know. The options are for tests whose network is of their own.
func Dial(target string, metrics prometheus.Registerer, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	return dial(target, metrics, net.DefaultResolver.LookupHost, options...)
}

func dial(target string, metrics prometheus.Registerer, lookup lookupFunc, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	calls := grpcprom.NewClientMetrics(grpcprom.WithClientHandlingTimeHistogram())
	metrics.MustRegister(calls)
	conn, err := grpc.NewClient(target, append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithResolvers(pollingDNS{lookup}),
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithDisableServiceConfig(), // DNS does not decide how we call
		grpc.WithConnectParams(connectParams),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 3 * time.Second, PermitWithoutStream: true}),
		grpc.WithIdleTimeout(0), // the first page of the morning must not wait for a connection
		grpc.WithNoProxy(),
		grpc.WithMaxHeaderListSize(maxHeaderBytes),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxResponseBytes)),
		grpc.WithChainUnaryInterceptor(sendRequestID, calls.UnaryClientInterceptor()),
	}, options...)...)
	if err != nil {
		return nil, err
	}
	conn.Connect()
	return conn, nil
}

// sendRequestID lets the service's log lines name the page that they belong to.
func sendRequestID(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if id := telemetry.RequestID(ctx); id != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, telemetry.RequestIDHeader, id)
	}
	return invoke(ctx, method, req, reply, conn, opts...)
}

// Await returns when a healthy replica is connected, or else when ctx ends.
func Await(ctx context.Context, conn *grpc.ClientConn) {
	for state := conn.GetState(); state != connectivity.Ready; state = conn.GetState() {
		if !conn.WaitForStateChange(ctx, state) {
			return
		}
	}
}
