package process

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// A client that asks too often is told to wait, in its own language and alone: behind a proxy, by
// what the proxy says of it.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	_, url := startMarketplace(t, "127.0.0.1:1", "MARKETPLACE_RATE_LIMIT=1", "MARKETPLACE_TRUSTED_PROXIES=1")
	get := func(path, forwarded string) *http.Response {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Forwarded-For", forwarded)
		request.Header.Set("Accept-Language", "pt-BR")
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	var refused *http.Response
	for i := range 50 { // five are allowed at once, and as many more as seconds pass
		resp := get("nowhere", "192.0.2."+strconv.Itoa(i)+", 198.51.100.1")
		if resp.StatusCode == http.StatusTooManyRequests {
			refused = resp
		}
	}
	if refused == nil {
		t.Fatal("fifty requests at once were answered")
	}
	page, err := io.ReadAll(refused.Body)
	if err != nil {
		t.Fatal(err)
	}
	if refused.Header.Get("Retry-After") != "1" || !strings.Contains(string(page), "Um pouco mais devagar") || refused.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("refused with %v\n%s", refused.Header, page)
	}
	if resp := get("nowhere", "198.51.100.2"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else: %d", resp.StatusCode)
	}
	for range 50 { // of another release, which makes no difference
		if resp := get("static/style.0123456789abcdef.css", "198.51.100.1"); resp.StatusCode != http.StatusOK {
			t.Fatalf("a style sheet: %d", resp.StatusCode)
		}
	}
	if resp := get("static/nothing.css", "198.51.100.1"); resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("what is no file: %d", resp.StatusCode)
	}
}
