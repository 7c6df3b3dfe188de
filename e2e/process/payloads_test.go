package process

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"bookmarket/e2e/internal/payloads"
	"bookmarket/e2e/internal/proctest"
	"bookmarket/protobufs/gen/bookmarketv1"
)

// A field is a place where a visitor's text reaches the shop.
type field struct {
	name    string
	method  string // GET, if empty
	path    func(text string) string
	form    func(text string) url.Values
	headers []string // that have the text as their value, or in it after a "="
}

func inPath(format string) func(string) string {
	return func(text string) string { return fmt.Sprintf(format, url.PathEscape(text)) }
}

func inQuery(path string, keys ...string) func(string) string {
	return func(text string) string {
		query := url.Values{}
		for _, key := range keys {
			query.Set(key, text)
		}
		return path + query.Encode()
	}
}

func inForm(fixed url.Values, keys ...string) func(string) url.Values {
	return func(text string) url.Values {
		form := url.Values{}
		maps.Copy(form, fixed)
		for _, key := range keys {
			form.Set(key, text)
		}
		return form
	}
}

func same(path string) func(string) string { return func(string) string { return path } }

var fields = []field{
	{name: "search", path: inQuery("/search?", "q")},
	{name: "search in a category", path: inQuery("/search?category=fantasy&", "q", "sort")},
	{name: "filters of a search", path: inQuery("/search?q=a&", "category", "sort", "page")},
	{name: "category", path: inPath("/categories/%s")},
	{name: "order of a category", path: inQuery("/categories/fantasy?", "sort", "page")},
	{name: "author", path: inPath("/authors/%s")},
	{name: "order of an author's books", path: inQuery("/authors/J.R.R.%20Tolkien?", "sort", "page")},
	{name: "book", path: inPath("/books/%s")},
	{name: "slug", path: inPath("/books/6-%s")},
	{name: "unknown address", path: inPath("/%s")},
	{name: "file", path: inPath("/static/%s")},
	{name: "sitemap", path: inPath("/sitemaps/%s.xml")},
	{name: "headers", path: same("/"), headers: []string{
		"Accept-Language", "Accept-Encoding", "Accept", "User-Agent", "Referer", "Origin", "If-None-Match", "X-Request-Id",
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded",
	}},
	{name: "cookies", path: same("/my-books"), headers: []string{
		"Cookie: language=", "Cookie: reader=", "Cookie: __Host-reader=", "Cookie: recent=", "Cookie: notice=",
	}},
	{name: "language", method: http.MethodPost, path: same("/language"), form: inForm(url.Values{"back": {"/"}}, "language")},
	{name: "way back", method: http.MethodPost, path: same("/language"), form: inForm(url.Values{"language": {"en"}}, "back")},
	{name: "rating", method: http.MethodPost, path: same("/books/6-the-dune-chronicles/rating"), form: inForm(nil, "rating", "back")},
	{name: "book to rate", method: http.MethodPost, path: inPath("/books/%s/rating"), form: inForm(url.Values{"rating": {"5"}})},
	{name: "book to want", method: http.MethodPost, path: inPath("/books/%s/want"), form: inForm(nil, "back")},
	{name: "book to wave away", method: http.MethodPost, path: inPath("/books/%s/not-interested"), form: inForm(nil)},
	{name: "what is removed", method: http.MethodPost, path: same("/my-books/remove"), form: inForm(url.Values{"book": {"6"}}, "what", "back")},
	{name: "book to remove", method: http.MethodPost, path: same("/my-books/remove"), form: inForm(url.Values{"what": {"rating"}}, "book")},
	{name: "way back from a removal", method: http.MethodPost, path: same("/my-books/remove"), form: inForm(url.Values{"book": {"6"}, "what": {"view"}}, "back")},
	{name: "forget me", method: http.MethodPost, path: same("/privacy/forget"), form: inForm(nil, "sure")},
}

// harmless are texts that pages answer as they should: with books and without.
var harmless = []string{"dune", "6", "6-the-dune-chronicles", "fantasy", "J.R.R. Tolkien", "zzzzzz", "title", "2", "5", "/my-books", "pt-BR", "rating", ""}

// senders send side by side.
const senders = 2

// Whatever visitors send stays text: no answer is an error of the shop's, and no page has an element,
// an attribute or an address that pages for harmless texts do not have.
func TestPayloadsStayTexts(t *testing.T) { //nolint:tparallel // the catalogue is counted behind all of them
	t.Parallel()
	rec := start(t, recommendations, "RECOMMENDATIONS_CATALOG=bundled")
	_, address := startMarketplace(t, rec.Addr(t, "grpc"))
	shop := target{address: strings.TrimSuffix(address, "/"), known: vocabulary{}}
	for _, f := range fields {
		for _, text := range harmless {
			for _, language := range []string{"en", "pt-BR"} {
				shop.learn(t, f, text, language)
			}
		}
	}
	corpus := slices.Concat(payloads.HTML(), payloads.SQL())
	before := books(t, rec)
	t.Run("fields", func(t *testing.T) {
		for _, f := range fields {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				var group sync.WaitGroup
				for i := range senders {
					group.Go(func() {
						for j := i; j < len(corpus); j += senders {
							shop.attack(t, f, corpus[j])
						}
					})
				}
				group.Wait()
			})
		}
	})
	if after := books(t, rec); after != before || before == "" {
		t.Errorf("the catalogue was\n%s\nand is\n%s", before, after)
	}
}

