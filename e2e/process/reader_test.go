package process

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bookmarket/e2e/internal/pagetest"
	"bookmarket/e2e/internal/proctest"
)

// A shopper visits the shop as a browser does: with cookies, which know hosts and not ports, and to
// where forms lead.
type shopper struct {
	t      *testing.T
	client http.Client
}

func newShopper(t *testing.T) *shopper {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &shopper{t, http.Client{Jar: jar, Timeout: 5 * time.Second}}
}

func (s *shopper) get(address string) string {
	s.t.Helper()
	return s.send(http.MethodGet, address, nil)
}

func (s *shopper) post(address string, form url.Values) string {
	s.t.Helper()
	return s.send(http.MethodPost, address, form)
}

func (s *shopper) send(method, address string, form url.Values) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s: %s, %v\n%s", method, address, resp.Status, err, body)
	}
	return string(body)
}

// home returns the home page as the shopper sees it.
func (s *shopper) home(address string) *pagetest.Page {
	s.t.Helper()
	base, err := url.Parse(address)
	if err != nil {
		s.t.Fatal(err)
	}
	var cookies []string
	for _, cookie := range s.client.Jar.Cookies(base) {
		cookies = append(cookies, cookie.String())
	}
	page, err := pagetest.Get(s.t, address, "Cookie", strings.Join(cookies, "; "))
	if err != nil || !page.Fresh() {
		s.t.Fatalf("the home page is %v, %v", page, err)
	}
	return page
}

// books returns the addresses of the books on the shelf with a heading.
func (s *shopper) books(address, heading string) []string {
	s.t.Helper()
	_, shelf, _ := strings.Cut(s.get(address), heading)
	shelf, _, _ = strings.Cut(shelf, "</section>")
	var books []string
	for _, found := range regexp.MustCompile(`href="/(books/[^"]+)"`).FindAllStringSubmatch(shelf, -1) {
		books = append(books, found[1])
	}
	if len(books) < 3 {
		s.t.Fatalf("the shelf %q has %d books", heading, len(books))
	}
	return books
}

func headings(page *pagetest.Page) []string {
	var all []string
	for _, shelf := range page.Shelves {
		all = append(all, shelf.Heading)
	}
	return all
}

func hasHeading(page *pagetest.Page, beginning string) bool {
	return slices.ContainsFunc(headings(page), func(heading string) bool { return strings.HasPrefix(heading, beginning) })
}

const (
	forYou     = "Recommended for you"
	likeViewed = "Because you looked at"
	likeLiked  = "Because you liked"
)

