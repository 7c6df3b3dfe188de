package grpcserver

import (
	"context"

	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"google.golang.org/grpc"
)

// A link of the chain wraps every call; unary and stream do the same to either kind, and one
// of them is nil where the link does not concern that kind.
type link struct {
	name   string
	unary  grpc.UnaryServerInterceptor
	stream grpc.StreamServerInterceptor
}

// chain lists what every call passes on its way to the handler, outermost first. The order
// matters: a line of the log needs the request's id; log and metrics stand around recovery
// and the error table, so that a panic is counted and logged as the INTERNAL that the caller
// sees; the deadline stands inside, so that its refusals pass the table too. The last resort
// is for a panic in one of these links themselves.
func chain(draining context.Context, o Options) []link {
	metrics := newMetrics(o.Metrics)
	recovered := recovery.WithRecoveryHandler(recoverPanic)
	lastResort := recovery.WithRecoveryHandler(logPanic(o.Log))
	return []link{
		{"last resort", recovery.UnaryServerInterceptor(lastResort), recovery.StreamServerInterceptor(lastResort)},
		{"request id", unaryRequestID, streamRequestID},
		{"log", unaryLog(o.Log), streamLog(o.Log)},
		{"metrics", metrics.UnaryServerInterceptor(), metrics.StreamServerInterceptor()},
		{"errors", unaryErrors(o.Status), streamErrors(o.Status)},
		{"recover", recovery.UnaryServerInterceptor(recovered), recovery.StreamServerInterceptor(recovered)},
		{"deadline", unaryDeadline, nil},
		{"drain", nil, streamDrain(draining)},
	}
}

func unaryInterceptors(links []link) []grpc.UnaryServerInterceptor {
	var list []grpc.UnaryServerInterceptor
	for _, l := range links {
		if l.unary != nil {
			list = append(list, l.unary)
		}
	}
	return list
}

func streamInterceptors(links []link) []grpc.StreamServerInterceptor {
	var list []grpc.StreamServerInterceptor
	for _, l := range links {
		if l.stream != nil {
			list = append(list, l.stream)
		}
	}
	return list
}

// streamWithContext is a stream whose handler sees another context.
type streamWithContext struct {
	grpc.ServerStream
	ctx context.Context
}

func (s streamWithContext) Context() context.Context { return s.ctx }
