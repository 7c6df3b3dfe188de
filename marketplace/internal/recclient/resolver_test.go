package recclient

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/resolver"
)

// A fakeConn notes what a resolver reports.
type fakeConn struct {
	resolver.ClientConn
	mu      sync.Mutex
	reports []string
	refuse  bool
}

func (c *fakeConn) UpdateState(state resolver.State) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	report := "addresses"
	for _, endpoint := range state.Endpoints {
		report += " " + endpoint.Addresses[0].Addr
	}
	c.reports = append(c.reports, report)
	if c.refuse {
		return errors.New("the balancer refuses")
	}
	return nil
}

func (c *fakeConn) ReportError(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reports = append(c.reports, "error "+err.Error())
}

func (c *fakeConn) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	reports := c.reports
	c.reports = nil
	return reports
}

func TestPoller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var hosts []string
		var failure error
		answer := func(err error, list ...string) {
			mu.Lock()
			defer mu.Unlock()
			hosts, failure = list, err
		}
		conn := new(fakeConn)
		ctx, cancel := context.WithCancel(t.Context())
		p := &poller{
			conn: conn, host: "recommendations", port: "7", cancel: cancel,
			lookup: func(context.Context, string) ([]string, error) {
				mu.Lock()
				defer mu.Unlock()
				return append([]string(nil), hosts...), failure
			},
		}
		unknown := errors.New("no such host")
		answer(unknown)
		p.running.Go(func() { p.run(ctx) })
		synctest.Wait()

		steps := []struct {
			what  string
			err   error
			hosts []string
			want  []string
		}{
			{"unknown: asked for every half second", unknown, nil, slices.Repeat([]string{"error no such host"}, 4)},
			{"known", nil, []string{"10.0.0.2", "10.0.0.1"}, []string{"addresses 10.0.0.1:7 10.0.0.2:7"}},
			{"the same, in another order and twice", nil, []string{"10.0.0.1", "10.0.0.2", "10.0.0.1"}, nil},
			{"unknown again: what is known stays in use", unknown, nil, slices.Repeat([]string{"error no such host"}, 4)},
			{"known again: nothing is new", nil, []string{"10.0.0.1", "10.0.0.2"}, nil},
			{"elsewhere", nil, []string{"fd00::1"}, []string{"addresses [fd00::1]:7"}},
		}
		for _, step := range steps {
			conn.take()
			answer(step.err, step.hosts...)
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if got := conn.take(); !reflect.DeepEqual(got, step.want) {
				t.Errorf("%s: reported %q, want %q", step.what, got, step.want)
			}
		}

		// What the connection did not take is offered again.
		conn.mu.Lock()
		conn.refuse = true
		conn.mu.Unlock()
		answer(nil, "10.0.0.3")
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if got := conn.take(); !reflect.DeepEqual(got, []string{"addresses 10.0.0.3:7", "addresses 10.0.0.3:7"}) {
			t.Errorf("refused twice, reported %q", got)
		}
		p.Close()
	})
}

// A lookup that nobody answers must not hold up Close, nor the lookups after it.
func TestLookupHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := new(fakeConn)
		ctx, cancel := context.WithCancel(t.Context())
		p := &poller{conn: conn, cancel: cancel, lookup: func(ctx context.Context, _ string) ([]string, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		p.running.Go(func() { p.run(ctx) })
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := conn.take(); !reflect.DeepEqual(got, []string{"error context deadline exceeded"}) {
			t.Errorf("reported %q", got)
		}
		p.Close()
	})
}

func TestBuild(t *testing.T) {
	for endpoint, ok := range map[string]bool{"127.0.0.1:7": true, "127.0.0.1": false, "": false} {
		target := resolver.Target{URL: url.URL{Scheme: "dns", Path: "/" + endpoint}}
		built, err := pollingDNS{}.Build(target, new(fakeConn), resolver.BuildOptions{})
		if (err == nil) != ok {
			t.Errorf("%q: %v", endpoint, err)
		}
		if built != nil {
			built.Close()
		}
	}
}
