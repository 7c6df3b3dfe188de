package httpserver

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type fixture struct {
	server  *Server
	url     string
	served  chan error
	entered chan struct{}
	leave   chan struct{}
}

// start runs a server whose requests stay until they are let go.
func start(t *testing.T) *fixture {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{
		url:     "http://" + listener.Addr().String(),
		served:  make(chan error, 1),
		entered: make(chan struct{}, 1),
		leave:   make(chan struct{}),
	}
	f.server = New("test", listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		f.entered <- struct{}{}
		<-f.leave
		io.WriteString(w, "whole") //nolint:errcheck // the client sees it
	}), slog.New(slog.DiscardHandler))
	go func() { f.served <- f.server.Serve() }()
	return f
}

// get returns what a request is answered with, once it is.
func (f *fixture) get() <-chan string {
	answer := make(chan string, 1)
	go func() {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Get(f.url)
		if err != nil {
			answer <- "cut off"
			return
		}
		defer resp.Body.Close() //nolint:errcheck // it was read
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	return answer
}

func TestStopFinishesRequests(t *testing.T) {
	f := start(t)
	answer := f.get()
	<-f.entered
	stopped := make(chan error, 1)
	go func() { stopped <- f.server.Stop(context.WithoutCancel(t.Context())) }()
	select {
	case err := <-stopped:
		t.Error("stopped before the request was answered", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(f.leave)
	if got := <-answer; got != "whole" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := <-f.served; err != nil {
		t.Errorf("Serve returned %v", err)
	}
}

func TestStopHasAnEnd(t *testing.T) {
	f := start(t)
	answer := f.get()
	<-f.entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := f.server.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Stop returned %v with a request stuck", err)
	}
	if got := <-answer; got != "cut off" {
		t.Errorf("the stuck request got %q", got)
	}
	close(f.leave)
	if err := <-f.served; err != nil {
		t.Errorf("Serve returned %v", err)
	}
}

// A browser's connection on which nothing was ever asked must not hold up the stop.
func TestStopDoesNotWaitForSilence(t *testing.T) {
	f := start(t)
	silent, err := net.Dial("tcp", f.server.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() //nolint:errcheck // the test is over
	close(f.leave)
	<-f.get() // when this one was served, the one before it was accepted
	begin := time.Now()
	if err := f.server.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("the stop took %v", took)
	}
	if err := <-f.served; err != nil {
		t.Errorf("Serve returned %v", err)
	}
}

// A server whose listener breaks must say so rather than end in silence.
func TestServeFails(t *testing.T) {
	f := start(t)
	f.server.listener.Close() //nolint:errcheck // that is the point
	if err := <-f.served; err == nil {
		t.Error("Serve returned nil")
	}
}

func TestNobodyMayBeSlow(t *testing.T) {
	f := start(t)
	defer f.server.Close() //nolint:errcheck // the test is over
	for what, limit := range map[string]time.Duration{
		"headers": f.server.ReadHeaderTimeout, "read": f.server.ReadTimeout,
		"write": f.server.WriteTimeout, "idle": f.server.IdleTimeout,
	} {
		if limit <= 0 || limit > time.Minute {
			t.Errorf("%s may take %v", what, limit)
		}
	}
	if f.server.MaxHeaderBytes <= 0 || f.server.MaxHeaderBytes > 16<<10 {
		t.Errorf("headers may have %d bytes", f.server.MaxHeaderBytes)
	}
}
