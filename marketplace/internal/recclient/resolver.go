package recclient

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc/resolver"
)

// gRPC's own DNS resolver looks up a name that it knows at most every 30 seconds, and one
// that it does not know ever more rarely, up to every two minutes. A service that comes back
// under another address would be missed for as long (docs/adr/0004).
const (
	lookupInterval  = 2 * time.Second
	unknownInterval = 500 * time.Millisecond // while the name cannot be looked up
	lookupTimeout   = 2 * time.Second
)

// pollingDNS resolves dns:///host:port by looking it up every two seconds, and more often while
// there is nobody.
type pollingDNS struct{ lookup lookupFunc }

// A lookupFunc returns the addresses of a host, as [net.Resolver.LookupHost] does.
type lookupFunc func(ctx context.Context, host string) ([]string, error)

func (pollingDNS) Scheme() string { return "dns" }

func (d pollingDNS) Build(target resolver.Target, conn resolver.ClientConn, _ resolver.BuildOptions) (resolver.Resolver, error) {
	host, port, err := net.SplitHostPort(target.Endpoint())
	if err != nil {
		return nil, fmt.Errorf("target %q: %w", target, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &poller{conn: conn, host: host, port: port, lookup: d.lookup, cancel: cancel}
	p.running.Go(func() { p.run(ctx) })
	return p, nil
}

type poller struct {
	conn       resolver.ClientConn
	host, port string
	lookup     lookupFunc
	known      []string
	cancel     context.CancelFunc
	running    sync.WaitGroup
}

func (p *poller) run(ctx context.Context) {
	for ctx.Err() == nil {
		interval := lookupInterval
		if !p.resolve(ctx) {
			interval = unknownInterval
		}
		select {
		case <-ctx.Done():
		case <-time.After(interval):
		}
	}
}

// resolve tells the connection which addresses there are, if they are others than before, and
// returns whether the name could be looked up. While it cannot, the addresses known last stay in
// use.
func (p *poller) resolve(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	hosts, err := p.lookup(ctx, p.host)
	if err != nil {
		p.conn.ReportError(err)
		return false
	}
	slices.Sort(hosts)
	if hosts = slices.Compact(hosts); slices.Equal(hosts, p.known) {
		return true
	}
	var state resolver.State
	for _, host := range hosts {
		address := resolver.Address{Addr: net.JoinHostPort(host, p.port)}
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{address}})
	}
	if p.conn.UpdateState(state) == nil {
		p.known = hosts
	}
	return true
}

// ResolveNow does nothing: the next lookup is never far.
func (p *poller) ResolveNow(resolver.ResolveNowOptions) {}

func (p *poller) Close() {
	p.cancel()
	p.running.Wait()
}
