package postgres

import (
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// A proxy is a network that can swallow what is sent.
type proxy struct {
	listener net.Listener
	target   atomic.Value // string
	passing  sync.WaitGroup

	mu    sync.Mutex
	isCut bool
	links []*link
}

// A link is a connection through the network.
type link struct {
	silent atomic.Bool // for ever
	conns  []net.Conn
}

func startProxy(t *testing.T) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener}
	p.passing.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close() // It ends accept.
		p.mu.Lock()
		for _, l := range p.links {
			l.close()
		}
		p.mu.Unlock()
		p.passing.Wait()
	})
	return p
}

// through returns the URL of a database as it is reached through the network, for as many
// connections as there are writers: none is spare.
func (p *proxy) through(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	p.target.Store(u.Host)
	u.Host = p.listener.Addr().String()
	query := u.Query()
	query.Set("pool_max_conns", strconv.Itoa(outageWriters))
	u.RawQuery = query.Encode()
	return u.String()
}

// cut makes the network swallow everything. Connections that there are stay silent for good.
func (p *proxy) cut(testing.TB) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isCut = true
	for _, l := range p.links {
		l.silent.Store(true)
	}
}

// mend lets new connections through.
func (p *proxy) mend(testing.TB) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isCut = false
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.connect(client)
	}
}

func (p *proxy) connect(client net.Conn) {
	l := &link{conns: []net.Conn{client}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.links = append(p.links, l)
	if p.isCut {
		l.silent.Store(true)
		return
	}
	server, err := net.Dial("tcp", p.target.Load().(string))
	if err != nil {
		l.close()
		return
	}
	l.conns = append(l.conns, server)
	p.passing.Go(func() { l.pass(client, server) })
	p.passing.Go(func() { l.pass(server, client) })
}

// pass passes on what is sent, and the end of it, unless the link is silent.
func (l *link) pass(from, to net.Conn) {
	_, _ = io.Copy(writerFunc(func(p []byte) (int, error) {
		if l.silent.Load() {
			return len(p), nil
		}
		return to.Write(p)
	}), from)
	if !l.silent.Load() {
		l.close()
	}
}

func (l *link) close() {
	for _, conn := range l.conns {
		_ = conn.Close() // It may be closed already.
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
