package delivery_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"bookmarket/marketplace/internal/web/cover"
	"bookmarket/marketplace/internal/web/delivery"
)

var long = strings.Repeat("A page of a bookshop. ", 1000)

// page answers with a body in one piece, as the shop's pages do.
func page(status int, contentType, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for pair := range slices.Chunk(headers, 2) {
			w.Header().Set(pair[0], pair[1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) //nolint:gosec // it is the test's own
	}
}

// ask sends a request over the wire, where nothing is decoded that was encoded.
func ask(t *testing.T, handler http.Handler, method string, headers ...string) (*http.Response, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for pair := range slices.Chunk(headers, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	resp, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func decode(t *testing.T, coding, body string) string {
	t.Helper()
	reader := io.Reader(strings.NewReader(body))
	switch coding {
	case "br":
		reader = brotli.NewReader(reader)
	case "gzip":
		var err error
		if reader, err = gzip.NewReader(reader); err != nil {
			t.Fatal(err)
		}
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestCompress(t *testing.T) {
	const html = "text/html; charset=utf-8"
	tests := map[string]struct {
		handler http.Handler
		accept  string
		coding  string
		vary    string
		body    string
		status  int
	}{
		"br":              {page(200, html, long), "gzip, br", "br", "Accept-Encoding", long, 200},
		"gzip":            {page(200, html, long), "gzip, deflate", "gzip", "Accept-Encoding", long, 200},
		"neither":         {page(200, html, long), "deflate", "", "Accept-Encoding", long, 200},
		"refused":         {page(200, html, long), "br;q=0, gzip;q=0", "", "Accept-Encoding", long, 200},
		"small":           {page(200, html, long[:1023]), "br", "", "Accept-Encoding", long[:1023], 200},
		"large enough":    {page(200, html, long[:1024]), "br", "br", "Accept-Encoding", long[:1024], 200},
		"small but must":  {page(200, html, "x"), "br, identity;q=0", "br", "Accept-Encoding", "x", 200},
		"error page":      {page(404, html, long), "br", "br", "Accept-Encoding", long, 404},
		"XML":             {page(200, "application/xml", long), "gzip", "gzip", "Accept-Encoding", long, 200},
		"feed":            {page(200, "application/atom+xml; charset=utf-8", long), "gzip", "gzip", "Accept-Encoding", long, 200},
		"JSON":            {page(200, "Application/JSON", long), "gzip", "gzip", "Accept-Encoding", long, 200},
		"picture":         {page(200, "image/png", long), "gzip", "", "", long, 200},
		"no type":         {page(200, "", long), "gzip", "", "", long, 200},
		"encoded already": {page(200, html, long, "Content-Encoding", "x"), "gzip", "x", "Accept-Encoding", long, 200},
		"part":            {page(206, html, long, "Content-Range", "bytes 0-21999/23000"), "gzip", "", "Accept-Encoding", long, 206},
		"varies":          {page(200, html, long, "Vary", "Accept-Language, Cookie"), "gzip", "gzip", "Accept-Language, Cookie, Accept-Encoding", long, 200},
		"varies already":  {page(200, html, long, "Vary", "accept-encoding"), "gzip", "gzip", "accept-encoding", long, 200},
		"varies by all":   {page(200, html, long, "Vary", "*"), "gzip", "gzip", "*", long, 200},
		"wrong length":    {page(200, html, long, "Content-Length", strconv.Itoa(len(long))), "gzip", "gzip", "Accept-Encoding", long, 200},
		"no body":         {page(304, html, ""), "gzip", "", "", "", 304},
		"nothing at all":  {http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), "gzip", "", "", "", 200},
		"no status": {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", html)
			_, _ = io.WriteString(w, long)
		}), "gzip", "gzip", "Accept-Encoding", long, 200},
		"two statuses": {http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			page(200, html, long)(w, r)
			w.WriteHeader(500)
		}), "gzip", "gzip", "Accept-Encoding", long, 200},
		"in pieces": {http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			page(200, html, long[:2000])(w, r)
			for i := 2000; i < len(long); i += 1000 {
				_, _ = io.WriteString(w, long[i:min(i+1000, len(long))])
			}
		}), "gzip", "gzip", "Accept-Encoding", long, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			resp, body := ask(t, delivery.Compress(tt.handler), "GET", "Accept-Encoding", tt.accept)
			if resp.StatusCode != tt.status || resp.Header.Get("Content-Encoding") != tt.coding || strings.Join(resp.Header.Values("Vary"), "|") != tt.vary {
				t.Errorf("got %d %v", resp.StatusCode, resp.Header)
			}
			if tt.coding == "br" || tt.coding == "gzip" {
				if got := resp.Header.Get("Content-Length"); got != strconv.Itoa(len(body)) {
					t.Errorf("Content-Length is %q, want %d", got, len(body))
				}
			}
			if got := decode(t, tt.coding, body); got != tt.body {
				t.Errorf("got %d bytes, want %d", len(got), len(tt.body))
			}
			head, nothing := ask(t, delivery.Compress(tt.handler), "HEAD", "Accept-Encoding", tt.accept)
			for _, h := range []*http.Response{resp, head} {
				h.Header.Del("Date")
			}
			if nothing != "" || head.StatusCode != resp.StatusCode {
				t.Errorf("HEAD got %d and %d bytes", head.StatusCode, len(nothing))
			}
			for _, header := range []string{"Content-Encoding", "Content-Type", "Vary", "Etag"} {
				if head.Header.Get(header) != resp.Header.Get(header) {
					t.Errorf("HEAD has %v, GET %v", head.Header, resp.Header)
				}
			}
			if length := head.Header.Get("Content-Length"); tt.coding != "" && length != "" && length != resp.Header.Get("Content-Length") {
				t.Errorf("HEAD says %s bytes, GET %v", length, resp.Header)
			}
		})
	}
}

