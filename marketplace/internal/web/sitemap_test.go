package web_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
)

// mapped returns the addresses that a file of the sitemap lists.
func mapped(t *testing.T, server http.Handler, path string) []string {
	t.Helper()
	resp := get(t, server, httptest.NewRequest("GET", "http://shop.example"+path, http.NoBody))
	text := body(t, resp)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/xml; charset=utf-8" || resp.Header.Get("ETag") == "" {
		t.Fatalf("%s: %d %v", path, resp.StatusCode, resp.Header)
	}
	var file struct {
		Sitemaps []string `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemap>loc"`
		URLs     []string `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 url>loc"`
	}
	if err := xml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatalf("%s: %v\n%s", path, err, text)
	}
	return slices.Concat(file.Sitemaps, file.URLs)
}

func manyBooks(n int) []*shop.Book {
	books := make([]*shop.Book, n)
	for i := range books {
		books[i] = &shop.Book{ID: int64(i + 1), Title: "Ação & <Reação>"}
	}
	return books
}

func TestSitemap(t *testing.T) {
	s := &fakeShop{all: manyBooks(5_001), listing: shop.Listing{Categories: []shop.Category{{Slug: "a&b", Name: "A"}}}}
	server := storefront(t, s)
	want := []string{"http://shop.example/sitemaps/0.xml", "http://shop.example/sitemaps/1.xml", "http://shop.example/sitemaps/2.xml"}
	if got := mapped(t, server, "/sitemap.xml"); !slices.Equal(got, want) {
		t.Errorf("the files are %q", got)
	}
	own := mapped(t, server, "/sitemaps/0.xml")
	for _, page := range []string{"/", "/categories", "/about", "/categories/a&b"} {
		if !slices.Contains(own, "http://shop.example"+page) {
			t.Errorf("%s is not in %q", page, own)
		}
	}
	first, second := mapped(t, server, "/sitemaps/1.xml"), mapped(t, server, "/sitemaps/2.xml")
	if len(first) != 5_000 || len(second) != 1 || first[0] != "http://shop.example/books/1-acao-reacao" || second[0] != "http://shop.example/books/5001-acao-reacao" {
		t.Errorf("the files have %d and %d books, %q and %q", len(first), len(second), first[0], second)
	}
	for _, path := range []string{"/sitemaps/3.xml", "/sitemaps/-1.xml", "/sitemaps/01.xml", "/sitemaps/1", "/sitemaps/x.xml", "/sitemaps/99999999999999999999.xml"} {
		if resp := get(t, server, httptest.NewRequest("GET", path, http.NoBody)); resp.StatusCode != 404 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

// The catalogue is read once an hour; while that cannot be done the books of the last time stay,
// and nobody tries again and again.
func TestSitemapIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeShop{all: manyBooks(2)}
		server := storefront(t, s)
		books := func() int { return len(mapped(t, server, "/sitemap.xml")) - 1 }
		steps := []struct {
			after time.Duration
			books int
			err   error
			files int
		}{
			{0, 2, errors.New("down"), 0}, // it fails behind the second book
			{0, 2, nil, 0},                // a try just now has failed
			{10 * time.Second, 2, nil, 1},
			{59 * time.Minute, 5_001, nil, 1},
			{time.Minute, 5_001, errors.New("down"), 1},
			{10 * time.Second, 5_001, nil, 2},
			{time.Hour, 0, nil, 2},
		}
		for i, step := range steps {
			time.Sleep(step.after)
			s.all, s.err = manyBooks(step.books), step.err
			if got := books(); got != step.files {
				t.Errorf("step %d: %d files of books, want %d", i, got, step.files)
			}
		}
	})
}

// A patientShop reads its books for as long as somebody wants them.
type patientShop struct{ *fakeShop }

func (s patientShop) All(ctx context.Context) iter.Seq2[*shop.Book, error] {
	s.err = ctx.Err()
	return s.fakeShop.All(ctx)
}

