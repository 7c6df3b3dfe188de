package web_test

import (
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"bookmarket/marketplace/internal/shop"
)

// submit sends a form as a browser does, with cookies, and returns the answer.
func submit(t testing.TB, handler http.Handler, path string, form url.Values, cookies string) *http.Response {
	t.Helper()
	request := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Cookie", cookies)
	return get(t, handler, request)
}

// cookiesOf returns the cookies that an answer sets, by name; those that it takes away are "".
func cookiesOf(resp *http.Response) map[string]string {
	set := make(map[string]string)
	for _, cookie := range resp.Cookies() {
		if cookie.MaxAge >= 0 {
			set[cookie.Name] = cookie.Value
		} else {
			set[cookie.Name] = ""
		}
	}
	return set
}

// aReader returns the cookie of a visitor who has acted.
func aReader(t testing.TB, handler http.Handler) string {
	t.Helper()
	resp := submit(t, handler, "/books/6/want", nil, "")
	cookie := cookiesOf(resp)["reader"]
	if cookie == "" {
		t.Fatalf("a reader gets %d and the cookies %v", resp.StatusCode, resp.Cookies())
	}
	return "reader=" + cookie
}

var day = time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC)

// didThings is a shop whose visitor did one thing of each kind.
func didThings() *fakeShop {
	dune := &shop.Book{ID: 6, Title: "Dune", Authors: []string{"Frank Herbert", "Somebody else"}}
	return &fakeShop{mine: shop.MyBooks{
		Known:  true,
		Rated:  []shop.MyBook{{Book: dune, Rating: 4, At: day}, {Book: &shop.Book{ID: 7, Title: "Emma"}, Rating: 1}},
		Wanted: []shop.MyBook{{Book: &shop.Book{ID: 8, Title: "Beowulf"}, At: day}},
		Bought: []shop.MyBook{{Book: &shop.Book{ID: 9, Title: "It"}, At: day}},
		Waved:  []shop.MyBook{{Book: &shop.Book{ID: 10, Title: "Ulysses"}, At: day}},
		Seen:   []shop.MyBook{{Book: &shop.Book{ID: 123}, At: day}},
	}}
}

func TestMyBooks(t *testing.T) {
	s := didThings()
	server := storefront(t, s)
	reader := aReader(t, server)
	for accept, says := range map[string][]string{
		"en": {
			`<h1>My books</h1>`,
			`<h2 id="mine-rating">Rated</h2>`, `<h2 id="mine-want">Want to read</h2>`, `<h2 id="mine-purchase">Bought</h2>`,
			`<h2 id="mine-view">Looked at</h2>`, `<h2 id="mine-not-interested">Not interested</h2>`,
			`<a href="#mine-rating">Rated <span class="count">2</span></a>`,
			`<a class="title" href="/books/6-dune"><cite>Dune</cite></a> <span class="author">Frank Herbert</span>`,
			`You gave it 4 stars out of 5`, `<time datetime="2026-11-21">Rated on November 21, 2026</time>`,
			`You gave it 1 star out of 5`,
			`On your list since November 21, 2026`, `Bought on November 21, 2026`, `Marked “Not interested” on November 21, 2026`,
			`<a class="title" href="/books/123"><cite>Book 123</cite></a>`, `Looked at on November 21, 2026`,
			`<button aria-label="Remove Dune from the books you rated">Remove</button>`,
			`<button aria-label="Remove Beowulf from the books you want to read">Remove</button>`,
			`<button aria-label="Remove It from the books you bought">Remove</button>`,
			`<button aria-label="Remove Book 123 from the books you looked at">Remove</button>`,
			`<button aria-label="Remove Ulysses from the books that do not interest you">Remove</button>`,
			`<input type="hidden" name="book" value="6"> <input type="hidden" name="what" value="rating">`,
			`<input type="hidden" name="book" value="10"> <input type="hidden" name="what" value="not-interested">`,
		},
		"pt-BR": {
			`<h1>Meus livros</h1>`, `Quero ler</h2>`, `Você deu 4 estrelas de 5`, `Você deu 1 estrela de 5`,
			`Avaliado em 21 de novembro de 2026`, `Livro 123`, `aria-label="Remover Dune dos livros que você avaliou"`,
		},
	} {
		resp, page := visit(t, server, "/my-books", accept, reader)
		if resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("got %d %v", resp.StatusCode, resp.Header)
		}
		for _, text := range says {
			if !strings.Contains(page, text) {
				t.Errorf("in %s the page lacks %s:\n%s", accept, text, page)
			}
		}
		if n := strings.Count(page, `action="/my-books/remove"`); n != 6 {
			t.Errorf("%d books can be removed, want 6", n)
		}
		if n := strings.Count(page, "<time"); n != 5 {
			t.Errorf("%d times, want 5: of one book it is not known", n)
		}
	}
	if asked, ok := s.asked[0].(shop.Visitor); !ok || asked.Reader == 0 {
		t.Errorf("asked for the books of %v", s.asked[0])
	}
}

