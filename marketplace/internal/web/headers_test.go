package web_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
	"bookmarket/marketplace/internal/web/visitor"
)

// everyHeader is what goes with every answer.
var everyHeader = map[string]string{
	"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://img.example; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "strict-origin-when-cross-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
}

// A route is a pattern with requests that it answers.
type route struct {
	pattern, method, path string
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// routes returns requests of every pattern that the storefront has: by its method, or, where it
// has none, by one that changes nothing and one that could.
func routes(s *web.Server) []route {
	var all []route
	for _, pattern := range s.Patterns() {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			method, path = "", pattern
		}
		path = strings.ReplaceAll(path, "{$}", "")
		path = strings.ReplaceAll(path, "/static/{file}", s.Asset("style.css"))
		path = strings.ReplaceAll(path, "{file}", "0.xml")
		path = wildcard.ReplaceAllString(path, "6")
		if method != "" {
			all = append(all, route{pattern, method, path})
			continue
		}
		all = append(all, route{pattern, http.MethodGet, path}, route{pattern, http.MethodDelete, path})
	}
	return all
}

// checkHeaders wants the headers of every answer.
func checkHeaders(t *testing.T, name string, resp *http.Response, byTLS bool) {
	t.Helper()
	for header, want := range everyHeader {
		if got := resp.Header.Get(header); got != want {
			t.Errorf("%s: %d with %s %q, want %q", name, resp.StatusCode, header, got, want)
		}
	}
	for _, feature := range []string{"camera", "microphone", "geolocation", "payment", "usb"} {
		if got := resp.Header.Get("Permissions-Policy"); !strings.Contains(got, feature+"=()") {
			t.Errorf("%s: %d may use the %s: %q", name, resp.StatusCode, feature, got)
		}
	}
	strict := ""
	if byTLS {
		strict = "max-age=63072000; includeSubDomains"
	}
	if got := resp.Header.Get("Strict-Transport-Security"); got != strict {
		t.Errorf("%s: %d with Strict-Transport-Security %q, want %q", name, resp.StatusCode, got, strict)
	}
	if resp.Header.Get("X-Request-Id") == "" {
		t.Errorf("%s: %d without a request id", name, resp.StatusCode)
	}
}

// Every answer has them, whatever it says.
func TestHeadersOfEveryRoute(t *testing.T) {
	options := web.Options{Shop: shelves(shop.Fresh, "a"), ImageOrigins: []string{"https://img.example"}, Way: visitor.Way{Proxies: 1}}
	server := storefrontWith(options)
	options.Shop = deadShop{}
	dead := storefrontWith(options)
	options.RateLimit = 1
	limited := storefrontWith(options)
	for range 10 {
		get(t, limited, httptest.NewRequest("GET", "/nowhere", http.NoBody))
	}
	all := routes(server)
	if len(all) < 6 {
		t.Fatalf("there are only %v", all)
	}
	all = append(all, route{"a path to tidy", "GET", "/a//b"}, route{"every path", "OPTIONS", "*"}, route{"a bad method", "BREW", "/"})
	for _, r := range all {
		for proto, byTLS := range map[string]bool{"http": false, "https": true} {
			request := func(body string) *http.Request {
				request := httptest.NewRequest(r.method, "/", strings.NewReader(body))
				request.URL.Path, request.RequestURI = r.path, r.path
				request.Header.Set("X-Forwarded-Proto", proto)
				return request
			}
			name := fmt.Sprintf("%s %s (%s) by %s", r.method, r.path, r.pattern, proto)
			checkHeaders(t, name, get(t, server, request("")), byTLS)
			checkHeaders(t, name+", broken", get(t, dead, request("")), byTLS)
			large := get(t, server, request(strings.Repeat("x", 64<<10+1)))
			checkHeaders(t, name+", too large", large, byTLS)
			if large.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s, too large: %d", name, large.StatusCode)
			}
			often := get(t, limited, request(""))
			checkHeaders(t, name+", too often", often, byTLS)
			if isFile := r.path == server.Asset("style.css") && r.method == "GET"; !isFile && often.StatusCode != http.StatusTooManyRequests {
				t.Errorf("%s, too often: %d", name, often.StatusCode)
			}
		}
	}
}

// An SVG file runs no script, not even opened by itself; a page that says there is none is a page.
func TestPicturesAreSandboxed(t *testing.T) {
	server := storefrontWith(web.Options{Shop: deadShop{}})
	for path, sandboxed := range map[string]bool{
		server.Asset("icon.svg"): true, server.Asset("style.css"): false, "/static/no.svg": false, "/books/a.svg": false,
	} {
		policy := get(t, server, httptest.NewRequest("GET", path, http.NoBody)).Header.Get("Content-Security-Policy")
		if got := strings.HasPrefix(policy, "default-src 'none'; style-src 'unsafe-inline'; ") && strings.HasSuffix(policy, "; sandbox"); got != sandboxed {
			t.Errorf("%s: %q", path, policy)
		}
	}
}

