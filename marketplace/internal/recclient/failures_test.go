package recclient_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	"bookmarket/marketplace/internal/recclient"
	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

func second[T any](_ T, err error) error { return err }

func refusal(t *testing.T, code codes.Code, details ...protoadapt.MessageV1) error {
	t.Helper()
	s, err := status.New(code, "Book not found; page_token: BOOK_NOT_FOUND").WithDetails(details...)
	if err != nil {
		t.Fatal(err)
	}
	return s.Err()
}

// Refusals have the meaning that the contract gives them; their text has none.
func TestRefusals(t *testing.T) {
	reason := func(reason string) *errdetails.ErrorInfo {
		return &errdetails.ErrorInfo{Domain: "bookmarket", Reason: reason}
	}
	invalid := func(fields ...string) *errdetails.BadRequest {
		bad := new(errdetails.BadRequest)
		for _, field := range fields {
			bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{Field: field})
		}
		return bad
	}
	for name, tt := range map[string]struct {
		err  error
		want error // nil: the refusal as it is
	}{
		"no book":               {refusal(t, codes.NotFound, reason("BOOK_NOT_FOUND")), shop.ErrNotFound},
		"no category":           {refusal(t, codes.NotFound, new(errdetails.RetryInfo), reason("CATEGORY_NOT_FOUND")), shop.ErrNotFound},
		"another reason":        {refusal(t, codes.NotFound, reason("ROUTE_NOT_FOUND")), nil},
		"a proxy's not found":   {refusal(t, codes.NotFound), nil},
		"another code":          {refusal(t, codes.Internal, reason("BOOK_NOT_FOUND"), invalid("page_token")), nil},
		"bad page":              {refusal(t, codes.InvalidArgument, invalid("page_size", "page_token")), shop.ErrBadPage},
		"another field":         {refusal(t, codes.InvalidArgument, invalid("page_size")), nil},
		"invalid, no reason":    {refusal(t, codes.InvalidArgument), nil},
		"the store has no room": {refusal(t, codes.ResourceExhausted, reason("STORAGE_FULL")), nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, "127.0.0.1:0", func(context.Context, any) (any, error) { return nil, tt.err })
			client := dial(t, addr)
			for method, exchange := range exchanges() {
				_, err := exchange.call(t.Context(), client)
				if tt.want == nil {
					if status.Code(err) != status.Code(tt.err) || errors.Is(err, shop.ErrNotFound) || errors.Is(err, shop.ErrBadPage) {
						t.Errorf("%s: got %v", method, err)
					}
				} else if !errors.Is(err, tt.want) {
					t.Errorf("%s: got %v, want %v", method, err, tt.want)
				}
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
	_, slow := serve(t, "127.0.0.1:0", func(ctx context.Context, _ any) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	_, failing := serve(t, "127.0.0.1:0", func(context.Context, any) (any, error) {
		return nil, status.Error(codes.Internal, "internal error")
	})
	_, huge := serve(t, "127.0.0.1:0", func(context.Context, any) (any, error) {
		return &bookmarketv1.ListBooksResponse{NextPageToken: strings.Repeat("x", 1<<20)}, nil
	})
	_, other := serve(t, "127.0.0.1:0", func(context.Context, any) (any, error) {
		return nil, status.Error(codes.Unimplemented, "an older service")
	})
	for name, tt := range map[string]struct {
		addr string
		code codes.Code
	}{
		"nobody there": {"127.0.0.1:1", codes.Unavailable},
		"silent":       {silent.Addr().String(), codes.DeadlineExceeded},
		"slow":         {slow, codes.DeadlineExceeded},
		"failing":      {failing, codes.Internal},
		"huge":         {huge, codes.ResourceExhausted},
		"other":        {other, codes.Unimplemented},
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, tt.addr)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var calls sync.WaitGroup
			for method, exchange := range exchanges() {
				calls.Go(func() {
					if _, err := exchange.call(ctx, client); status.Code(err) != tt.code {
						t.Errorf("%s: got %v, want %v", method, err, tt.code)
					}
				})
				if tt.code != codes.DeadlineExceeded {
					calls.Wait() // those that only wait may wait side by side
				}
			}
			calls.Wait()
		})
	}
}

// What a replica did not begin is tried again; what it failed at is not.
func TestRetries(t *testing.T) {
	for code, want := range map[codes.Code]int64{codes.Unavailable: 3, codes.Internal: 1, codes.ResourceExhausted: 1} {
		for method, exchange := range exchanges() {
			t.Run(code.String()+" "+method, func(t *testing.T) {
				var calls atomic.Int64
				_, addr := serve(t, "127.0.0.1:0", func(context.Context, any) (any, error) {
					calls.Add(1)
					return nil, status.Error(code, "")
				})
				if _, err := exchange.call(t.Context(), dial(t, addr)); status.Code(err) != code {
					t.Errorf("it came back as %v", err)
				}
				if calls.Load() != want {
					t.Errorf("%d calls, want %d", calls.Load(), want)
				}
			})
		}
	}
}

// A server that came back answers again within five seconds, without our doing.
func TestComesBack(t *testing.T) {
	service := func(context.Context, any) (any, error) {
		return &bookmarketv1.RecommendResponse{Recommendations: recommendations}, nil
	}
	server, addr := serve(t, "127.0.0.1:0", service)
	client := dial(t, addr)
	if err := trending(t, client); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	time.Sleep(3 * time.Second) // long enough for the pauses between tries to be at their longest
	if err := trending(t, client); err == nil {
		t.Fatal("answered by a server that is stopped")
	}
	serve(t, addr, service)
	back := time.Now()
	for trending(t, client) != nil {
		if waited := time.Since(back); waited > 5*time.Second {
			t.Fatalf("no answer %v after its return", waited)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func trending(t *testing.T, client *recclient.Client) error {
	t.Helper()
	return second(client.Trending(t.Context(), 3))
}
