package process

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// adminPaths are what operators ask, with a part of the answer.
var adminPaths = map[string]string{
	"/livez":               "alive",
	"/readyz":              "ready",
	"/metrics":             "bookmarket_build_info{",
	"/debug/pprof/":        "goroutine",
	"/debug/pprof/heap":    "",
	"/debug/pprof/cmdline": "",
}

func TestAdminServer(t *testing.T) {
	t.Parallel()
	rec, market, url := startShop(t)
	for name, addr := range map[string]string{
		recommendations: rec.Addr(t, "admin"),
		marketplace:     market.Addr(t, "admin"),
	} {
		for path, part := range adminPaths {
			status, body, err := get(t, "http://"+addr+path)
			if err != nil || status != http.StatusOK || !strings.Contains(body, part) {
				t.Errorf("%s of %s: %d, %v\n%.300s", path, name, status, err, body)
			}
		}
	}
	for path := range adminPaths {
		if status, _, err := get(t, strings.TrimSuffix(url, "/")+path); err != nil || status != http.StatusNotFound {
			t.Errorf("the storefront answers %s with %d, %v", path, status, err)
		}
		for name, addr := range map[string]string{recommendations: rec.Addr(t, "grpc"), marketplace: market.Addr(t, "grpc")} {
			if status, _, err := get(t, "http://"+addr+path); err == nil {
				t.Errorf("the gRPC port of %s answers %s with %d", name, path, status)
			}
		}
	}
}

// The metrics tell what was served, and where the shelves' books came from.
func TestMetricsCount(t *testing.T) {
	t.Parallel()
	rec, market, url := startShop(t)
	visit := func(status int) {
		if got, _, err := get(t, url); err != nil || got != status {
			t.Fatalf("the page has status %d, %v", got, err)
		}
	}
	visit(http.StatusOK)
	for addr, series := range map[string][]string{
		rec.Addr(t, "admin"): {
			`grpc_server_handled_total{grpc_code="OK",grpc_method="Recommend",grpc_service="bookmarket.v1.RecommendationService",grpc_type="unary"} 3`,
		},
		market.Addr(t, "admin"): {
			`grpc_client_handled_total{grpc_code="OK",grpc_method="Recommend",grpc_service="bookmarket.v1.RecommendationService",grpc_type="unary"} 3`,
			`marketplace_shelves_total{source="fresh"} 4`, // and what is trending
			`marketplace_shelves_total{source="remembered"} 0`,
			`marketplace_views_total{result="recorded"} 0`,
			`marketplace_views_total{result="dropped"} 0`,
			`marketplace_views_total{result="failed"} 0`,
			`marketplace_cookies_refused_total{reason="signature"} 0`,
			`marketplace_rate_limited_total 0`,
		},
	} {
		_, body, err := get(t, "http://"+addr+"/metrics")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range series {
			if !strings.Contains(body, line+"\n") {
				t.Errorf("the metrics lack %s", line)
			}
		}
	}
	// The page asks once for what is trending; the shop asks five times for what it will remember.
	learnt := regexp.MustCompile(`grpc_server_handled_total{grpc_code="OK",grpc_method="ListPopularBooks",.*} ([6-9]|\d\d+)\n`)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, body, err := get(t, "http://"+rec.Addr(t, "admin")+"/metrics")
		if err != nil || time.Now().After(end) {
			t.Fatalf("the shop does not learn what is popular: %v", err)
		}
		if learnt.MatchString(body) {
			break
		}
	}
	rec.Kill(t)
	visit(http.StatusOK)
	if _, body, err := get(t, "http://"+market.Addr(t, "admin")+"/metrics"); err != nil || !strings.Contains(body, `marketplace_shelves_total{source="remembered"} 4`) {
		t.Errorf("the remembered shelves were not counted: %v", err)
	}
}

// get fetches an address over HTTP/1 as it is, without a redirect.
func get(t *testing.T, url string) (status int, body string, err error) {
	t.Helper()
	resp, err := do(t, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// do sends a request on a connection of its own.
func do(t *testing.T, method, url string, body io.Reader, headers ...string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		return nil, err
	}
	for pair := range slices.Chunk(headers, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		Timeout:       5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return client.Do(req)
}
