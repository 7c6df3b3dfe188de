package browser

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"bookmarket/e2e/internal/browsertest"
	"bookmarket/e2e/internal/payloads"
)

// How many characters of payloads one request has. They are sent together, since a page takes as long
// as it takes: one that did not stay a text would change what the page says of all.
const (
	mostShown = 200  // the shop knows no longer names, and searches for no more
	mostSent  = 2500 // thrice, with what addresses add to it, must fit into a request's head
)

// pack divides texts into packs that have at most limit characters, with a space between the texts.
func pack(texts []string, limit int) (packs [][]string) {
	room := 0
	for _, text := range texts {
		n := utf8.RuneCountInString(text) + len(" ")
		if n > room {
			packs, room = append(packs, nil), limit
		}
		packs[len(packs)-1] = append(packs[len(packs)-1], text)
		room -= n
	}
	return packs
}

func packed(texts []string, limit int) (all []string) {
	for _, texts := range pack(texts, limit) {
		all = append(all, strings.Join(texts, " "))
	}
	return all
}

// A hostileField is a place where a visitor's text reaches the shop.
type hostileField struct {
	name    string
	path    string // the text stands where % is
	status  int    // 200, if 0
	headers bool   // have the text, too
	form    string // of that page, which is sent with the text in its fields
	fields  []string
	shows   []string // expressions for what the page must say, word for word
}

// What a page shows of a text.
const (
	inSearch   = `document.getElementById("q").value`
	inHeading  = `document.querySelector("h1").textContent`
	inTitle    = `document.title`
	inStatus   = `document.querySelector("[role=status].total").textContent`
	inCategory = `document.querySelector("select[name=category]").value`
	inCard     = `document.querySelector("meta[property='og:title']").content`
)

// searched is what a visitor looks for.
var searched = hostileField{name: "search", path: "/search?category=science-fiction&sort=%&q=%", shows: []string{inSearch, inHeading, inTitle, inStatus, inCard}}

// known are the fields of a shop that has its catalogue, and so does not find much of this.
var known = []hostileField{
	{name: "filters", path: "/search?q=a&category=%&sort=%&page=%"},
	{name: "category", path: "/categories/%?sort=%&page=%", status: http.StatusNotFound},
	{name: "order", path: "/categories/fantasy?sort=%&page=%&%=x"},
	{name: "author", path: "/authors/%?sort=%&page=%", status: http.StatusNotFound},
	{name: "slug", path: "/books/6-%?%=%"},
	{name: "address", path: "/%?%=%", status: http.StatusNotFound},
	{name: "headers", path: "/my-books", headers: true},
	{name: "language", path: "/about", form: "/language", fields: []string{"back", "language"}},
	{name: "rating", path: "/books/6-the-dune-chronicles", form: "/books/6-the-dune-chronicles/rating", fields: []string{"rating"}, status: http.StatusBadRequest},
}

// unknown are the fields of a shop whose catalogue is away: it cannot tell what there is not, and
// shows what it was asked for.
var unknown = []hostileField{
	{name: "category of a search", path: "/search?q=%&category=%&sort=%&page=%", shows: []string{inSearch, inHeading, inTitle, inCategory}},
	{name: "category", path: "/categories/%?sort=%&page=%", shows: []string{inHeading, inTitle, inCard}},
	{name: "author", path: "/authors/%?sort=%&page=%", shows: []string{inHeading, inTitle, inCard}},
}

// small is a window that takes little time to paint.
var small = browsertest.Look{Device: browsertest.Narrow}

// Whatever visitors send stays a text in their browsers, too.
func TestSentPayloadsStayTexts(t *testing.T) {
	t.Parallel()
	all := slices.Concat(payloads.HTML(), payloads.SQL())
	t.Run("search", func(t *testing.T) {
		t.Parallel()
		visitor := hostileVisitor{chromium.Open(t, bundled, small)}
		for _, text := range packed(all, mostShown) {
			visitor.send(t, searched, text)
		}
	})
	t.Run("fields", func(t *testing.T) {
		t.Parallel()
		for _, f := range known {
			t.Run(f.name, func(t *testing.T) {
				visitor := hostileVisitor{chromium.Open(t, bundled, small)}
				for _, text := range packed(all, mostSent) {
					visitor.send(t, f, text)
				}
			})
		}
	})
	t.Run("catalogue away", func(t *testing.T) {
		t.Parallel()
		visitor := hostileVisitor{chromium.Open(t, lonely(t), small)}
		for i, text := range packed(payloads.HTML(), mostShown) {
			visitor.send(t, unknown[i%len(unknown)], text)
		}
	})
	t.Run("way back", func(t *testing.T) {
		t.Parallel()
		visitor := hostileVisitor{chromium.Open(t, bundled, small)}
		for _, text := range payloads.HTML() {
			if leadsAway.MatchString(text) {
				visitor.send(t, hostileField{name: "back", path: "/about", form: "/language", fields: []string{"back"}}, text)
			}
		}
	})
}

// leadsAway matches the payloads that are addresses: each is a way of its own.
var leadsAway = regexp.MustCompile(`^(?:[\x00-\x20]*[a-zA-Z\t]+:|//)`)

// lonely returns the address of a shop that nobody tells of any book.
func lonely(t *testing.T) string {
	t.Helper()
	shop := &sharedShop{}
	t.Cleanup(shop.wait)
	if err := shop.open(t.Context(), "127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	return shop.url
}

// send sends a text, and reports what the page makes of it.
func (v hostileVisitor) send(t *testing.T, f hostileField, text string) {
	t.Helper()
	if f.headers {
		v.tab.SetCookies(hostileCookies(text))
		v.tab.SetHeader("Accept-Language", inHeader(text))
	}
	path, query, _ := strings.Cut(f.path, "?")
	status := v.tab.Visit(strings.ReplaceAll(path, "%", url.PathEscape(text)) + "?" + strings.ReplaceAll(query, "%", url.QueryEscape(text)))
	if f.form != "" {
		status = v.tab.Submit(f.form, text, f.fields)
	}
	if want := cmp.Or(f.status, http.StatusOK); status != want {
		t.Errorf("%s: %q: status %d, want %d", f.name, text, status, want)
	}
	v.check(t, text)
	for _, show := range f.shows {
		if got := browsertest.Eval[string](v.tab, show); !strings.Contains(letters(got), letters(text)) {
			t.Errorf("%s: %s is %q, want %q in it", f.name, show, got, text)
		}
	}
}

// letters are what is to be seen of a text, without what is between its words.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// hostileCookies has the text in each cookie of the shop.
func hostileCookies(text string) (cookies []*http.Cookie) {
	for _, name := range []string{"language", "reader", "recent", "notice"} {
		cookies = append(cookies, &http.Cookie{Name: name, Value: inHeader(text)}) //nolint:gosec // sent, and not set
	}
	return cookies
}

// inHeader writes a text so that a header carries it, and servers take it from a cookie. What a script
// of it does, it does also with commas.
func inHeader(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ';':
			return ','
		case r == '"':
			return '\''
		case r == '\\' || r < ' ' || r > '~':
			return -1
		}
		return r
	}, text)
}