// Who asks for the sitemap and does not wait for it takes it from nobody else.
func TestSitemapForWhoWaits(t *testing.T) {
	server := storefront(t, patientShop{&fakeShop{all: manyBooks(1)}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	get(t, server, httptest.NewRequestWithContext(ctx, "GET", "/sitemap.xml", http.NoBody))
	if got := mapped(t, server, "/sitemap.xml"); len(got) != 2 {
		t.Errorf("the files are %q", got)
	}
}

func TestRobots(t *testing.T) {
	for host, want := range map[string]string{"shop.example:8080": "\nSitemap: http://shop.example:8080/sitemap.xml\n", `a"b`: ""} {
		request := httptest.NewRequest("GET", "/robots.txt", http.NoBody)
		request.Host = host
		text := body(t, get(t, storefront(t, &fakeShop{}), request))
		if !strings.HasPrefix(text, "User-agent: *\nDisallow: /search\n") || strings.Contains(text, "Sitemap") != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%s: %s", host, text)
		}
	}
}

// Absolute addresses begin with what the operator says, or else with what the request says, if
// that can be a host at all.
func TestOrigin(t *testing.T) {
	tests := []struct{ public, host, want string }{
		{"", "shop.example", "http://shop.example/"},
		{"", "SHOP.example:5000", "http://SHOP.example:5000/"},
		{"", "127.0.0.1:5000", "http://127.0.0.1:5000/"},
		{"", "[::1]:5000", "http://[::1]:5000/"},
		{"", "[::1]", "http://[::1]/"},
		{"https://books.example", "shop.example", "https://books.example/"},
		{"https://books.example", `"><script>`, "https://books.example/"},
		{"", `"><script>`, "/"},
		{"", "shop.example:", "/"},
		{"", "shop.example:x", "/"},
		{"", "a b", "/"},
		{"", "a/b", "/"},
		{"", "user@shop.example", "/"},
		{"", "", "/"},
		{"", strings.Repeat("a", 254), "/"},
	}
	for _, tt := range tests {
		server := storefront(t, shelves(shop.Fresh, "a"), func(o *web.Options) { o.PublicURL = tt.public })
		request := httptest.NewRequest("GET", "/", http.NoBody)
		request.Host = tt.host
		page := body(t, get(t, server, request))
		if want := fmt.Sprintf(`<link rel="canonical" href=%q><meta property="og:url" content=%q>`, tt.want, tt.want); !strings.Contains(page, want) {
			t.Errorf("%q of %q: want %s in\n%.1500s", tt.host, tt.public, want, page)
		}
	}
}

// Pages that are nobody else's, or have no end, are not to be found.
func TestIndexed(t *testing.T) {
	s := shelves(shop.Fresh, "a")
	s.book = shop.BookPage{Book: &shop.Book{ID: 6, Title: "Dune", SeriesPosition: -1}, Source: shop.Fresh}
	s.mine = shop.MyBooks{Known: true}
	server := storefront(t, s)
	for path, indexed := range map[string]bool{
		"/": true, "/books/6-dune": true, "/categories": true, "/categories/mystery": true, "/about": true, "/privacy": true,
		"/search?q=dune": false, "/my-books": false, "/nowhere": false,
	} {
		page := body(t, get(t, server, httptest.NewRequest("GET", path, http.NoBody)))
		canonical, noindex := strings.Contains(page, `<link rel="canonical"`), strings.Contains(page, `<meta name="robots" content="noindex">`)
		if canonical != indexed || noindex == indexed {
			t.Errorf("%s: canonical %v, noindex %v", path, canonical, noindex)
		}
		if indexed && (!strings.Contains(page, `<meta name="description" content="`) || !strings.Contains(page, `<meta property="og:title" content="`)) {
			t.Errorf("%s says nothing to who shares it", path)
		}
	}
}
