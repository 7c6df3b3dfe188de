package web_test

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"bookmarket/internal/httpserver"
	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
)

// panicking is a shop whose pages panic.
var panicking = &fakeShop{panics: "the secret cause"}

// shelves is a shop with three shelves of the same books.
func shelves(source shop.Source, titles ...string) *fakeShop {
	var picks []shop.Pick
	for i, title := range titles {
		picks = append(picks, shop.Pick{Book: &shop.Book{ID: int64(i + 1), Title: title}})
	}
	of := func(slug, name string) shop.Shelf {
		return shop.Shelf{Kind: shop.OfCategory, Category: shop.Category{Slug: slug, Name: name}, Picks: picks, Source: source}
	}
	return &fakeShop{home: shop.Home{Shelves: []shop.Shelf{of("mystery", "Mystery"), of("young-adult", "young adult"), of("ebooks", "éBooks")}}}
}

func logTo(log io.Writer) func(*web.Options) {
	return func(o *web.Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) }
}

func countIn(metrics *prometheus.Registry) func(*web.Options) {
	return func(o *web.Options) { o.Metrics = metrics }
}

// storefrontWith returns a storefront with a name, and what the options lack.
func storefrontWith(o web.Options) *web.Server {
	o.Title, o.Version = cmp.Or(o.Title, "Online Books For You"), "v1.2.3"
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	return web.New(o)
}

func get(t testing.TB, handler http.Handler, request *http.Request) *http.Response {
	t.Helper()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer.Result()
}

func body(t testing.TB, resp *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		method, path string
		body         string
		status       int
		header       string // name: value
		contains     string
	}{
		{"GET", "/", "", 200, "Cache-Control: no-store", "Mystery books"},
		{"HEAD", "/", "", 200, "Content-Type: text/html; charset=utf-8", ""},
		{"GET", "/?utm=x", "", 200, "", "Mystery books"},
		{"GET", "style.css", "", 200, "Content-Type: text/css; charset=utf-8", ".shelf"},
		{"HEAD", "style.css", "", 200, "Content-Type: text/css; charset=utf-8", ""},
		{"GET", "icon.svg", "", 200, "Content-Type: image/svg+xml", "<svg"},
		{"GET", "/favicon.ico", "", 302, "Cache-Control: public, max-age=86400", "/static/icon."},
		{"GET", "/static/style.css", "", 404, "Cache-Control: no-store", "Page not found"},
		{"POST", "/", "a=b", 405, "Allow: GET, HEAD", "That does not work here"},
		{"DELETE", "/", "", 405, "Allow: GET, HEAD", "That does not work here"},
		{"PUT", "/static/style.css", "x", 405, "Allow: GET, HEAD", "That does not work here"},
		{"GET", "/nowhere", "", 404, "Content-Type: text/html; charset=utf-8", "Page not found"},
		{"POST", "/nowhere", "", 404, "", "Page not found"},
		{"GET", "/static/", "", 404, "", "Page not found"},
		{"GET", "/static/nothing.css", "", 404, "", "Page not found"},
		{"GET", "/static/..%2fweb.go", "", 404, "", "Page not found"},
		{"GET", "/language", "", 404, "", "Page not found"},
		{"GET", "/metrics", "", 404, "", "Page not found"},
		{"GET", "/debug/pprof/", "", 404, "", "Page not found"},
		{"POST", "/", strings.Repeat("x", 64<<10+1), 413, "", "That is too much"},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			server := storefront(t, shelves(shop.Fresh, "a"))
			if !strings.HasPrefix(tt.path, "/") {
				tt.path = server.Asset(tt.path)
			}
			resp := get(t, server, httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body)))
			text := body(t, resp)
			name, value, _ := strings.Cut(tt.header, ": ")
			if resp.StatusCode != tt.status || resp.Header.Get(name) != value || !strings.Contains(text, tt.contains) {
				t.Errorf("got %d %v\n%s", resp.StatusCode, resp.Header, text)
			}
		})
	}
}

