package process

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bookmarket/e2e/internal/proctest"
)

// secret stands for what an operator may have pasted into the wrong variable.
const secret = "hunter2"

// A service that cannot be configured says why, all of it and at once, and ends.
func TestBadSettings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		service string
		env     []string
		faults  []string // the variables, in the order of the lines
	}{
		{"every fault of recommendations", recommendations, []string{
			"RECOMMENDATIONS_GRPC_ADDR=" + secret,
			"RECOMMENDATIONS_ADMIN_ADDR=127.0.0.1:70000",
			"RECOMMENDATIONS_DATABASE_URL=mysql://ana:" + secret + "@db/books",
			"RECOMMENDATIONS_CATALOG=" + secret,
			"RECOMMENDATIONS_REFLECTION=" + secret,
			"RECOMMENDATIONS_LOG_LEVEL=" + secret,
			"RECOMMENDATIONS_LOG_FORMAT=" + secret,
			"RECOMMENDATIONS_SHUTDOWN_GRACE=0s",
			"RECOMMENDATIONS_SHUTDOWN_DELAY=" + secret,
			"RECOMMENDATIONS_GRPC_ADRESS=" + secret,
		}, []string{
			"RECOMMENDATIONS_ADMIN_ADDR", "RECOMMENDATIONS_CATALOG", "RECOMMENDATIONS_DATABASE_URL", "RECOMMENDATIONS_GRPC_ADDR",
			"RECOMMENDATIONS_GRPC_ADRESS", "RECOMMENDATIONS_LOG_FORMAT", "RECOMMENDATIONS_LOG_LEVEL", "RECOMMENDATIONS_REFLECTION",
			"RECOMMENDATIONS_SHUTDOWN_DELAY", "RECOMMENDATIONS_SHUTDOWN_GRACE",
		}},
		{"every fault of the marketplace", marketplace, []string{
			"MARKETPLACE_HTTP_ADDR=" + secret,
			"MARKETPLACE_GRPC_ADDR=" + secret,
			"MARKETPLACE_ADMIN_ADDR=" + secret,
			"MARKETPLACE_RECOMMENDATIONS_HOST=http://ana:" + secret + "@recommendations",
			"MARKETPLACE_ACCENT=" + secret,
			"MARKETPLACE_LOGO_FILE=/" + secret,
			"MARKETPLACE_PUBLIC_URL=https://ana:" + secret + "@shop.example",
			"MARKETPLACE_IMAGE_ORIGINS=" + secret,
			"MARKETPLACE_TRUSTED_PROXIES=" + secret,
			"MARKETPLACE_RATE_LIMIT=-1",
			"MARKETPLACE_COOKIE_KEY=" + secret,
			"MARKETPLACE_REFLECTION=2",
			"MARKETPLACE_LOG_LEVEL=" + secret,
			"MARKETPLACE_LOG_FORMAT=" + secret,
			"MARKETPLACE_SHUTDOWN_GRACE=10",
			"MARKETPLACE_SHUTDOWN_DELAY=-1s",
			"MARKETPLACE_TITEL=" + secret,
		}, []string{
			"MARKETPLACE_ACCENT", "MARKETPLACE_ADMIN_ADDR", "MARKETPLACE_COOKIE_KEY", "MARKETPLACE_GRPC_ADDR", "MARKETPLACE_HTTP_ADDR",
			"MARKETPLACE_IMAGE_ORIGINS", "MARKETPLACE_LOGO_FILE", "MARKETPLACE_LOG_FORMAT", "MARKETPLACE_LOG_LEVEL", "MARKETPLACE_PUBLIC_URL",
			"MARKETPLACE_RATE_LIMIT", "MARKETPLACE_TRUSTED_PROXIES", "MARKETPLACE_RECOMMENDATIONS_HOST", "MARKETPLACE_REFLECTION", "MARKETPLACE_SHUTDOWN_DELAY", "MARKETPLACE_SHUTDOWN_GRACE",
			"MARKETPLACE_TITEL",
		}},
		{"a key that cannot be read", marketplace, []string{"MARKETPLACE_COOKIE_KEY=" + secret, "MARKETPLACE_COOKIE_KEY_FILE=/" + secret}, []string{"MARKETPLACE_COOKIE_KEY_FILE"}},
		{"the tutorial's name for the address", marketplace, []string{"RECOMMENDATIONS_HOST=" + secret + ":x"}, []string{"MARKETPLACE_RECOMMENDATIONS_HOST"}},
		{"learning all the time", recommendations, []string{"RECOMMENDATIONS_TRAIN_INTERVAL=10ms"}, []string{"RECOMMENDATIONS_TRAIN_INTERVAL"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, code := proctest.Run(t, soon, tt.env, program(tt.service))
			if code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			checkFaults(t, p, tt.service, tt.faults)
		})
	}
}

