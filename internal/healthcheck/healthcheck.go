// Package healthcheck asks a gRPC health service whether it is SERVING, for containers whose
// image has no shell and no other program.
package healthcheck

import (
	"context"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// Command is the subcommand healthcheck.
type Command struct {
	Addr    string        `help:"Address of the gRPC server; by default this service's own, on this machine." placeholder:"HOST:PORT"`
	Service string        `help:"Service to ask about; empty asks about the server as a whole." placeholder:"NAME"`
	Timeout time.Duration `help:"How long to wait for an answer." default:"2s"`
}

// Check returns an error unless the server at Addr answers SERVING within the timeout.
func (c Command) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	conn, err := grpc.NewClient("passthrough:///"+c.Addr, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy())
	if err != nil {
		return fmt.Errorf("%s: %w", c.Addr, err)
	}
	defer conn.Close() //nolint:errcheck // nothing is lost with it
	answer, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{Service: c.Service})
	if err != nil {
		return fmt.Errorf("%s: %w", c.Addr, err)
	}
	if status := answer.GetStatus(); status != healthpb.HealthCheckResponse_SERVING {
		return fmt.Errorf("%s: %s", c.Addr, status)
	}
	return nil
}

// DialAddr is where a server that listens on addr answers on this machine.
func DialAddr(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