func TestStaticFilesAreNotSentTwice(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh))
	request := httptest.NewRequest("GET", server.Asset("style.css"), http.NoBody)
	first := get(t, server, request)
	request.Header.Set("If-None-Match", first.Header.Get("ETag"))
	if again := get(t, server, request); again.StatusCode != 304 || body(t, again) != "" {
		t.Errorf("the second answer is %d", again.StatusCode)
	}
}

func TestPanic(t *testing.T) {
	var log bytes.Buffer
	request := httptest.NewRequest("GET", "/", http.NoBody)
	request.Header.Set("X-Request-Id", "request-7")
	resp := get(t, storefront(t, panicking, logTo(&log)), request)
	page := body(t, resp)
	if resp.StatusCode != 500 || !strings.Contains(page, "Something went wrong") || !strings.Contains(page, "request-7") {
		t.Errorf("got %d\n%s", resp.StatusCode, page)
	}
	if strings.Contains(page, "secret") || strings.Contains(page, "goroutine") {
		t.Errorf("the page tells what happened:\n%s", page)
	}
	for _, part := range []string{"the secret cause", "web_test.go", "status=500", `msg="page failed"`} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %q:\n%s", part, log.String())
		}
	}
}

func TestRequestID(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh))
	for sent, kept := range map[string]bool{"request-7": true, "": false, "a b": false, strings.Repeat("x", 100): false} {
		request := httptest.NewRequest("GET", "/", http.NoBody)
		request.Header.Set("X-Request-Id", sent)
		got := get(t, server, request).Header.Get("X-Request-Id")
		if (got == sent) != kept || got == "" {
			t.Errorf("sent %q, got %q", sent, got)
		}
	}
}

// Series are as many as there are routes; what visitors type makes none.
func TestMetrics(t *testing.T) {
	metrics := prometheus.NewRegistry()
	server := storefront(t, shelves(shop.Fresh), countIn(metrics))
	for _, path := range []string{"/", "/", "/a", "/b", "/c?d", "/static/style.css"} {
		get(t, server, httptest.NewRequest("GET", path, http.NoBody))
	}
	if n, err := testutil.GatherAndCount(metrics, "marketplace_http_request_duration_seconds"); n != 3 || err != nil {
		t.Errorf("%d series for 3 routes, %v", n, err)
	}
	if problems, err := testutil.GatherAndLint(metrics); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

func TestReady(t *testing.T) {
	if err := storefront(t, panicking).Ready(t.Context()); err != nil {
		t.Errorf("without recommendations the shop is not ready: %v", err)
	}
}

// A panic behind the first byte can only cut the answer off, and must not go unseen.
func TestPanicWithinAnAnswer(t *testing.T) {
	var log bytes.Buffer
	metrics := prometheus.NewRegistry()
	server := storefront(t, panicking, logTo(&log), countIn(metrics))
	func() {
		defer func() {
			if value := recover(); value != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
				t.Errorf("panicked with %v", value)
			}
		}()
		server.ServeHTTP(halfWriter{httptest.NewRecorder()}, httptest.NewRequest("GET", server.Asset("style.css"), http.NoBody))
	}()
	if !strings.Contains(log.String(), "the wire broke") || !strings.Contains(log.String(), "msg=http") {
		t.Errorf("the log has\n%s", log.String())
	}
	if n, err := testutil.GatherAndCount(metrics, "marketplace_http_request_duration_seconds"); n != 1 || err != nil {
		t.Errorf("%d requests counted, %v", n, err)
	}
}

// A halfWriter panics when the body comes.
type halfWriter struct{ http.ResponseWriter }

func (halfWriter) Write([]byte) (int, error) { panic("the wire broke") }

