package web_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
	"bookmarket/marketplace/internal/web/locales"
)

// Whatever goes wrong, the page stays one of the shop's, in the visitor's language, and helps.
func TestProblems(t *testing.T) {
	categories := make([]shop.Category, 0, 12)
	for _, slug := range []string{"mystery", "science-fiction", "self-help", "a b", "5", "6", "7", "8", "9", "10"} {
		categories = append(categories, shop.Category{Slug: slug, Name: slug})
	}
	s := &fakeShop{err: shop.ErrNotFound, listing: shop.Listing{Categories: categories}}
	large := strings.Repeat("x", 64<<10+1)
	tests := []struct {
		method, path string
		header       [2]string
		body         string
		status       int
		words        string // key
	}{
		{"GET", "/nowhere", [2]string{}, "", 404, "not_found"},
		{"GET", "/books/6-dune", [2]string{}, "", 404, "no_book"},
		{"GET", "/books/", [2]string{}, "", 404, "no_book"},
		{"GET", "/books/dune", [2]string{}, "", 404, "no_book"},
		{"GET", "/categories/x", [2]string{}, "", 404, "no_category"},
		{"GET", "/authors/x%2Fy", [2]string{}, "", 404, "no_author"},
		{"GET", "/books/6-dune/rating", [2]string{}, "", 404, "not_found"},
		{"POST", "/books/dune/want", [2]string{}, "", 404, "no_book"},
		{"POST", "/my-books/remove", [2]string{}, "", 400, "bad_request"},
		{"POST", "/my-books/remove", [2]string{"Sec-Fetch-Site", "cross-site"}, "", 403, "foreign"},
		{"POST", "/privacy/forget", [2]string{"Origin", "https://evil.example"}, "sure=yes", 403, "foreign"},
		{"POST", "/about", [2]string{}, "", 405, "not_allowed"},
		{"POST", "/privacy/forget", [2]string{}, large, 413, "too_large"},
	}
	for _, tt := range tests {
		for _, l := range locales.All() {
			request := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			request.Header.Set("Accept-Language", l.Tag())
			request.Header.Set("X-Request-Id", "request-7")
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if tt.header[0] != "" {
				request.Header.Set(tt.header[0], tt.header[1])
			}
			resp := get(t, storefront(t, s), request)
			page := html.UnescapeString(body(t, resp))
			if resp.StatusCode != tt.status || resp.Header.Get("Content-Language") != l.Tag() {
				t.Errorf("%s %s: got %d %v", tt.method, tt.path, resp.StatusCode, resp.Header)
			}
			for _, part := range []string{
				`<html lang="` + l.Tag() + `">`, "<h1>" + l.Text(tt.words) + "</h1>", l.Text(tt.words + "_advice"), "request-7",
				`action="/search"`, `<a class="button" href="/">`, `action="/language"`, "<footer>",
			} {
				if !strings.Contains(page, part) {
					t.Errorf("%s %s in %s: the page lacks %s:\n%s", tt.method, tt.path, l.Tag(), part, page)
				}
			}
			links := strings.Count(page, `<a href="/categories/`)
			if want := map[bool]int{true: 8}[tt.status == 404]; links != want {
				t.Errorf("%s %s: %d categories, want %d", tt.method, tt.path, links, want)
			}
			if tt.status == 404 && (!strings.Contains(page, ">"+l.Category("mystery", "")+"</a>") || !strings.Contains(page, `href="/categories/a%20b"`)) {
				t.Errorf("the categories have other names:\n%s", page)
			}
		}
	}
	if len(s.undid) != 0 || len(s.forgot) != 0 {
		t.Errorf("undid %v, forgot %v", s.undid, s.forgot)
	}
}

// A page that does not know the categories does not speak of them.
func TestProblemWithoutCategories(t *testing.T) {
	resp, page := visit(t, storefront(t, &fakeShop{}), "/nowhere", "en", "")
	if resp.StatusCode != 404 || strings.Contains(page, "Or look around") || !strings.Contains(page, `<a class="button" href="/">To the books</a>`) {
		t.Errorf("got %d\n%s", resp.StatusCode, page)
	}
}

func TestTooManyRequests(t *testing.T) {
	server := storefront(t, &fakeShop{}, func(o *web.Options) { o.RateLimit = 1 })
	var resp *http.Response
	for range 10 {
		resp = submit(t, server, "/privacy/forget", url.Values{"sure": {"yes"}}, "")
	}
	if page := body(t, resp); resp.StatusCode != 429 || !strings.Contains(page, "That was a little fast") || !strings.Contains(page, `action="/search"`) {
		t.Errorf("got %d\n%s", resp.StatusCode, page)
	}
}

// What breaks the categories must not break the page of our own faults.
func TestProblemOfOurs(t *testing.T) {
	resp, page := visit(t, storefront(t, panicking), "/my-books", "pt-BR", "")
	if resp.StatusCode != 500 || !strings.Contains(page, "<h1>Algo deu errado</h1>") || !strings.Contains(page, `action="/search"`) {
		t.Errorf("got %d\n%s", resp.StatusCode, page)
	}
}