// books describes the whole catalogue.
func books(t *testing.T, rec *proctest.Process) string {
	t.Helper()
	categories, err := bookmarketv1.NewCatalogServiceClient(dial(t, rec.Addr(t, "grpc"))).ListCategories(t.Context(), &bookmarketv1.ListCategoriesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range categories.GetCategories() {
		fmt.Fprintf(&b, "%s %d\n", c.GetSlug(), c.GetBookCount())
	}
	return b.String()
}

// A target is a shop, and what its pages are made of.
type target struct {
	address string
	known   vocabulary
}

// A vocabulary has every element, every attribute of an element, and every value of those attributes
// that lead out of the page or run something.
type vocabulary map[string]bool

// learn takes the vocabulary of the answer to a harmless text.
func (s target) learn(t *testing.T, f field, text, language string) {
	t.Helper()
	resp, body, err := s.send(t, f, text, "Accept-Language", language)
	if err != nil || resp.StatusCode >= http.StatusInternalServerError {
		t.Fatalf("%s: %q: %v %v", f.name, text, resp, err)
	}
	for _, word := range wordsOf(body) {
		s.known[word] = true
	}
}

// attack sends a text and looks for what became of it.
func (s target) attack(t *testing.T, f field, text string) {
	t.Helper()
	resp, body, err := s.send(t, f, text)
	switch {
	case err != nil:
		t.Errorf("%q: %v", text, err)
		return
	case resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusTooManyRequests:
		t.Errorf("%q: %s", text, resp.Status)
	}
	if to := resp.Header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`)) {
		t.Errorf("%q: sent to %q", text, to)
	}
	for _, cookie := range resp.Cookies() {
		if cookie.Value != "" && strings.ContainsAny(cookie.Value, "<\"'; ") {
			t.Errorf("%q: a cookie %s", text, cookie)
		}
	}
	if resp.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%q: the answer may do what it likes: %v", text, resp.Header)
	}
	for _, word := range wordsOf(body) {
		if !s.known[word] {
			t.Errorf("%q: the page has %s", text, word)
		}
	}
	if tag.MatchString(text) && strings.Contains(body, text) {
		t.Errorf("%q is in the page as it was sent", text)
	}
}

// tag is what a browser takes for the beginning of one.
var tag = regexp.MustCompile("<[a-zA-Z/!?]")

// client does not follow answers that lead on.
var client = http.Client{
	Timeout:       10 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// send sends a text in a field, and returns the answer and its body.
func (s target) send(t *testing.T, f field, text string, headers ...string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), cmp.Or(f.method, http.MethodGet), s.address+f.path(text), http.NoBody)
	if err != nil {
		return nil, "", err
	}
	if f.form != nil {
		body := f.form(text).Encode()
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for pair := range slices.Chunk(headers, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	for _, header := range f.headers {
		name, prefix, _ := strings.Cut(header, ": ")
		req.Header.Add(name, prefix+strings.Map(printable, text))
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	body, err := io.ReadAll(resp.Body)
	switch encoding := resp.Header.Get("Content-Encoding"); encoding {
	case "":
	case "br", "gzip":
		body = nil // what a text made the shop compress is the page that others see
	default:
		t.Errorf("%q: encoded as %q", text, encoding)
	}
	return resp, string(body), err
}

// printable leaves out what no header can carry.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// wordsOf lists the vocabulary of a page.
func wordsOf(body string) (words []string) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{"no HTML: " + err.Error()}
	}
	for node := range root.Descendants() {
		if node.Type == html.CommentNode {
			words = append(words, "a comment")
		}
		if node.Type != html.ElementNode {
			continue
		}
		words = append(words, "<"+node.Data+">")
		for _, a := range node.Attr {
			words = append(words, "<"+node.Data+" "+a.Key+">")
			if leadsOut(a) {
				words = append(words, "<"+node.Data+" "+a.Key+"="+a.Val+">")
			}
		}
		if node.Data == "script" && node.FirstChild != nil && !json.Valid([]byte(node.FirstChild.Data)) {
			words = append(words, "<script>"+node.FirstChild.Data)
		}
	}
	return words
}

// leadsOut reports whether an attribute is an address that is not one of the shop's.
func leadsOut(a html.Attribute) bool {
	switch a.Key {
	case "href", "src", "action", "formaction", "srcset", "poster", "data", "xlink:href":
	default: // a <meta> leads out by its http-equiv, which no page has; its content may say anything
		return false
	}
	address, err := url.Parse(strings.TrimSpace(a.Val))
	return err != nil || address.Host != "" || address.Scheme != ""
}
