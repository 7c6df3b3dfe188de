package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"bookmarket/bench/internal/process"
)

// A shop is both services, and a bare server beside them.
type shop struct {
	dir     string
	url     string
	running []*process.Process
	bare    *httptest.Server
	client  *http.Client
}

// startShop returns when the shop has books, and if it is to learn when it knows what goes with
// them.
func startShop(ctx context.Context, learn bool) (*shop, error) {
	dir, err := os.MkdirTemp("", "bookmarket-bench-")
	if err != nil {
		return nil, err
	}
	s := &shop{dir: dir, client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: maxInFlight, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if err := s.start(ctx, learn); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *shop) start(ctx context.Context, learn bool) error {
	recommendations, err := process.Build(ctx, s.dir, "bookmarket/recommendations")
	if err != nil {
		return err
	}
	marketplace, err := process.Build(ctx, s.dir, "bookmarket/marketplace")
	if err != nil {
		return err
	}
	interval := "15m"
	if !learn {
		interval = "0"
	}
	books, err := process.Start(ctx, recommendations, "RECOMMENDATIONS_DATABASE_URL=memory:", "RECOMMENDATIONS_TRAIN_INTERVAL="+interval,
		"RECOMMENDATIONS_GRPC_ADDR=127.0.0.1:0", "RECOMMENDATIONS_ADMIN_ADDR=127.0.0.1:0")
	if err != nil {
		return err
	}
	s.running = append(s.running, books)
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	// All visitors come from one address.
	pages, err := process.Start(ctx, marketplace, "MARKETPLACE_RECOMMENDATIONS_HOST="+books.Addr, "MARKETPLACE_HTTP_ADDR="+addr,
		"MARKETPLACE_GRPC_ADDR=127.0.0.1:0", "MARKETPLACE_ADMIN_ADDR=127.0.0.1:0", "MARKETPLACE_RATE_LIMIT=0")
	if err != nil {
		return err
	}
	s.running = append(s.running, pages)
	s.url = "http://" + addr
	sign := `class="book"`
	if learn {
		sign = "Because you looked at"
	}
	return s.await(ctx, sign)
}

// await returns when the page of somebody who looked at books has a sign.
func (s *shop) await(ctx context.Context, sign string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		body, err := s.get(ctx, request{path: "/", cookie: looked})
		if err == nil && bytes.Contains(body, []byte(sign)) {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("no page says %q", sign), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s *shop) close() {
	for _, p := range s.running {
		p.Stop()
	}
	if s.bare != nil {
		s.bare.Close()
	}
	os.RemoveAll(s.dir) //nolint:errcheck // a folder for temporary files is the system's to clean
}

// looked is the cookie of somebody who looked at three books.
const looked = "recent=6.5.4"

// A request is one that visitors send.
type request struct{ url, path, cookie, coding string }

// A page is what is measured.
type page struct {
	name       string
	request    request
	shop       *shop
	bytes      int
	compressed int
	latencies  []time.Duration
}

// pages returns what is measured, each asked for once.
func (s *shop) pages(ctx context.Context) ([]page, error) {
	home, err := s.get(ctx, request{path: "/"})
	if err != nil {
		return nil, err
	}
	s.bare = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(home) // the visitor may have gone
	}))
	pages := []page{
		{name: "bare net/http, the home page", request: request{url: s.bare.URL}},
		{name: "home", request: request{path: "/"}},
		{name: "home, in br", request: request{path: "/", coding: "br"}},
		{name: "home of who looked at three books", request: request{path: "/", cookie: looked}},
		{name: "book", request: request{path: "/books/6-the-dune-chronicles", cookie: looked}},
		{name: "category", request: request{path: "/categories/mystery"}},
		{name: "search", request: request{path: "/search?q=hitchikers+gui"}},
	}
	for i := range pages {
		p := &pages[i]
		p.shop = s
		plain := p.request
		plain.coding = ""
		body, err := s.get(ctx, plain)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		plain.coding = "br"
		compressed, err := s.get(ctx, plain)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		p.bytes, p.compressed = len(body), len(compressed)
	}
	return pages, nil
}

// firstByte returns when the first byte of the page is there. The rest is read meanwhile.
func (p *page) firstByte(ctx context.Context, _ int) error {
	resp, err := p.shop.do(ctx, p.request) //nolint:bodyclose // closed when the rest has come
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, resp.Body) // to use the connection again
		_ = resp.Body.Close()
	}()
	return nil
}

func (s *shop) get(ctx context.Context, r request) ([]byte, error) {
	resp, err := s.do(ctx, r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	return io.ReadAll(resp.Body)
}

func (s *shop) do(ctx context.Context, r request) (*http.Response, error) {
	if r.url == "" {
		r.url = s.url
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+r.path, http.NoBody)
	if err != nil {
		return nil, err
	}
	if r.cookie != "" {
		req.Header.Set("Cookie", r.cookie)
	}
	req.Header.Set("Accept-Encoding", r.coding)
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close() //nolint:errcheck // only its status matters
		return nil, fmt.Errorf("%s: %s", r.path, resp.Status)
	}
	return resp, nil
}

// freeAddr returns an address on which nobody listens.
func freeAddr() (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
