package grpcserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A StatusFunc is a service's table of what a caller is told about an error; ok is false for
// an error that the table does not know.
type StatusFunc func(error) (told *status.Status, ok bool)

// A callError is what the caller is told, as its gRPC status, and what happened, for the log.
type callError struct {
	told  *status.Status
	cause error
}

func (e *callError) Error() string              { return e.cause.Error() }
func (e *callError) Unwrap() error              { return e.cause }
func (e *callError) GRPCStatus() *status.Status { return e.told }

// told finds the status for a call's error: the service's table first, then a context's end,
// then INTERNAL with nothing of the error in it. Only gRPC's own services, which have no
// table, speak in statuses themselves.
func told(method string, err error, table StatusFunc) *status.Status {
	if s, ok := status.FromError(err); ok && strings.HasPrefix(method, "/grpc.") {
		return s
	}
	if table != nil {
		if s, ok := table(err); ok {
			return s
		}
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return status.New(codes.DeadlineExceeded, "deadline exceeded")
	case errors.Is(err, context.Canceled):
		return status.New(codes.Canceled, "canceled")
	default:
		return status.New(codes.Internal, "internal error")
	}
}

func unaryErrors(table StatusFunc) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		resp, err := handler(ctx, req)
		if err != nil {
			return nil, &callError{told(info.FullMethod, err, table), err}
		}
		return resp, nil
	}
}

func streamErrors(table StatusFunc) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		if err := handler(srv, stream); err != nil {
			return &callError{told(info.FullMethod, err, table), err}
		}
		return nil
	}
}

// A panicError is a handler's panic, kept for the log.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

func recoverPanic(value any) error {
	return &panicError{value, debug.Stack()}
}

// logPanic answers a panic of which nothing inside this link could make an error.
func logPanic(log *slog.Logger) recovery.RecoveryHandlerFunc {
	return func(value any) error {
		log.LogAttrs(context.Background(), slog.LevelError, "panic in an interceptor", causeAttrs(recoverPanic(value))...)
		return status.Error(codes.Internal, "internal error")
	}
}

// causeAttrs describes an error for the log.
func causeAttrs(err error) []slog.Attr {
	attrs := []slog.Attr{slog.String("error", err.Error())}
	if p, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	return attrs
}
