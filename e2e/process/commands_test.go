package process

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"bookmarket/e2e/internal/proctest"
)

// soon is how long a command may take that has nothing to wait for.
const soon = time.Second

func TestCommands(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		args    []string
		code    int
		out     map[string][]string // by service: what the output must contain
		problem string              // what must be on standard error instead
	}{
		{
			name: "version",
			args: []string{"version"},
			out: map[string][]string{
				recommendations: {"recommendations e2e (revision "},
				marketplace:     {"marketplace e2e (revision "},
			},
		},
		{
			name: "env",
			args: []string{"env"},
			out: map[string][]string{
				recommendations: {"RECOMMENDATIONS_GRPC_ADDR", ":50051", "RECOMMENDATIONS_DATABASE_URL", "memory:", "RECOMMENDATIONS_SHUTDOWN_GRACE"},
				marketplace:     {"MARKETPLACE_HTTP_ADDR", ":5000", "MARKETPLACE_RECOMMENDATIONS_HOST", "MARKETPLACE_SHUTDOWN_GRACE"},
			},
		},
		{
			name: "help",
			args: []string{"--help"},
			out: map[string][]string{
				recommendations: {"serve", "healthcheck", "env", "version"},
				marketplace:     {"serve", "healthcheck", "env", "version"},
			},
		},
		{name: "an unknown command", args: []string{"serv"}, code: 1, problem: "serv"},
		{name: "an unknown flag", args: []string{"serve", "--fast"}, code: 1, problem: "--fast"},
	}
	for _, tt := range tests {
		for _, service := range services {
			t.Run(tt.name+" of "+service, func(t *testing.T) {
				t.Parallel()
				p, code := proctest.Run(t, soon, nil, program(service), tt.args...)
				if code != tt.code {
					t.Errorf("exit code %d, want %d", code, tt.code)
				}
				for _, want := range tt.out[service] {
					if !strings.Contains(p.Stdout.String(), want) {
						t.Errorf("the output lacks %q", want)
					}
				}
				if !strings.Contains(p.Stderr.String(), tt.problem) || tt.problem == "" && p.Stderr.String() != "" {
					t.Errorf("on standard error: %q, want %q", p.Stderr.String(), tt.problem)
				}
			})
		}
	}
}

// healthcheck follows a service's life, by the address in its settings as by --addr.
func TestHealthcheck(t *testing.T) {
	t.Parallel()
	for service, variable := range map[string]string{recommendations: "RECOMMENDATIONS_GRPC_ADDR", marketplace: "MARKETPLACE_GRPC_ADDR"} {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			addr := proctest.FreeAddr(t)
			check := func(t *testing.T, wantCode int, want string) {
				t.Helper()
				for _, p := range []*proctest.Process{
					proctest.Start(t, []string{variable + "=" + addr}, program(service), "healthcheck"),
					proctest.Start(t, nil, program(service), "healthcheck", "--addr", addr, "--timeout", "500ms"),
				} {
					code := p.Exit(t, 3*time.Second)
					if output := p.Stdout.String() + p.Stderr.String(); code != wantCode || !strings.Contains(output, want) {
						t.Errorf("exit code %d, %q; want %d, %q", code, output, wantCode, want)
					}
				}
			}

			check(t, 1, "connection refused")
			p := start(t, service, variable+"="+addr, strings.ToUpper(service)+"_SHUTDOWN_DELAY=3s")
			check(t, 0, "SERVING")
			p.Signal(t, syscall.SIGTERM)
			p.Await(t, "msg", "draining")
			check(t, 1, "NOT_SERVING")
			p.Kill(t)
			check(t, 1, "connection refused")
			leave := silent(t, addr)
			defer leave()
			check(t, 1, "DeadlineExceeded")
		})
	}
}

// A healthcheck may ask about one service of the server.
func TestHealthcheckOfService(t *testing.T) {
	t.Parallel()
	addr := start(t, recommendations).Addr(t, "grpc")
	for name, want := range map[string]int{"Recommendations": 0, "Nobody": 1} {
		p, code := proctest.Run(t, soon, nil, program(recommendations), "healthcheck", "--addr", addr, "--service", name)
		if code != want {
			t.Errorf("%s: exit code %d, want %d: %v", name, code, want, slices.Concat(p.Stdout.All(), p.Stderr.All()))
		}
	}
}
