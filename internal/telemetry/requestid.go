package telemetry

import (
	"context"
	"crypto/rand"
)

// RequestIDHeader carries a request's id, as an HTTP header and as gRPC metadata (whose keys
// are lower case).
const RequestIDHeader = "x-request-id"

const maxRequestID = 64

type requestIDKey struct{}

// WithRequestID returns a context that belongs to a request. An id that is empty, long or
// has other characters than letters, digits, dot, dash and underscore is replaced by a new
// one: it comes from outside and goes into logs and headers.
func WithRequestID(ctx context.Context, id string) context.Context {
	if !validRequestID(id) {
		id = rand.Text()
	}
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request that the context belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func validRequestID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for _, c := range []byte(id) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}
