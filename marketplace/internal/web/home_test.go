package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
)

func TestHome(t *testing.T) {
	headings := []string{"Mystery books you may like", "Young adult books you may like", "ÉBooks books you may like"}
	type testCase struct {
		shelves *fakeShop
		books   int
		note    bool
		sorry   int
	}
	tests := map[string]testCase{
		"fresh":      {shelves(shop.Fresh, "a", "b", "c"), 9, false, 0},
		"remembered": {shelves(shop.Remembered, "a", "b", "c"), 9, true, 0},
		"nowhere":    {shelves(shop.Nowhere), 0, false, 3},
	}
	mixed := shelves(shop.Fresh, "a", "b", "c")
	mixed.home.Shelves[0].Source = shop.Remembered
	tests["one remembered"] = testCase{mixed, 9, true, 0}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			resp := get(t, storefront(t, tt.shelves), httptest.NewRequest("GET", "/", http.NoBody))
			page := body(t, resp)
			if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("got %d %v", resp.StatusCode, resp.Header)
			}
			if !strings.Contains(page, "<title>Online Books For You</title>") || !strings.HasSuffix(page, "</html>") {
				t.Errorf("the page has another title or no end:\n%s", page)
			}
			var got, ids []string
			for _, match := range regexp.MustCompile(`<section aria-labelledby="([a-z0-9-]+)"><div class="heading"><h2 id="([a-z0-9-]+)">([^<]+?) ?</h2>`).FindAllStringSubmatch(page, -1) {
				got = append(got, match[3])
				if match[1] != match[2] || slices.Contains(ids, match[1]) {
					t.Errorf("the shelf %q is labelled by %q, and its heading is %q", match[3], match[1], match[2])
				}
				ids = append(ids, match[1])
			}
			if !slices.Equal(got, headings) {
				t.Errorf("the shelves are %q, want %q", got, headings)
			}
			if n := strings.Count(page, `<li class="book`); n != tt.books {
				t.Errorf("%d books, want %d", n, tt.books)
			}
			if noted := strings.Contains(page, "books that many have read"); noted != tt.note {
				t.Errorf("says that they are what many have read: %v, want %v", noted, tt.note)
			}
			if n := strings.Count(page, `class="sorry"`); n != tt.sorry {
				t.Errorf("%d shelves are sorry, want %d", n, tt.sorry)
			}
		})
	}
}

// A catalogue without books is no fault, and the page says how it is.
func TestEmptyCatalogue(t *testing.T) {
	resp := get(t, storefront(t, &fakeShop{}), httptest.NewRequest("GET", "/", http.NoBody))
	page := body(t, resp)
	if resp.StatusCode != 200 || strings.Count(page, `class="sorry"`) != 1 || strings.Contains(page, "<section") || !strings.Contains(page, "still empty") {
		t.Errorf("got %d\n%s", resp.StatusCode, page)
	}
}

// Every recommended book says why, as far as that is true: books without a reason of their own fit
// the taste of a visitor who has one, and those that are remembered are what many read.
func TestWhyWithoutReasons(t *testing.T) {
	pick := []shop.Pick{{Book: &shop.Book{ID: 6, Title: "Dune"}}}
	fits, popular := "It fits your taste", "Read by many"
	for _, tt := range []struct {
		kind   shop.ShelfKind
		source shop.Source
		recent string
		want   []string
	}{
		{shop.ForYou, shop.Fresh, "6", []string{fits}},
		{shop.OfCategory, shop.Fresh, "6", []string{fits}},
		{shop.OfCategory, shop.Remembered, "6", []string{popular}},
		{shop.PopularNow, shop.Fresh, "6", nil},
		{shop.TrendingNow, shop.Fresh, "6", nil},
		{shop.OfCategory, shop.Fresh, "", nil},
	} {
		server := storefront(t, &fakeShop{home: shop.Home{Shelves: []shop.Shelf{{Kind: tt.kind, Picks: pick, Source: tt.source}}}})
		request := httptest.NewRequest("GET", "/", http.NoBody)
		request.Header.Set("Cookie", "recent="+tt.recent)
		page := parsePage(t, body(t, get(t, server, request)))
		equal(t, fmt.Sprintf("%s, %v, %q", tt.kind, tt.source, tt.recent), page.texts(".why"), tt.want)
	}
}

// A book shows its author where somebody knows.
func TestAuthors(t *testing.T) {
	known := shelves(shop.Fresh, "Dune", "Beowulf")
	known.home.Shelves = known.home.Shelves[:1]
	known.home.Shelves[0].Picks[0].Book.Authors = []string{"Frank Herbert"}
	page := body(t, get(t, storefront(t, known), httptest.NewRequest("GET", "/", http.NoBody)))
	page = regexp.MustCompile(`(?s)<svg.*?</svg>`).ReplaceAllString(page, "")
	for _, book := range []string{
		`<li class="book"><a href="/books/1-dune"><span class="title">Dune</span></a> <span class="author">Frank Herbert</span> </li>`,
		`<li class="book"><a href="/books/2-beowulf"><span class="title">Beowulf</span></a> </li>`,
	} {
		if !strings.Contains(page, book) {
			t.Errorf("the page lacks %s:\n%s", book, page)
		}
	}
}

// Every page credits the bundled data, and loads nothing from elsewhere to do so.
func TestCredit(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh))
	for _, path := range []string{"/", "/nowhere"} {
		page := body(t, get(t, server, httptest.NewRequest("GET", path, http.NoBody)))
		_, footer, _ := strings.Cut(page, "<footer>")
		text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(footer, "")
		if !strings.Contains(text, "goodbooks-10k by Zygmunt Zając (CC BY-SA 4.0)") {
			t.Errorf("the footer of %s says %q", path, text)
		}
		if found := regexp.MustCompile(`(<link rel="(?:icon|stylesheet)"|src=)[^>]*//[^>]*>`).FindString(page); found != "" {
			t.Errorf("%s loads %s", path, found)
		}
	}
}

// Every page says which build made it, so that a report of something wrong can.
func TestVersion(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh))
	for _, path := range []string{"/", "/nowhere"} {
		page := body(t, get(t, server, httptest.NewRequest("GET", path, http.NoBody)))
		if !strings.Contains(page, `<p class="version">Bookmarket v1.2.3</p>`) {
			t.Errorf("%s lacks the version:\n%s", path, page)
		}
	}
}

// Titles, authors and categories come from outside and must stay text, and the shop's name too.
func TestTitlesAreText(t *testing.T) {
	const hostile = `<script>alert(1)</script>"'&{{.}}`
	hostileShop := shelves(shop.Fresh, hostile)
	hostileShop.home.Shelves[0].Category = shop.Category{Slug: hostile, Name: hostile}
	hostileShop.home.Shelves[0].Picks[0].Book.Authors = []string{hostile} // the three shelves share the book
	server := storefront(t, hostileShop, func(o *web.Options) { o.Title = hostile })
	page := body(t, get(t, server, httptest.NewRequest("GET", "/", http.NoBody)))
	page = regexp.MustCompile(`<script type="module" src="/static/shop\.[0-9a-f]+\.js"></script>`).ReplaceAllString(page, "")
	if strings.Contains(page, "<script") || strings.Count(page, "&lt;script&gt;") < 9 {
		t.Errorf("got\n%s", page)
	}
}
