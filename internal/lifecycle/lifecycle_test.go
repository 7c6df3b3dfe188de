package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A script notes what happens to a process's parts, and when.
type script struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func (s *script) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf("%v %s", time.Since(s.start).Truncate(time.Millisecond), what))
}

// A fakeServer needs some time to finish what is in flight, or fails by itself.
type fakeServer struct {
	name     string
	script   *script
	inFlight time.Duration
	failure  error
	stopped  chan struct{}
}

func (f *fakeServer) Serve() error {
	if f.failure != nil {
		return f.failure
	}
	<-f.stopped
	return nil
}

func (f *fakeServer) Stop(ctx context.Context) error {
	defer close(f.stopped)
	select {
	case <-time.After(f.inFlight):
		f.script.note(f.name + " finished")
		return nil
	case <-ctx.Done():
		f.script.note(f.name + " cut")
		return ctx.Err()
	}
}

func TestRun(t *testing.T) {
	broken := errors.New("broken")
	tests := map[string]struct {
		settings ShutdownSettings
		inFlight time.Duration
		failure  error // of the first public server
		admin    error // of the admin server
		want     []string
	}{
		"nothing in flight": {
			ShutdownSettings{ShutdownGrace: 10 * time.Second},
			time.Nanosecond, nil, nil,
			[]string{"1m0s not serving", "1m0s background ended", "1m0s public finished", "1m0s public finished", "1m0s admin finished"},
		},
		"a delay, then a request": {
			ShutdownSettings{ShutdownGrace: 10 * time.Second, ShutdownDelay: 3 * time.Second},
			2 * time.Second, nil, nil,
			[]string{"1m0s not serving", "1m3s background ended", "1m5s public finished", "1m5s public finished", "1m5s admin finished"},
		},
		"a request that never ends": {
			ShutdownSettings{ShutdownGrace: 10 * time.Second},
			time.Hour, nil, nil,
			[]string{"1m0s not serving", "1m0s background ended", "1m10s public cut", "1m10s public cut", "1m10s admin cut"},
		},
		"a server that fails": {
			ShutdownSettings{ShutdownGrace: 10 * time.Second, ShutdownDelay: 3 * time.Second},
			time.Nanosecond, broken, nil,
			[]string{"0s not serving", "0s background ended", "0s public finished", "0s public finished", "0s admin finished"},
		},
		"an admin server that fails": {
			ShutdownSettings{ShutdownGrace: 10 * time.Second},
			time.Nanosecond, nil, broken,
			[]string{"0s not serving", "0s background ended", "0s public finished", "0s public finished", "0s admin finished"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{start: time.Now()}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Minute, cancel)
				err := Process{
					Log:      slog.New(slog.DiscardHandler),
					Shutdown: tt.settings,
					Public: []Server{
						&fakeServer{"public", s, tt.inFlight, tt.failure, make(chan struct{})},
						&fakeServer{"public", s, tt.inFlight, nil, make(chan struct{})},
					},
					// Its requests are short: it is cut only when no grace is left.
					Admin:      &fakeServer{"admin", s, time.Nanosecond, tt.admin, make(chan struct{})},
					NotServing: func() { s.note("not serving") },
					Background: func(ctx context.Context) error {
						<-ctx.Done()
						s.note("background ended")
						return ctx.Err()
					},
				}.Run(ctx)
				if want := errors.Join(tt.failure, tt.admin); (err == nil) != (want == nil) {
					t.Errorf("Run returned %v, want %v", err, want)
				}
				if got, want := strings.Join(s.lines, "\n"), strings.Join(tt.want, "\n"); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}

// A profile that somebody takes must not hold up the stop for as long as requests may.
func TestAdminServerIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{start: time.Now()}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := Process{
			Log:        slog.New(slog.DiscardHandler),
			Shutdown:   ShutdownSettings{ShutdownGrace: 10 * time.Second},
			Admin:      &fakeServer{"admin", s, 30 * time.Second, nil, make(chan struct{})},
			NotServing: func() {},
			Background: func(context.Context) error { return nil },
		}.Run(ctx)
		if got := strings.Join(s.lines, "\n"); err != nil || got != "1s admin cut" {
			t.Errorf("%v: %s", err, got)
		}
	})
}

// Nor must what runs in the background, or who is in flight would be given no grace at all.
func TestBackgroundIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{start: time.Now()}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		stuck := make(chan struct{})
		defer close(stuck)
		err := Process{
			Log:        slog.New(slog.DiscardHandler),
			Shutdown:   ShutdownSettings{ShutdownGrace: 10 * time.Second},
			Public:     []Server{&fakeServer{"public", s, 2 * time.Second, nil, make(chan struct{})}},
			Admin:      &fakeServer{"admin", s, time.Hour, nil, make(chan struct{})},
			NotServing: func() {},
			Background: func(context.Context) error { <-stuck; return nil },
		}.Run(ctx)
		if got := strings.Join(s.lines, "\n"); err != nil || got != "2s public finished\n10s admin cut" {
			t.Errorf("%v: %s", err, got)
		}
	})
}

func TestListen(t *testing.T) {
	listeners, err := Listen(t.Context(), Address{"SHOP_A", "127.0.0.1:0"}, Address{"SHOP_B", "localhost:0"})
	if err != nil || len(listeners) != 2 {
		t.Fatal(listeners, err)
	}
	t.Cleanup(func() {
		for _, listener := range listeners {
			listener.Close() //nolint:errcheck // the test is over
		}
	})
	taken := listeners[0].Addr().String()
	_, err = Listen(t.Context(),
		Address{"SHOP_A", taken},
		Address{"SHOP_B", "127.0.0.1:0"},
		Address{"SHOP_C", "name.invalid:0"},
	)
	want := regexp.MustCompile(`^SHOP_A: cannot listen: bind: address already in use\nSHOP_C: cannot listen: [a-z ]+$`)
	if err == nil || !want.MatchString(err.Error()) {
		t.Errorf("got %v", err)
	}
}

func TestVerify(t *testing.T) {
	if err := (ShutdownSettings{ShutdownGrace: 1}).Verify("SHOP"); err != nil {
		t.Error(err)
	}
	err := ShutdownSettings{ShutdownDelay: -1}.Verify("SHOP")
	if err == nil || err.Error() != "SHOP_SHUTDOWN_GRACE: must be above 0s\nSHOP_SHUTDOWN_DELAY: must not be below 0s" {
		t.Errorf("got %v", err)
	}
}