// checkFaults checks that standard error has one line for each variable, that no line tells a
// value, and that there is no other output.
func checkFaults(t *testing.T, p *proctest.Process, service string, variables []string) {
	t.Helper()
	lines := p.Stderr.All()
	for _, variable := range variables {
		about := 0
		for _, line := range lines {
			if rest, ok := strings.CutPrefix(line, service+": "+variable); ok && strings.IndexAny(rest, ": ") == 0 {
				about++
			}
		}
		if about != 1 {
			t.Errorf("%d lines begin with %s, want one", about, variable)
		}
	}
	if len(lines) != len(variables) {
		t.Errorf("%d lines for %d faults", len(lines), len(variables))
	}
	if output := p.Stderr.String() + p.Stdout.String(); strings.Contains(output, secret) {
		t.Error("a value is told")
	}
	if p.Stdout.String() != "" {
		t.Error("something is on standard output")
	}
}

// An address that is taken is a bad setting.
func TestAddressInUse(t *testing.T) {
	t.Parallel()
	for service, variables := range map[string][]string{
		recommendations: {"RECOMMENDATIONS_GRPC_ADDR", "RECOMMENDATIONS_ADMIN_ADDR"},
		marketplace:     {"MARKETPLACE_HTTP_ADDR", "MARKETPLACE_GRPC_ADDR", "MARKETPLACE_ADMIN_ADDR"},
	} {
		for _, variable := range variables {
			t.Run(variable, func(t *testing.T) {
				t.Parallel()
				taken := listen(t, "127.0.0.1:0")
				defer taken.Close() //nolint:errcheck // nobody ever connects
				p, code := proctest.Run(t, soon, append(anyPorts[service], variable+"="+taken.Addr().String()), program(service))
				if code != 1 {
					t.Errorf("exit code %d, want 1", code)
				}
				last := p.Stderr.All()[len(p.Stderr.All())-1]
				if !strings.HasPrefix(last, service+": "+variable+": ") || !strings.Contains(last, "in use") {
					t.Errorf("the reason is %q", last)
				}
			})
		}
	}
}

// What surrounds a service in a cluster or a shell looks like settings and is none.
func TestOthersVariables(t *testing.T) {
	t.Parallel()
	serviceLinks := func(service, host, port string) []string {
		link := "tcp://" + net.JoinHostPort(host, port)
		return []string{
			service + "_SERVICE_HOST=" + host,
			service + "_SERVICE_PORT=" + port,
			service + "_SERVICE_PORT_GRPC=" + port,
			service + "_PORT=" + link,
			service + "_PORT_" + port + "_TCP=" + link,
			service + "_PORT_" + port + "_TCP_PROTO=tcp",
			service + "_PORT_" + port + "_TCP_PORT=" + port,
			service + "_PORT_" + port + "_TCP_ADDR=" + host,
		}
	}
	links := slices.Concat(serviceLinks("RECOMMENDATIONS", "10.0.0.1", "50051"), serviceLinks("MARKETPLACE", "10.0.0.2", "5000"))
	for service, env := range map[string][]string{
		recommendations: slices.Concat(links, []string{"RECOMMENDATIONS_HOST=recommendations", "RECOMMENDATIONS_LOG_LEVEL="}),
		marketplace:     slices.Concat(links, []string{"MARKETPLACE_TITLE=", "MARKETPLACE_RECOMMENDATIONS_HOST=", "MARKETPLACE_NOBODYS="}),
	} {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			start(t, service, env...)
		})
	}
}

// Without a key of its own a marketplace says once what that means; with one it says nothing, the
// key least of all.
func TestCookieKey(t *testing.T) {
	t.Parallel()
	const key = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI"
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		env      []string
		warnings int
	}{
		"none":   {nil, 1},
		"a key":  {[]string{"MARKETPLACE_COOKIE_KEY=" + key}, 0},
		"a file": {[]string{"MARKETPLACE_COOKIE_KEY_FILE=" + file}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, marketplace, append(tt.env, "MARKETPLACE_LOG_LEVEL=debug")...)
			log := p.Stderr.String()
			if n := strings.Count(log, "MARKETPLACE_COOKIE_KEY"); n != tt.warnings || strings.Contains(log, key) {
				t.Errorf("%d lines are about the key, want %d:\n%s", n, tt.warnings, log)
			}
		})
	}
}
