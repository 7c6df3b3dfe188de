package healthcheck

import (
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

func TestCheck(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	states := health.NewServer()
	server := grpc.NewServer()
	healthpb.RegisterHealthServer(server, states)
	go server.Serve(listener) //nolint:errcheck // Stop ends it
	defer server.Stop()
	states.SetServingStatus("down", healthpb.HealthCheckResponse_NOT_SERVING)

	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close() //nolint:errcheck // the test is over

	tests := map[string]struct {
		command Command
		fault   string // empty: SERVING
	}{
		"serving":      {Command{Addr: addr}, ""},
		"not serving":  {Command{Addr: addr, Service: "down"}, "NOT_SERVING"},
		"unknown":      {Command{Addr: addr, Service: "nobody"}, "NotFound"},
		"nobody there": {Command{Addr: "127.0.0.1:1"}, "refused"},
		"no answer":    {Command{Addr: silent.Addr().String(), Timeout: 50 * time.Millisecond}, "DeadlineExceeded"},
		"no port":      {Command{Addr: "127.0.0.1"}, "missing port"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.command.Timeout == 0 {
				tt.command.Timeout = 5 * time.Second
			}
			err := tt.command.Check(t.Context())
			if tt.fault == "" && err != nil || tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)) {
				t.Errorf("got %v, want %q", err, tt.fault)
			}
		})
	}
}

func TestDialAddr(t *testing.T) {
	for listen, want := range map[string]string{
		":50051":          "localhost:50051",
		"0.0.0.0:50051":   "localhost:50051",
		"[::]:50051":      "localhost:50051",
		"127.0.0.1:50051": "127.0.0.1:50051",
		"10.0.0.7:1":      "10.0.0.7:1",
	} {
		if got := DialAddr(listen); got != want {
			t.Errorf("%s is asked at %s, want %s", listen, got, want)
		}
	}
}