// A deadShop panics when it is asked anything.
type deadShop struct{ web.Shop }

// A readingShop shows what it has. It panics when it is asked to change anything, or anything that
// it does not know to be harmless: a method of [web.Shop] that only reads belongs here.
type readingShop struct {
	deadShop
	has *fakeShop
}

func (s readingShop) Home(ctx context.Context, v shop.Visitor) shop.Home { return s.has.Home(ctx, v) }

func (s readingShop) Book(ctx context.Context, v shop.Visitor, id int64) (shop.BookPage, error) {
	return s.has.Book(ctx, v, id)
}

func (s readingShop) Categories(ctx context.Context) shop.Listing { return s.has.Categories(ctx) }

func (s readingShop) Category(ctx context.Context, q shop.ListQuery) (shop.Listing, error) {
	return s.has.Category(ctx, q)
}

func (s readingShop) Author(ctx context.Context, q shop.ListQuery) (shop.Listing, error) {
	return s.has.Author(ctx, q)
}

func (s readingShop) Search(ctx context.Context, q shop.SearchQuery) (shop.Listing, error) {
	return s.has.Search(ctx, q)
}

func (s readingShop) MyBooks(ctx context.Context, v shop.Visitor) shop.MyBooks {
	return s.has.MyBooks(ctx, v)
}

func (s readingShop) Trending(ctx context.Context) shop.Shelf { return s.has.Trending(ctx) }

func (s readingShop) All(ctx context.Context) iter.Seq2[*shop.Book, error] { return s.has.All(ctx) }

// Saw keeps nothing of somebody anonymous, which these tests are.
func (readingShop) Saw(v shop.Visitor, _ int64) {
	if v.Reader != 0 {
		panic("a reader's view is kept")
	}
}

// No GET changes anything: links, prefetches and other sites' pictures make browsers send them.
func TestGetChangesNothing(t *testing.T) {
	has := shelves(shop.Fresh, "a")
	has.book = shop.BookPage{Book: &shop.Book{ID: 6, Title: "Dune", SeriesPosition: -1}, Source: shop.Fresh}
	server := storefrontWith(web.Options{Shop: readingShop{has: has}})
	reading := 0
	for _, r := range routes(server) {
		if r.method != http.MethodGet {
			continue
		}
		reading++
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			resp := get(t, server, httptest.NewRequest(method, r.path+"?rating=5&book=6&what=rating&language=pt-BR&back=/", http.NoBody))
			if resp.StatusCode >= 500 {
				t.Errorf("%s %s: %d: it changes something, or asks the shop what readingShop lacks", method, r.path, resp.StatusCode)
			}
			for _, cookie := range resp.Cookies() {
				if cookie.Name != "recent" && cookie.Name != "notice" { // which only the browser keeps
					t.Errorf("%s %s sets %v", method, r.path, cookie)
				}
			}
		}
	}
	if reading < 3 {
		t.Errorf("only %d routes take GET", reading)
	}
}

// What another site sends changes nothing, wherever it is sent.
func TestForgedForms(t *testing.T) {
	server := storefrontWith(web.Options{Shop: deadShop{}})
	forgeries := map[string]map[string]string{
		"another site":         {"Sec-Fetch-Site": "cross-site", "Origin": "https://foreign.example"},
		"no origin":            {"Sec-Fetch-Site": "cross-site"},
		"a neighbouring host":  {"Sec-Fetch-Site": "same-site", "Origin": "http://a.shop.example"},
		"an older browser":     {"Origin": "https://foreign.example"},
		"another port":         {"Origin": "http://shop.example:8080"},
		"a page without place": {"Origin": "null"},
	}
	mutating := 0
	for _, r := range routes(server) {
		if r.method == http.MethodGet {
			continue
		}
		mutating++
		for name, headers := range forgeries {
			request := httptest.NewRequest(r.method, "http://shop.example"+r.path, strings.NewReader("rating=5&language=pt-BR&book=6&what=rating"))
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for header, value := range headers {
				request.Header.Set(header, value)
			}
			if resp := get(t, server, request); resp.StatusCode != http.StatusForbidden || resp.Header["Set-Cookie"] != nil {
				t.Errorf("%s %s from %s: %d %v", r.method, r.path, name, resp.StatusCode, resp.Header)
			}
		}
	}
	if mutating < 3 {
		t.Errorf("only %d routes take anything but GET", mutating)
	}
}