// listen serves the storefront as the program does.
func listen(t *testing.T) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	server := httpserver.New("http", listener, storefront(t, shelves(shop.Fresh)), log)
	go server.Serve()                    //nolint:errcheck // Close ends it
	t.Cleanup(func() { server.Close() }) //nolint:errcheck // the test is over
	return "http://" + listener.Addr().String() + "/"
}

// A body that is too large is answered before the connection ends, or its sender learns
// nothing but that it was reset.
func TestLargeBodies(t *testing.T) {
	url := listen(t)
	for i := range 100 {
		request, err := http.NewRequestWithContext(t.Context(), "POST", url, bytes.NewReader(make([]byte, 100<<10)))
		if err != nil {
			t.Fatal(err)
		}
		request.Close = i%2 == 0
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		resp.Body.Close() //nolint:errcheck // only its status matters
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Fatalf("request %d: got %d", i, resp.StatusCode)
		}
	}
}

// A request whose headers are too large never reaches a page.
func TestLargeHeaders(t *testing.T) {
	request, err := http.NewRequestWithContext(t.Context(), "GET", listen(t), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X", strings.Repeat("x", 32<<10))
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only its status matters
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %d", resp.StatusCode)
	}
}

// FuzzRequest sends anything that net/http takes for a request through the whole storefront.
// It must answer with a status that is not our fault, all headers set.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"HEAD /static/style.css HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\nIf-None-Match: *\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nX-Request-Id: a\r\n\r\na=b",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
		"GET /%2e%2e/%00?%zz HTTP/1.0\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		"CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n",
		"POST /language HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 27\r\n\r\nlanguage=pt-BR&back=//x.org",
	} {
		f.Add([]byte(seed))
	}
	server := storefront(f, shelves(shop.Fresh, "a"))
	f.Fuzz(func(t *testing.T, input []byte) {
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(input)))
		if err != nil {
			return
		}
		resp := get(t, server, request)
		if resp.StatusCode < 200 || resp.StatusCode >= 500 {
			t.Errorf("got %d", resp.StatusCode)
		}
		if resp.Header.Get("X-Request-Id") == "" || resp.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("got %d without the headers of every answer: %v", resp.StatusCode, resp.Header)
		}
	})
}

// Every file that a page asks for is there, and asked for only once.
func TestFilesOfPages(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh, "a"))
	for _, path := range []string{"/", "/nowhere"} {
		files := regexp.MustCompile(`"(/static/[^"]+)"`).FindAllStringSubmatch(body(t, get(t, server, httptest.NewRequest("GET", path, http.NoBody))), -1)
		if len(files) < 2 {
			t.Errorf("%s asks for %q", path, files)
		}
		for _, file := range files {
			resp := get(t, server, httptest.NewRequest("GET", file[1], http.NoBody))
			if resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s asks for %s: %d %v", path, file[1], resp.StatusCode, resp.Header)
			}
		}
	}
}

// Pages are compressed, and those of what went wrong too.
func TestCompressed(t *testing.T) {
	for path, server := range map[string]*web.Server{
		"/":        storefront(t, shelves(shop.Fresh, "a")),
		"/nowhere": storefront(t, shelves(shop.Fresh, "a")),
		"/?panic":  storefront(t, panicking),
	} {
		request := httptest.NewRequest("GET", path, http.NoBody)
		plain := get(t, server, request)
		request.Header.Set("Accept-Encoding", "gzip, deflate")
		resp := get(t, server, request)
		if resp.Header.Get("Content-Encoding") != "gzip" || resp.StatusCode != plain.StatusCode {
			t.Fatalf("%s: got %d %v, uncompressed %d", path, resp.StatusCode, resp.Header, plain.StatusCode)
		}
		unzipped, err := gzip.NewReader(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(unzipped)
		if err != nil || !strings.HasSuffix(string(page), "</html>") || len(page) != len(body(t, plain)) {
			t.Errorf("%s: got %d bytes, %v", path, len(page), err)
		}
	}
}
