// Package process runs the two services as processes of this machine, and does to them what
// happens to processes: they are started in any order, asked too much, stopped, killed,
// paused and replaced by something else.
package process

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"bookmarket/e2e/internal/proctest"
)

// The services, by the names of their programs.
const (
	recommendations = "recommendations"
	marketplace     = "marketplace"
)

var services = []string{recommendations, marketplace}

// programs is the folder of the compiled services.
var programs string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "bookmarket-e2e-")
	if err == nil {
		defer os.RemoveAll(dir) //nolint:errcheck // a folder of the system's to clean
		err = proctest.Build(dir, services...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	programs = dir
	return m.Run()
}

func program(service string) string { return filepath.Join(programs, service) }

// anyPorts are the settings that a service begins with in every test: each of its servers
// chooses its own port.
var anyPorts = map[string][]string{
	recommendations: {
		"RECOMMENDATIONS_GRPC_ADDR=127.0.0.1:0", "RECOMMENDATIONS_ADMIN_ADDR=127.0.0.1:0",
		// Where a test does not say otherwise, there are the nine books that tests know by name.
		"RECOMMENDATIONS_CATALOG=tutorial", "RECOMMENDATIONS_DATABASE_URL=memory:",
	},
	marketplace: {
		"MARKETPLACE_HTTP_ADDR=127.0.0.1:0", "MARKETPLACE_GRPC_ADDR=127.0.0.1:0", "MARKETPLACE_ADMIN_ADDR=127.0.0.1:0",
		"MARKETPLACE_RATE_LIMIT=0", // all that a test sends comes from one address
	},
}

// start runs a service until the test ends and returns when it is ready.
func start(t *testing.T, service string, env ...string) *proctest.Process {
	t.Helper()
	p := proctest.Start(t, append(anyPorts[service], env...), program(service))
	p.Await(t, "msg", "ready")
	return p
}

// startShop runs both services and returns them with the address of the page.
func startShop(t *testing.T, env ...string) (rec, market *proctest.Process, url string) {
	t.Helper()
	rec = start(t, recommendations, "RECOMMENDATIONS_LOG_LEVEL=debug")
	market, url = startMarketplace(t, rec.Addr(t, "grpc"), env...)
	return rec, market, url
}

// startMarketplace runs a marketplace that looks for recommendations at an address.
func startMarketplace(t *testing.T, recommendationsAddr string, env ...string) (market *proctest.Process, url string) {
	t.Helper()
	market = start(t, marketplace, append(env, "RECOMMENDATIONS_HOST="+recommendationsAddr)...)
	return market, "http://" + market.Addr(t, "http") + "/"
}

// dial returns a gRPC connection to an address that lasts as long as the test.
func dial(t *testing.T, addr string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}