// What the page says depends on what is known, and of whom.
func TestMyBooksSay(t *testing.T) {
	const (
		empty     = "Your books will stand here."
		anonymous = "Only this browser knows them"
		lead      = "shapes your shelves"
		unknown   = "We cannot look up your books just now."
		more      = "You did more than fits on this page"
		partial   = "could not be loaded just now"
	)
	all := []string{empty, anonymous, lead, unknown, more, partial}
	seen := []shop.MyBook{{Book: &shop.Book{ID: 6, Title: "Dune"}}}
	blank := slices.Concat(seen, []shop.MyBook{{Book: &shop.Book{ID: 7}}})
	tests := map[string]struct {
		mine   shop.MyBooks
		reader bool
		says   []string
	}{
		"nobody":                       {shop.MyBooks{Known: true}, false, []string{empty}},
		"nobody who looked":            {shop.MyBooks{Known: true, Seen: seen}, false, []string{anonymous}},
		"a reader":                     {shop.MyBooks{Known: true, Seen: seen}, true, []string{lead}},
		"a reader who removed all":     {shop.MyBooks{Known: true}, true, []string{empty}},
		"a reader of much":             {shop.MyBooks{Known: true, Partial: true, More: true, Rated: seen}, true, []string{lead, more}},
		"books without titles":         {shop.MyBooks{Known: true, Partial: true, Rated: blank}, true, []string{lead, partial}},
		"books as they were":           {shop.MyBooks{Known: true, Partial: true, Rated: seen}, true, []string{lead}},
		"books that are gone":          {shop.MyBooks{Known: true, Rated: blank}, true, []string{lead}},
		"unknown":                      {shop.MyBooks{Partial: true}, true, []string{unknown}},
		"unknown, but for the browser": {shop.MyBooks{Seen: seen}, true, []string{unknown}},
	}
	for name, tt := range tests {
		server := storefront(t, &fakeShop{mine: tt.mine})
		cookie := "recent=6"
		if tt.reader {
			cookie += "; " + aReader(t, server)
		}
		resp, page := visit(t, server, "/my-books", "en", cookie)
		var says []string
		for _, text := range all {
			if strings.Contains(page, text) {
				says = append(says, text)
			}
		}
		if resp.StatusCode != 200 || !slices.Equal(says, tt.says) {
			t.Errorf("%s: got %d, %q, want %q", name, resp.StatusCode, says, tt.says)
		}
		if shown := strings.Contains(page, "<cite>Dune</cite>"); shown != (tt.mine.Seen != nil || tt.mine.Rated != nil) {
			t.Errorf("%s: shows the book: %v", name, shown)
		}
	}
}

// A visitor of whom nothing is kept is asked for by what the browser says.
func TestMyBooksOfTheBrowser(t *testing.T) {
	s := &fakeShop{mine: shop.MyBooks{Known: true}}
	visit(t, storefront(t, s), "/my-books", "en", "recent=6.10012")
	if v, ok := s.asked[0].(shop.Visitor); !ok || v.Reader != 0 || !slices.Equal(v.Recent, []int64{6, 10012}) {
		t.Errorf("asked for the books of %+v", s.asked)
	}
}

