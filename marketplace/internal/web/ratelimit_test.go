package web_test

import (
	"bytes"
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
	"bookmarket/marketplace/internal/web/visitor"
)

// from returns a request of a client, by way of a proxy that wrote where it came from.
func from(path, remote, forwarded string) *http.Request {
	request := httptest.NewRequest("GET", path, http.NoBody)
	request.RemoteAddr = remote + ":4711"
	if forwarded != "" {
		request.Header.Set("X-Forwarded-For", forwarded)
	}
	return request
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		metrics := prometheus.NewRegistry()
		server := storefrontWith(web.Options{
			Shop: shelves(shop.Fresh, "a"), RateLimit: 2, Metrics: metrics,
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		status := func(path, remote string) int {
			t.Helper()
			return get(t, server, from(path, remote, "")).StatusCode
		}
		for range 100 {
			if got := status(server.Asset("style.css"), "192.0.2.1"); got != 200 {
				t.Fatalf("a style sheet: %d", got)
			}
		}
		for i := range 10 {
			if got := status("/", "192.0.2.1"); got != 200 {
				t.Fatalf("request %d: %d", i, got)
			}
		}
		log.Reset()
		request := from("/", "192.0.2.1", "")
		request.Header.Set("Accept-Language", "pt-BR")
		resp := get(t, server, request)
		if page := body(t, resp); resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "1" || !strings.Contains(page, "<title>Um pouco mais devagar · Online Books For You</title>") {
			t.Errorf("one too many: %d %v\n%s", resp.StatusCode, resp.Header, page)
		}
		if log.Len() > 0 {
			t.Errorf("a flood fills the log with\n%s", log.String())
		}
		if got := status("/", "192.0.2.2"); got != 200 {
			t.Errorf("somebody else: %d", got)
		}
		if got := status(server.Asset("style.css"), "192.0.2.1"); got != 200 {
			t.Errorf("a style sheet: %d", got)
		}
		time.Sleep(time.Second)
		if first, second, third := status("/", "192.0.2.1"), status("/", "192.0.2.1"), status("/", "192.0.2.1"); first != 200 || second != 200 || third != 429 {
			t.Errorf("after a second: %d, %d, %d", first, second, third)
		}
		if err := testutil.GatherAndCompare(metrics, strings.NewReader(`
# HELP marketplace_rate_limited_total Requests refused with status 429, because their client sent too many.
# TYPE marketplace_rate_limited_total counter
marketplace_rate_limited_total 2
`), "marketplace_rate_limited_total"); err != nil {
			t.Error(err)
		}
		if problems, err := testutil.GatherAndLint(metrics); err != nil || len(problems) > 0 {
			t.Error(problems, err)
		}
	})
}

// Only files that there are cost next to nothing: anything else below their address is a page.
func TestRateLimitOfWhatIsNoFile(t *testing.T) {
	for _, what := range []struct{ method, path string }{{"GET", "/static/no.css"}, {"GET", "/static/a/b"}, {"POST", ""}} {
		server := storefrontWith(web.Options{Shop: shelves(shop.Fresh), RateLimit: 1})
		refused := 0
		for range 10 {
			request := from(cmp.Or(what.path, server.Asset("style.css")), "192.0.2.1", "")
			request.Method = what.method
			if get(t, server, request).StatusCode == 429 {
				refused++
			}
		}
		if refused < 4 {
			t.Errorf("%v: %d of 10 were refused", what, refused)
		}
	}
}

func TestNoRateLimit(t *testing.T) {
	server := storefrontWith(web.Options{Shop: shelves(shop.Fresh)})
	for range 1000 {
		if resp := get(t, server, from("/", "192.0.2.1", "")); resp.StatusCode != 200 {
			t.Fatalf("got %d", resp.StatusCode)
		}
	}
}

// Behind a proxy visitors are told apart by what the proxy says, and by nothing that they say.
func TestRateLimitBehindProxies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := storefrontWith(web.Options{Shop: shelves(shop.Fresh), RateLimit: 1, Way: visitor.Way{Proxies: 1}})
		allowed := func(forwarded func(i int) string) (n int) {
			for i := range 50 {
				if get(t, server, from("/", "10.0.0.1", forwarded(i))).StatusCode == 200 {
					n++
				}
			}
			return n
		}
		if n := allowed(func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }); n != 50 {
			t.Errorf("of 50 visitors, %d got a page", n)
		}
		if n := allowed(func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.1", i) }); n != 5 {
			t.Errorf("who makes up addresses got %d pages", n)
		}
		if n := allowed(func(i int) string { return fmt.Sprintf("2001:db8::%x", i) }); n != 5 {
			t.Errorf("who has a network of addresses got %d pages", n)
		}
	})
}

// A proxy that nobody told the shop of makes one client of all visitors: the log says so, once.
func TestUnknownProxy(t *testing.T) {
	var log bytes.Buffer
	server := storefrontWith(web.Options{Shop: shelves(shop.Fresh), RateLimit: 20, Log: slog.New(slog.NewTextHandler(&log, nil))})
	get(t, server, from("/", "10.0.0.1", ""))
	if strings.Contains(log.String(), "level=WARN") {
		t.Errorf("without a proxy:\n%s", log.String())
	}
	for range 3 {
		get(t, server, from("/", "10.0.0.1", "192.0.2.1"))
	}
	known := storefrontWith(web.Options{Shop: shelves(shop.Fresh), RateLimit: 20, Way: visitor.Way{Proxies: 1}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	get(t, known, from("/", "10.0.0.1", "192.0.2.1"))
	if n := strings.Count(log.String(), "level=WARN"); n != 1 || !strings.Contains(log.String(), "MARKETPLACE_TRUSTED_PROXIES") {
		t.Errorf("warned %d times:\n%s", n, log.String())
	}
}