// A file that net/http serves comes in pieces, of which the first may be small, and in parts, which
// are not parts of what is compressed.
func TestCompressFile(t *testing.T) {
	handler := delivery.Compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(long)))
		w.Header().Set("Accept-Ranges", "bytes")
		_, _ = io.WriteString(w, long[:1])
		_, _ = io.WriteString(w, long[1:])
	}))
	resp, body := ask(t, handler, "GET", "Accept-Encoding", "br")
	if resp.Header.Get("Content-Encoding") != "br" || resp.Header.Get("Accept-Ranges") != "" || decode(t, "br", body) != long {
		t.Errorf("got %d bytes and %v", len(body), resp.Header)
	}
}

// A strong tag would say that compressed and plain bytes are the same.
func TestETagOfCompressed(t *testing.T) {
	for accept, want := range map[string]string{"gzip": `W/"a"`, "identity": `"a"`} {
		if resp, _ := ask(t, delivery.Compress(page(200, "text/html", long, "ETag", `"a"`)), "GET", "Accept-Encoding", accept); resp.Header.Get("ETag") != want {
			t.Errorf("%s: got %v", accept, resp.Header)
		}
	}
}

// What was written before a panic is not sent as if it were all.
func TestPanicIsNoAnswer(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", http.NoBody)
	r.Header.Set("Accept-Encoding", "gzip")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		delivery.Compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			page(200, "text/html", long)(w, r)
			panic("half way")
		})).ServeHTTP(w, r)
	}()
	if w.Body.Len() > 0 {
		t.Errorf("%d bytes were sent", w.Body.Len())
	}
}

// Answers do not share what their encoders remember.
func TestCompressAtOnce(t *testing.T) {
	handler := delivery.Compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page(200, "text/html", strings.Repeat(r.URL.Path, 1000))(w, r)
	}))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 50 {
				coding := []string{"br", "gzip"}[j%2]
				path := "/" + strconv.Itoa(1000*i+j)
				r := httptest.NewRequest("GET", path, http.NoBody)
				r.Header.Set("Accept-Encoding", coding)
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if got := decode(t, coding, w.Body.String()); got != strings.Repeat(path, 1000) {
					t.Errorf("%s: got %d bytes that begin with %q", path, len(got), got[:min(len(got), 20)])
				}
			}
		})
	}
	all.Wait()
}

