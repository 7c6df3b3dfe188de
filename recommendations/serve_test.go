package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"bookmarket/internal/lifecycle"
	"bookmarket/internal/telemetry"
	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/config"
)

// A running is a service that runs in this process until its test ends.
type running struct {
	books           bookmarketv1.CatalogServiceClient
	recommendations bookmarketv1.RecommendationServiceClient
	activity        bookmarketv1.ActivityServiceClient
	health          healthpb.HealthClient
	log             *logBuffer
	stop            func() error
}

// start runs a service on a database with a catalogue and other settings, and returns when it
// listens. It learns where a setting says so.
func start(t *testing.T, databaseURL, catalog string, settings ...func(*config.Config)) *running {
	t.Helper()
	cfg := &config.Config{
		GRPCAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0", DatabaseURL: databaseURL, Catalog: catalog,
		LogSettings:      telemetry.LogSettings{LogFormat: "json"},
		ShutdownSettings: lifecycle.ShutdownSettings{ShutdownGrace: 5 * time.Second},
	}
	for _, set := range settings {
		set(cfg)
	}
	r := &running{log: new(logBuffer)}
	ctx, cancel := context.WithCancel(t.Context())
	var ended error
	var running sync.WaitGroup
	running.Go(func() {
		ended = serve(ctx, cfg, slog.New(slog.NewJSONHandler(r.log, nil)))
	})
	r.stop = func() error {
		cancel()
		running.Wait()
		return ended
	}
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the service ended with %v", err)
		}
		if t.Failed() {
			t.Logf("the service's log:\n%s", r.log.String())
		}
	})
	conn, err := grpc.NewClient("passthrough:///"+r.addr(t, "grpc"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() }) //nolint:errcheck // nothing is lost with it
	r.books = bookmarketv1.NewCatalogServiceClient(conn)
	r.recommendations = bookmarketv1.NewRecommendationServiceClient(conn)
	r.activity = bookmarketv1.NewActivityServiceClient(conn)
	r.health = healthpb.NewHealthClient(conn)
	return r
}

// addr is where one of the servers (grpc or admin) listens, as the log says.
func (r *running) addr(t *testing.T, server string) string {
	t.Helper()
	var addr string
	within(t, 10*time.Second, "a line that says where the service listens", func() bool {
		for line := range strings.Lines(r.log.String()) {
			var entry struct{ Msg, Server, Addr string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" && entry.Server == server {
				addr = entry.Addr
			}
		}
		return addr != ""
	})
	return addr
}

// serving reports whether a service says so.
func (r *running) serving(t *testing.T, service string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	answer, err := r.health.Check(ctx, &healthpb.HealthCheckRequest{Service: service})
	if err != nil {
		t.Fatalf("health: %v", err)
	}
	return answer.GetStatus() == healthpb.HealthCheckResponse_SERVING
}

// admin gets a page of the admin server.
func (r *running) admin(t *testing.T, path string) (code int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.addr(t, "admin")+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// live is the status of /livez.
func (r *running) live(t *testing.T) int {
	t.Helper()
	code, _ := r.admin(t, "/livez")
	return code
}

const (
	whole           = ""
	activityService = "bookmarket.v1.ActivityService"
	readService     = "bookmarket.v1.RecommendationService"
)

// ready waits until everything is served.
func (r *running) ready(t *testing.T) {
	t.Helper()
	within(t, 20*time.Second, "a service that is ready", func() bool {
		return r.serving(t, whole) && r.serving(t, activityService)
	})
}

// within waits until something holds, and fails the test if that takes longer than it may.
func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > limit {
			t.Fatalf("%v went by without %s", limit, what)
		}
	}
}

// A logBuffer is a log that is read while it is written.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// has reports whether a text is in the log by now.
func (l *logBuffer) has(text string) bool { return strings.Contains(l.String(), text) }