func TestMyBooksAreText(t *testing.T) {
	for _, title := range []string{
		`<script>alert(1)</script>`, `" onfocus="alert(1)`, `'><img src=x>`, "שלום \u202etxet", "📚", strings.Repeat("long ", 1000), "{{.Title}}",
	} {
		mine := shop.MyBooks{Known: true, Rated: []shop.MyBook{{Book: &shop.Book{ID: 6, Title: title, Authors: []string{title}}, Rating: 3}}}
		server := storefront(t, &fakeShop{mine: mine})
		_, page := visit(t, server, "/my-books", "en", aReader(t, server))
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img") || strings.Contains(page, `Remove " onfocus`) {
			t.Errorf("%.20q is no text:\n%s", title, page)
		}
		if !strings.Contains(html.UnescapeString(page), "Remove "+title+" from the books you rated") {
			t.Errorf("the button does not name %.20q:\n%s", title, page)
		}
	}
}

func TestRemove(t *testing.T) {
	of := func(book, what string) url.Values { return url.Values{"book": {book}, "what": {what}} }
	for _, kind := range []shop.EventKind{shop.Rated, shop.Wanted, shop.Bought, shop.Viewed, shop.NotInterested} {
		for _, fails := range []bool{false, true} {
			s := &fakeShop{}
			server := storefront(t, s)
			cookie := aReader(t, server) + "; recent=6.7"
			notice, recent, sets := "removed", "7", kind == shop.Viewed
			if fails {
				s.actErr = errors.New("down")
				notice, sets = "not_removed", false
			}
			resp := submit(t, server, "/my-books/remove", of("6", string(kind)), cookie)
			cookies := cookiesOf(resp)
			if resp.StatusCode != 303 || resp.Header.Get("Location") != "/my-books" || cookies["notice"] != notice {
				t.Errorf("%s: got %d, %s, notice %q", kind, resp.StatusCode, resp.Header.Get("Location"), cookies["notice"])
			}
			if got, ok := cookies["recent"]; ok != sets || ok && got != recent {
				t.Errorf("%s, fails %v: the browser remembers %q, %v", kind, fails, got, ok)
			}
			if len(s.undid) != 1 || s.undid[0].Book != 6 || s.undid[0].Kind != kind || s.undid[0].Reader <= 1<<32 {
				t.Errorf("%s: undid %+v", kind, s.undid)
			}
			_, page := visit(t, server, "/my-books", "en", cookie+"; notice="+cookies["notice"])
			if said := strings.Contains(page, "Removed. It no longer counts."); said == fails {
				t.Errorf("%s: says that it is removed: %v", kind, said)
			}
		}
	}
}

// Of somebody who is not known there is nothing on the server to remove, and none is promised.
func TestRemoveFromTheBrowser(t *testing.T) {
	for what, notice := range map[string]string{"view": "removed", "rating": "not_removed", "want": "not_removed"} {
		s := &fakeShop{}
		resp := submit(t, storefront(t, s), "/my-books/remove", url.Values{"book": {"6"}, "what": {what}}, "recent=6.7")
		cookies := cookiesOf(resp)
		if cookies["notice"] != notice || len(s.undid) != 0 || cookies["reader"] != "" {
			t.Errorf("%s: got %v, undid %v", what, cookies, s.undid)
		}
		if what == "view" && cookies["recent"] != "7" {
			t.Errorf("the browser remembers %q", cookies["recent"])
		}
	}
}

func TestRemoveWhatIsNoBook(t *testing.T) {
	s := &fakeShop{}
	server := storefront(t, s)
	reader := aReader(t, server)
	for _, form := range []url.Values{
		nil,
		{"book": {"6"}},
		{"what": {"view"}},
		{"book": {"6"}, "what": {"everything"}},
		{"book": {"six"}, "what": {"view"}},
		{"book": {"-6"}, "what": {"view"}},
		{"book": {"9223372036854775808"}, "what": {"view"}},
		{"book": {"6 OR 1=1"}, "what": {"view"}},
	} {
		resp := submit(t, server, "/my-books/remove", form, reader)
		if page := body(t, resp); resp.StatusCode != 400 || !strings.Contains(page, "We did not understand that") {
			t.Errorf("%v: got %d\n%s", form, resp.StatusCode, page)
		}
	}
	if len(s.undid) != 0 {
		t.Errorf("undid %v", s.undid)
	}
	if resp, _ := visit(t, server, "/my-books/remove", "en", reader); resp.StatusCode != 404 && resp.StatusCode != 405 || len(s.undid) != 0 {
		t.Errorf("a GET is answered with %d", resp.StatusCode)
	}
}

// A form leads back to the shop and nowhere else.
func TestRemoveLeadsBack(t *testing.T) {
	server := storefront(t, &fakeShop{})
	for back, want := range map[string]string{
		"": "/my-books", "/books/6-dune": "/books/6-dune", "/search?q=a": "/search?q=a",
		"//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/%5Cevil.example", "javascript:alert(1)": "/",
	} {
		form := url.Values{"book": {"6"}, "what": {"view"}, "back": {back}}
		if got := submit(t, server, "/my-books/remove", form, "").Header.Get("Location"); got != want {
			t.Errorf("%q leads to %q, want %q", back, got, want)
		}
	}
}
