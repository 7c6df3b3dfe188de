package process

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The storefront answers what it does not serve with a page that says so.
func TestHTTPAnswers(t *testing.T) {
	t.Parallel()
	_, _, url := startShop(t)
	tests := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		allow                    string
		text                     string // of the answer
	}{
		{name: "the page", method: http.MethodGet, status: http.StatusOK, text: "</html>"},
		{name: "the page's head", method: http.MethodHead, status: http.StatusOK},
		{name: "a query that nobody asked for", method: http.MethodGet, path: "?page=%ff&<script>", status: http.StatusOK, text: "</html>"},
		{name: "style", method: http.MethodGet, path: stylePath(t, url), status: http.StatusOK, text: "{"},
		{name: "style by its plain name", method: http.MethodGet, path: "static/style.css", status: http.StatusNotFound, text: "Page not found"},
		{name: "an unknown path", method: http.MethodGet, path: "basket", status: http.StatusNotFound, text: "Page not found"},
		{name: "an unknown file", method: http.MethodGet, path: "static/script.js", status: http.StatusNotFound, text: "Page not found"},
		{name: "a way out", method: http.MethodGet, path: "static/..%2f..%2fgo.mod", status: http.StatusNotFound, text: "Page not found"},
		{name: "the wrong method", method: http.MethodPost, body: "a=1", status: http.StatusMethodNotAllowed, allow: "GET, HEAD", text: "</html>"},
		{name: "a method of nobody's", method: "BREW", status: http.StatusMethodNotAllowed, allow: "GET, HEAD", text: "</html>"},
		{name: "the wrong method for a file", method: http.MethodDelete, path: "static/style.css", status: http.StatusMethodNotAllowed, allow: "GET, HEAD", text: "</html>"},
		{name: "a large body", method: http.MethodPost, body: strings.Repeat("x", 100<<10), status: http.StatusRequestEntityTooLarge, text: "</html>"},
		{name: "large headers", method: http.MethodGet, headers: []string{"Cookie", strings.Repeat("x", 32<<10)}, status: http.StatusRequestHeaderFieldsTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp, err := do(t, tt.method, url+tt.path, strings.NewReader(tt.body), tt.headers...)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close() //nolint:errcheck // it was read to its end
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != tt.status || resp.Header.Get("Allow") != tt.allow || !strings.Contains(string(body), tt.text) {
				t.Errorf("status %d, Allow %q, %v\n%.500s\nwant status %d, Allow %q and %q in the text",
					resp.StatusCode, resp.Header.Get("Allow"), err, body, tt.status, tt.allow, tt.text)
			}
		})
	}
}

// stylePath returns where the home page says that its style sheet is.
func stylePath(t *testing.T, url string) string {
	t.Helper()
	resp, err := do(t, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`<link rel="stylesheet" href="/(static/[^"]+)"`).FindSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no style sheet:\n%.500s", page)
	}
	return string(found[1])
}

// hangUpLimit is by when a client that does not get to the point is hung up on: the limit is
// five seconds, and a moment for a busy machine.
const hangUpLimit = 7 * time.Second

// A client that sends a little now and then, or nothing, holds a connection for so long and
// no longer.
func TestSlowClientsAreHungUpOn(t *testing.T) {
	t.Parallel()
	rec, market, _ := startShop(t)
	tests := []struct {
		name, addr string
		first      string // sent at once
		drip       string // sent again and again
	}{
		{"headers without end, storefront", market.Addr(t, "http"), "GET / HTTP/1.1\r\nHost: shop\r\n", "X-A: b\r\n"},
		{"headers without end, admin", rec.Addr(t, "admin"), "GET /livez HTTP/1.1\r\nHost: shop\r\n", "X-A: b\r\n"},
		{"nothing, storefront", market.Addr(t, "http"), "", ""},
		{"nothing, gRPC of recommendations", rec.Addr(t, "grpc"), "", ""},
		{"nothing, gRPC of the marketplace", market.Addr(t, "grpc"), "", ""},
		{"half a greeting, gRPC", rec.Addr(t, "grpc"), "PRI * HTTP/2.0\r\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn := connect(t, tt.addr)
			begun := time.Now()
			send(t, conn, tt.first)
			go func() {
				for tt.drip != "" {
					time.Sleep(250 * time.Millisecond)
					if _, err := io.WriteString(conn, tt.drip); err != nil {
						return
					}
				}
			}()
			_, err := io.Copy(io.Discard, conn)
			took := time.Since(begun)
			if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() || took > hangUpLimit {
				t.Errorf("still connected after %v: %v", took, err)
			}
			if took < time.Second {
				t.Errorf("hung up on after %v: an honest slow client would be, too", took)
			}
		})
	}
}

// A body whose size is not announced is read so far and no further.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	_, _, url := startShop(t)
	conn := connect(t, strings.Trim(strings.TrimPrefix(url, "http:"), "/"))
	send(t, conn, "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n")
	const chunk, most = 64 << 10, 64 << 20 // far more than the sockets between us hold
	sent, err := 0, error(nil)
	for ; sent < most && err == nil; sent += chunk {
		_, err = io.WriteString(conn, "10000\r\n"+strings.Repeat("x", chunk)+"\r\n")
	}
	if err == nil {
		t.Errorf("%d bytes of a body were taken", sent)
	}
}

// Requests that follow each other on one connection are answered one by one, until one of
// them is no request.
func TestPersistentConnection(t *testing.T) {
	t.Parallel()
	_, market, _ := startShop(t)
	conn := connect(t, market.Addr(t, "http"))
	send(t, conn, strings.Repeat("GET / HTTP/1.1\r\nHost: shop\r\n\r\n", 2)+"NONSENSE\r\n\r\n")
	answers := bufio.NewReader(conn)
	for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusBadRequest} {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != want {
			t.Errorf("answer %d: %s, %v; want %d", i+1, resp.Status, err, want)
		}
		_ = resp.Body.Close()
	}
}
