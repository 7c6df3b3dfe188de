package grpcserver

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		state := func(service string) string {
			answer, err := healthpb.NewHealthClient(f.client).Check(t.Context(), &healthpb.HealthCheckRequest{Service: service})
			if err != nil {
				return status.Code(err).String()
			}
			return answer.GetStatus().String()
		}
		expect := func(when, want string) {
			t.Helper()
			if got := state(""); got != want {
				t.Errorf("%s the server is %s, want %s", when, got, want)
			}
			if serving := f.server.Serving(t.Context()); serving != (want == "SERVING") {
				t.Errorf("%s Serving is %v", when, serving)
			}
		}
		expect("before it was asked", "NOT_SERVING")
		if got := state("test.Service"); got != "NOT_SERVING" {
			t.Errorf("before it was asked the named service is %s", got)
		}

		var broken atomic.Pointer[error]
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go f.server.PollHealth(ctx, func(context.Context) error {
			if err := broken.Load(); err != nil {
				return *err
			}
			return nil
		}, "", "test.Service")
		synctest.Wait()
		expect("once found well", "SERVING")
		if got := state("test.Service"); got != "SERVING" {
			t.Errorf("the named service is %s", got)
		}
		if got := state("test.Nobody"); got != codes.NotFound.String() {
			t.Errorf("a service that nobody knows is %s", got)
		}

		err := errors.New("the store is gone")
		broken.Store(&err)
		time.Sleep(2 * time.Second)
		expect("two seconds after a fault", "NOT_SERVING")

		broken.Store(nil)
		time.Sleep(2 * time.Second)
		expect("two seconds after its end", "SERVING")

		f.server.NotServing()
		expect("while draining", "NOT_SERVING")
		time.Sleep(2 * time.Second)
		expect("while draining, found well again", "NOT_SERVING")
	})
}

// Why a server is not ready is told once, also when it never was.
func TestHealthTellsWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go f.server.PollHealth(ctx, func(context.Context) error { return errors.New("there are no books") }, "")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := strings.Count(f.log.String(), "there are no books"); got != 1 {
			t.Errorf("it is told %d times why the server is not ready:\n%s", got, f.log)
		}
	})
}

// A check that hangs is a check that fails.
func TestHealthCheckHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var hangs atomic.Bool
		go f.server.PollHealth(ctx, func(ctx context.Context) error {
			if hangs.Load() {
				<-ctx.Done()
			}
			return ctx.Err()
		}, "")
		synctest.Wait()
		if !f.server.Serving(t.Context()) {
			t.Fatal("not serving")
		}
		hangs.Store(true)
		time.Sleep(2 * time.Second)
		if f.server.Serving(t.Context()) {
			t.Error("serving two seconds after its check hung")
		}
	})
}
