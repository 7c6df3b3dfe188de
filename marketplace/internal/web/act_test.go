package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bookmarket/marketplace/internal/shop"
)

// post sends a form as a browser does.
func post(t testing.TB, handler http.Handler, path, form string, cookies ...*http.Cookie) *http.Response {
	t.Helper()
	request := httptest.NewRequest("POST", path, strings.NewReader(form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, cookie := range cookies {
		request.AddCookie(cookie)
	}
	return get(t, handler, request)
}

// enter makes a visitor a reader, by their first act, and returns the cookie that they get.
func enter(t testing.TB, handler http.Handler, s *fakeShop) *http.Cookie {
	t.Helper()
	cookie := cookieOf(post(t, handler, "/books/5/want", ""), "reader")
	if cookie == nil || len(s.did) != 1 {
		t.Fatalf("the cookie is %v after %v", cookie, s.did)
	}
	return cookie
}

// What a visitor says is kept before the shop says so.
func TestActs(t *testing.T) {
	tests := []struct {
		path, form string
		kept       shop.Event
		notice     string
		words      string
	}{
		{"/rating", "rating=1", shop.Event{Kind: shop.Rated, Rating: 1}, "rated", "Thank you! Your rating is kept."},
		{"/rating", "rating=5&back=x", shop.Event{Kind: shop.Rated, Rating: 5}, "rated", "Thank you! Your rating is kept."},
		{"/want", "", shop.Event{Kind: shop.Wanted}, "wanted", "It is on your list of books to read."},
		{"/not-interested", "", shop.Event{Kind: shop.NotInterested}, "waved", "We will not recommend this book to you."},
	}
	for _, tt := range tests {
		for _, actErr := range []error{nil, errors.New("database is away")} {
			s := duneShop()
			s.actErr = actErr
			server := storefront(t, s)
			resp := post(t, server, duneAddress+tt.path, tt.form)
			if resp.StatusCode != 303 || resp.Header.Get("Location") != duneAddress || resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: got %d %v", tt.path, resp.StatusCode, resp.Header)
			}
			reader, notice := cookieOf(resp, "reader"), cookieOf(resp, "notice")
			if len(s.did) != 1 || s.did[0].Reader < 1<<32 || reader == nil || notice == nil {
				t.Fatalf("%s: kept %v, cookies %v", tt.path, s.did, resp.Cookies())
			}
			tt.kept.Reader, tt.kept.Book = s.did[0].Reader, 6
			equal(t, "kept", s.did[0], tt.kept)
			want, words := tt.notice, tt.words
			if actErr != nil {
				want, words = "not_kept", "We may not have kept that. Please try again in a moment."
			}
			equal(t, "notice", notice.Value, want)

			page := bookPage(t, s, func(r *http.Request) { r.AddCookie(notice) })
			equal(t, "words", page.byID(t, "notice").text(), words)
			equal(t, "role", page.byID(t, "notice").attr("role"), "status")
		}
	}
}

// Forms lead back to the page that they are on, whatever its address.
func TestActsReturn(t *testing.T) {
	server := storefront(t, duneShop())
	for path, want := range map[string]string{
		"/books/6/want":               "/books/6",
		"/books/6-/want":              "/books/6-",
		"/books/6-%2f%2fx%0d%0a/want": "/books/6-%2F%2Fx%0D%0A",
		"/books/6-%D0%B4/want":        "/books/6-%D0%B4",
	} {
		resp := post(t, server, path, "")
		if got := resp.Header.Get("Location"); resp.StatusCode != 303 || got != want {
			t.Errorf("%s: got %d to %q, want %q", path, resp.StatusCode, got, want)
		}
	}
}

// What is no rating, or of no book, changes nothing and makes nobody a reader.
func TestBadActs(t *testing.T) {
	tests := []struct {
		method, path, form string
		status             int
		heading            string
	}{
		{"POST", duneAddress + "/rating", "rating=0", 400, "That is no rating"},
		{"POST", duneAddress + "/rating", "rating=6", 400, "That is no rating"},
		{"POST", duneAddress + "/rating", "rating=-1", 400, "That is no rating"},
		{"POST", duneAddress + "/rating", "rating=4.5", 400, "That is no rating"},
		{"POST", duneAddress + "/rating", "rating=99999999999999999999", 400, "That is no rating"},
		{"POST", duneAddress + "/rating", "rating=%zz", 400, "That is no rating"},
		{"POST", duneAddress + "/rating", "", 400, "That is no rating"},
		{"POST", duneAddress + "/rating?rating=4", "", 400, "That is no rating"},
		{"POST", "/books/0/rating", "rating=4", 404, "We do not have this book"},
		{"POST", "/books/-6/want", "", 404, "We do not have this book"},
		{"POST", "/books/dune/not-interested", "", 404, "We do not have this book"},
		{"POST", "/books/9223372036854775808/want", "", 404, "We do not have this book"},
		{"POST", duneAddress + "/buy", "", 404, "We do not have this book"},
		{"POST", duneAddress, "rating=4", 405, "That does not work here"},
		{"GET", duneAddress + "/want", "", 404, "Page not found"},
		{"GET", duneAddress + "/rating?rating=4", "", 404, "Page not found"},
	}
	s := duneShop()
	server := storefront(t, s)
	for _, tt := range tests {
		request := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.form))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp := get(t, server, request)
		page := parsePage(t, body(t, resp))
		if resp.StatusCode != tt.status || len(s.did)+len(s.saw) > 0 || cookieOf(resp, "reader") != nil || cookieOf(resp, "notice") != nil {
			t.Errorf("%s %s %s: got %d, kept %v, cookies %v", tt.method, tt.path, tt.form, resp.StatusCode, s.did, resp.Cookies())
		}
		equal(t, tt.path, page.texts("h1"), []string{tt.heading})
	}
}

// With the first act a visitor becomes a reader, whose are the looks of before. It is the only
// time.
func TestFirstAct(t *testing.T) {
	s := duneShop()
	server := storefront(t, s)
	recent := &http.Cookie{Name: "recent", Value: "6.5.4"} //nolint:gosec // as browsers send it
	resp := post(t, server, duneAddress+"/rating", url.Values{"rating": {"4"}}.Encode(), recent)
	reader := s.did[0].Reader
	look := func(book int64) shop.Event { return shop.Event{Reader: reader, Book: book, Kind: shop.Viewed} }
	equal(t, "looks", s.saw, []shop.Event{look(4), look(5), look(6)})

	post(t, server, duneAddress+"/want", "", recent, cookieOf(resp, "reader"))
	if len(s.saw) != 3 || s.did[1].Reader != reader {
		t.Errorf("the second act is of reader %d, not %d; looks: %v", s.did[1].Reader, reader, s.saw)
	}
}
