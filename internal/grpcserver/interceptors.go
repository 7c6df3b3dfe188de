package grpcserver

import (
	"context"
	"log/slog"
	"time"

	grpcprom "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"bookmarket/internal/telemetry"
)

// Of a call's time, replyTime is kept for the way back; a call that has less than leastTime
// left is refused rather than begun, and one without a deadline gets defaultTimeout.
const (
	defaultTimeout = time.Second
	leastTime      = 10 * time.Millisecond
	replyTime      = 5 * time.Millisecond
)

func unaryRequestID(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	return handler(withRequestID(ctx), req)
}

func streamRequestID(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	return handler(srv, streamWithContext{stream, withRequestID(stream.Context())})
}

// withRequestID takes the caller's request id or makes one.
func withRequestID(ctx context.Context) context.Context {
	var id string
	if values := metadata.ValueFromIncomingContext(ctx, telemetry.RequestIDHeader); len(values) > 0 {
		id = values[0]
	}
	return telemetry.WithRequestID(ctx, id)
}

func unaryLog(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		start := time.Now()
		resp, err := handler(ctx, req)
		logCall(ctx, log, info.FullMethod, start, err)
		return resp, err
	}
}

func streamLog(log *slog.Logger) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		start := time.Now()
		err := handler(srv, stream)
		logCall(stream.Context(), log, info.FullMethod, start, err)
		return err
	}
}

// logCall writes one line: at error for what the service failed at, at info for what the
// caller did wrong, at debug for a success and for a caller that hung up.
func logCall(ctx context.Context, log *slog.Logger, method string, start time.Time, err error) {
	code := status.Code(err)
	level := slog.LevelInfo
	switch code {
	case codes.OK, codes.Canceled:
		level = slog.LevelDebug
	case codes.Internal, codes.Unknown, codes.DataLoss, codes.Unavailable:
		level = slog.LevelError
	}
	if !log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", method),
		slog.String("code", code.String()),
		telemetry.Milliseconds("duration_ms", time.Since(start)),
	}
	if err != nil {
		attrs = append(attrs, causeAttrs(err)...)
	}
	log.LogAttrs(ctx, level, "rpc", attrs...)
}

func newMetrics(registerer prometheus.Registerer) *grpcprom.ServerMetrics {
	metrics := grpcprom.NewServerMetrics(grpcprom.WithServerHandlingTimeHistogram(
		grpcprom.WithHistogramBuckets([]float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1}),
	))
	registerer.MustRegister(metrics)
	return metrics
}

func unaryDeadline(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	deadline, ok := ctx.Deadline()
	left := time.Until(deadline)
	switch {
	case !ok:
		left = defaultTimeout
	case left < leastTime:
		return nil, context.DeadlineExceeded
	}
	ctx, cancel := context.WithTimeout(ctx, left-replyTime)
	defer cancel()
	return handler(ctx, req)
}

// streamDrain ends a stream when the server is about to stop: its context, and its wait for
// the next message.
func streamDrain(draining context.Context) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		ctx, cancel := context.WithCancel(stream.Context())
		defer cancel()
		defer context.AfterFunc(draining, cancel)()
		return handler(srv, drainedStream{streamWithContext{stream, ctx}})
	}
}

// A drainedStream waits for a message no longer than its context lasts.
type drainedStream struct{ streamWithContext }

func (s drainedStream) RecvMsg(m any) error {
	received := make(chan error, 1)
	go func() { received <- s.ServerStream.RecvMsg(m) }() // ends with the stream at the latest
	select {
	case err := <-received:
		return err
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}