// Two clicks on two books change the home page, and two ratings do for good: at another marketplace
// with the same key, and after the first was killed and started again.
func TestTwoClicksChangeTheHomePage(t *testing.T) {
	t.Parallel()
	genres := newGenreShop(t, 800, 8000)
	rec := genres.server
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	key := "MARKETPLACE_COOKIE_KEY=" + base64.StdEncoding.EncodeToString(secret)
	market, here := startMarketplace(t, rec.Addr(t, "grpc"), key)
	_, there := startMarketplace(t, rec.Addr(t, "grpc"), key)

	ana := newShopper(t)
	before := ana.home(here)
	if hasHeading(before, forYou) || hasHeading(before, "Because") {
		t.Fatalf("a stranger's home page has %q", headings(before))
	}
	books := ana.books(here, "Genre 1 books you may like")
	ana.get(here + books[0])
	ana.get(here + books[1])
	// Before anything is learned nobody knows what goes with a book, and the page does not say so.
	if clicked := ana.home(here); !hasHeading(clicked, forYou) || hasHeading(clicked, "Because") {
		t.Errorf("after two clicks, without a model, the home page has %q", headings(clicked))
	}
	genres.learns(t)
	for _, shop := range []string{here, there} {
		clicked := ana.home(shop)
		for until := time.Now().Add(servedLimit); !hasHeading(clicked, likeViewed) && time.Now().Before(until); clicked = ana.home(shop) {
			time.Sleep(100 * time.Millisecond)
		}
		if !hasHeading(clicked, forYou) || !hasHeading(clicked, likeViewed) || slices.Equal(headings(clicked), headings(before)) {
			t.Errorf("after two clicks the home page has %q", headings(clicked))
		}
		changed := slices.DeleteFunc(slices.Clone(clicked.Shelf(forYou).Books), func(book string) bool {
			return slices.ContainsFunc(before.Shelves, func(shelf pagetest.Shelf) bool { return slices.Contains(shelf.Books, book) })
		})
		if len(changed) < 3 {
			t.Errorf("after two clicks only %q are recommended that were not on the page before", changed)
		}
	}
	bob := newShopper(t)
	for _, book := range bob.books(here, "Genre 2 books you may like")[:2] {
		bob.get(here + book)
	}
	like := func(page *pagetest.Page) []string {
		i := slices.IndexFunc(headings(page), func(heading string) bool { return strings.HasPrefix(heading, likeViewed) })
		return page.Shelves[max(0, i)].Books
	}
	hers, his := like(ana.home(here)), like(bob.home(here))
	if same := slices.DeleteFunc(slices.Clone(his), func(book string) bool { return !slices.Contains(hers, book) }); 2*len(same) > len(his) {
		t.Errorf("whoever clicks on other books is shown the same: %q", same)
	}
	if stranger := newShopper(t).home(here); hasHeading(stranger, forYou) || hasHeading(stranger, "Because") {
		t.Errorf("another visitor's home page has %q", headings(stranger))
	}

	for _, book := range books[:2] {
		if page := ana.post(here+book+"/rating", url.Values{"rating": {"5"}}); !strings.Contains(page, "Your rating is kept") {
			t.Fatalf("the page does not say that the rating is kept:\n%s", page)
		}
	}
	market.Kill(t)
	_, again := startMarketplace(t, rec.Addr(t, "grpc"), key)
	for _, shop := range []string{there, again} {
		if rated := ana.home(shop); !hasHeading(rated, forYou) || !hasHeading(rated, likeLiked) {
			t.Errorf("after two ratings the home page has %q", headings(rated))
		}
		mine := ana.get(shop + "my-books")
		if strings.Count(mine, `class="given"`) != 2 || !strings.Contains(mine, books[0]) || !strings.Contains(mine, books[1]) {
			t.Errorf("My books lacks what was rated:\n%s", mine)
		}
	}
}

// A rating that the page says is kept is there when recommendations was killed right then; and the
// page does not say it when nobody was there to keep it.
func TestKeptIsKept(t *testing.T) {
	t.Parallel()
	addr := proctest.FreeAddr(t)
	env := []string{
		"RECOMMENDATIONS_GRPC_ADDR=" + addr, "RECOMMENDATIONS_TRAIN_INTERVAL=0",
		"RECOMMENDATIONS_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "recommendations.db"),
	}
	rec := start(t, recommendations, env...)
	_, shop := startMarketplace(t, addr)
	ana := newShopper(t)
	books := ana.books(shop, "Science fiction books you may like")
	for i, book := range books[:3] {
		if page := ana.post(shop+book+"/rating", url.Values{"rating": {"4"}}); !strings.Contains(page, "Your rating is kept") {
			t.Fatalf("the page does not say that the rating is kept:\n%s", page)
		}
		rec.Kill(t)
		page := ana.post(shop+book+"/rating", url.Values{"rating": {"1"}})
		if !strings.Contains(page, "We may not have kept that") || strings.Contains(page, "is kept.") {
			t.Errorf("nobody is there, and the page does not say so:\n%s", page)
		}
		if mine := ana.get(shop + "my-books"); !strings.Contains(mine, "We cannot look up your books just now") {
			t.Errorf("nobody is there, and My books does not say so:\n%s", mine)
		}
		rec = start(t, recommendations, env...)
		pagetest.FreshAgain(t, shop, time.Now())
		mine := ana.get(shop + "my-books")
		if n := strings.Count(mine, `class="given"`); n != i+1 || !strings.Contains(mine, book) || strings.Contains(mine, "You gave it 1 star") {
			t.Errorf("after restart %d My books has %d ratings:\n%s", i+1, n, mine)
		}
	}
}
