// Package grpcserver is the gRPC server that both services run: bounded, observed, healthy
// only when asked and found so, and stopped without cutting what is in flight.
package grpcserver

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
)

// Limits of one connection, one message and one call. gRPC's defaults would let a single
// client open four billion streams and send 16 MiB of headers with each.
const (
	maxRequestBytes      = 256 << 10
	maxResponseBytes     = 1 << 20
	maxHeaderBytes       = 16 << 10
	maxConcurrentStreams = 256
	connectionTimeout    = 5 * time.Second
)

// Flow control with a fixed window: a caller can have one largest request on its way per
// stream and a megabyte per connection. gRPC's default measures the network with pings, to find
// out whether a window should grow, to 16 MiB at most, which ours never must.
const (
	streamWindowBytes     = maxRequestBytes
	connectionWindowBytes = 1 << 20
)

// Calls run on goroutines that live on, as long as one is free: a fresh goroutine starts with
// a stack too small for a call, and growing it twice took a seventh of the CPU time
// (docs/performance.md).
const streamWorkers = 32

// keepaliveParameters end connections after half a minute, so that clients look up the
// server's addresses again and find replicas that came after them.
var keepaliveParameters = keepalive.ServerParameters{
	MaxConnectionIdle:     5 * time.Minute,
	MaxConnectionAge:      30 * time.Second,
	MaxConnectionAgeGrace: 10 * time.Second,
	Time:                  20 * time.Second,
	Timeout:               5 * time.Second,
}

// keepaliveEnforcement must allow what our own client does, a ping every ten seconds, or it
// is told ENHANCE_YOUR_CALM.
var keepaliveEnforcement = keepalive.EnforcementPolicy{
	MinTime:             5 * time.Second,
	PermitWithoutStream: true,
}

// Options are what services differ in.
type Options struct {
	Log        *slog.Logger
	Metrics    prometheus.Registerer
	Status     StatusFunc // nil: handlers have no errors of their own to tell
	Services   []string   // whose health is known by name, beside that of the whole
	Reflection bool
}

// A Server serves gRPC on one listener until it is stopped.
type Server struct {
	*grpc.Server
	listener net.Listener
	log      *slog.Logger
	health   *health.Server
	drain    context.CancelFunc // ends the streams
}

// New returns a server with the health service, in which the server as a whole and each of
// its services is NOT_SERVING until [Server.PollHealth] finds otherwise. The caller registers
// its services and runs Serve.
func New(listener net.Listener, o Options) *Server {
	draining, drain := context.WithCancel(context.Background())
	links := chain(draining, o)
	s := &Server{
		Server: grpc.NewServer(
			grpc.MaxRecvMsgSize(maxRequestBytes),
			grpc.MaxSendMsgSize(maxResponseBytes),
			grpc.MaxHeaderListSize(maxHeaderBytes),
			grpc.MaxConcurrentStreams(maxConcurrentStreams),
			grpc.StaticStreamWindowSize(streamWindowBytes),
			grpc.StaticConnWindowSize(connectionWindowBytes),
			grpc.NumStreamWorkers(streamWorkers),
			grpc.ConnectionTimeout(connectionTimeout),
			grpc.KeepaliveParams(keepaliveParameters),
			grpc.KeepaliveEnforcementPolicy(keepaliveEnforcement),
			grpc.WaitForHandlers(true),
			grpc.ChainUnaryInterceptor(unaryInterceptors(links)...),
			grpc.ChainStreamInterceptor(streamInterceptors(links)...),
		),
		listener: listener,
		log:      o.Log,
		health:   health.NewServer(),
		drain:    drain,
	}
	for _, service := range append([]string{""}, o.Services...) {
		s.health.SetServingStatus(service, healthpb.HealthCheckResponse_NOT_SERVING)
	}
	healthpb.RegisterHealthServer(s, s.health)
	if o.Reflection {
		reflection.Register(s)
	}
	return s
}

// Serve answers calls until Stop; its error is nil then.
func (s *Server) Serve() error {
	s.log.Info("listening", "server", "grpc", "addr", s.listener.Addr().String())
	return s.Server.Serve(s.listener)
}

// streamNotice is how long a stream may go on once the server stops: none of ours ends by
// itself, and the watchers of its health are still to be told NOT_SERVING.
const streamNotice = 100 * time.Millisecond

// Stop takes no more calls and finishes those in flight; streams it ends after a short
// notice. When ctx ends first, it cuts them and returns ctx's error.
func (s *Server) Stop(ctx context.Context) error {
	defer s.drain()
	defer time.AfterFunc(streamNotice, s.drain).Stop()
	stopped := make(chan struct{})
	go func() {
		s.GracefulStop()
		close(stopped)
	}()
	select {
	case <-stopped:
		return nil
	case <-ctx.Done():
		// Not waited for: it returns only when the last handler does, and one may be stuck.
		go s.Server.Stop()
		return ctx.Err()
	}
}