// A flush would send headers that are not yet known; the connection is still within reach.
func TestController(t *testing.T) {
	ask(t, delivery.Compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		controller := http.NewResponseController(w)
		if err := controller.Flush(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("Flush returned %v", err)
		}
		if err := controller.EnableFullDuplex(); err != nil {
			t.Error(err)
		}
	})), "GET")
}

func TestCached(t *testing.T) {
	handler := delivery.Compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		delivery.Cached(w, r, "application/xml", []byte(long))
	}))
	etags := make(map[string]bool)
	for _, coding := range []string{"", "gzip", "br"} {
		first, body := ask(t, handler, "GET", "Accept-Encoding", coding)
		etag := first.Header.Get("ETag")
		etags[etag] = true
		if first.StatusCode != 200 || first.Header.Get("Cache-Control") != "public, max-age=300" || first.Header.Get("Content-Encoding") != coding ||
			decode(t, coding, body) != long || first.Header.Get("Vary") != "Accept-Encoding" || first.Header.Get("Content-Length") != strconv.Itoa(len(body)) {
			t.Errorf("%q: got %d %v", coding, first.StatusCode, first.Header)
		}
		again, body := ask(t, handler, "GET", "Accept-Encoding", coding, "If-None-Match", etag)
		if again.StatusCode != 304 || body != "" || again.Header.Get("ETag") != etag || again.Header.Get("Vary") != "Accept-Encoding" || again.Header.Get("Cache-Control") == "" {
			t.Errorf("%q: asked again, got %d %v", coding, again.StatusCode, again.Header)
		}
		head, _ := ask(t, handler, "HEAD", "Accept-Encoding", coding)
		if head.Header.Get("Content-Length") != first.Header.Get("Content-Length") || head.Header.Get("ETag") != etag {
			t.Errorf("%q: HEAD got %v, GET %v", coding, head.Header, first.Header)
		}
	}
	if len(etags) != 1 {
		t.Errorf("one content has the tags %v", etags)
	}
	w := httptest.NewRecorder()
	w.Header().Set("Cache-Control", "no-cache")
	delivery.Cached(w, httptest.NewRequest("GET", "/", http.NoBody), "text/plain", []byte("other"))
	if etags[w.Header().Get("ETag")] || w.Header().Get("Cache-Control") != "no-cache" || w.Body.String() != "other" {
		t.Errorf("got %v %s", w.Header(), w.Body)
	}
}

// The time of a page with a hundred covers, and what is sent of it. It is by how much a page costs
// more compressed than not, and shows what other levels would bring.
func BenchmarkCompress(b *testing.B) {
	var covers []byte
	for i := range 100 {
		covers = cover.Append(covers, "The Hitchhiker's Guide to the Galaxy "+strconv.Itoa(i), "Douglas Adams")
	}
	for _, coding := range []string{"identity", "gzip", "br"} {
		b.Run(coding, func(b *testing.B) {
			handler := delivery.Compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write(covers)
			}))
			r := httptest.NewRequest("GET", "/", http.NoBody)
			r.Header.Set("Accept-Encoding", coding)
			b.ReportAllocs()
			w := &counter{header: make(http.Header)}
			for b.Loop() {
				clear(w.header)
				w.sent = 0
				handler.ServeHTTP(w, r)
			}
			b.ReportMetric(float64(w.sent), "bytes/page")
		})
	}
}

// A counter is an answer of which only the length matters.
type counter struct {
	header http.Header
	sent   int
}

func (c *counter) Header() http.Header         { return c.header }
func (*counter) WriteHeader(int)               {}
func (c *counter) Write(b []byte) (int, error) { c.sent += len(b); return len(b), nil }
