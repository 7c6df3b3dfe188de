package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bookmarket/marketplace/internal/shop"
)

func TestSearch(t *testing.T) {
	s := &fakeShop{listing: listing(dune(), dune())}
	page := onlyPage(t, s, "/search?q=+dune%09%0Aherbert+&category=war&sort=rating&page=t", "en")
	equal(t, "query", s.query(t), any(shop.SearchQuery{Text: "dune herbert", Category: "war", Order: shop.ByRating, Page: "t"}))
	equal(t, "heading", page.texts("h1"), []string{"Results for “dune herbert”"})
	equal(t, "title", page.the(t, "title").text(), "Results for “dune herbert” · Online Books For You")
	equal(t, "total", page.the(t, ".total").text(), "1,547 books")
	equal(t, "role", page.the(t, ".total").attr("role"), "status")
	equal(t, "field", page.byID(t, "q").attr("value"), "dune herbert")
	equal(t, "pages", addresses(page.the(t, ".pager").all("a")), []string{
		"/search?category=war&q=dune+herbert&sort=rating", "/search?category=war&page=to%3Dk%2Fn&q=dune+herbert&sort=rating",
	})
	equal(t, "canonical", page.link(t, "canonical"), "")
	if !isHidden(page) {
		t.Error("the page may be found by others")
	}
	selects := page.all("select")
	if len(selects) != 2 {
		t.Fatalf("%d fields", len(selects))
	}
	equal(t, "categories", selects[0].texts("option"), []string{"All", "Fantasy", "War"})
	equal(t, "orders", selects[1].texts("option"), []string{"Best match", "Most read", "Best rated", "Newest", "Title"})
	equal(t, "chosen", append(selects[0].texts("option[selected]"), selects[1].texts("option[selected]")...), []string{"War", "Best rated"})
	// All of them are of one form, the field's.
	form := page.byID(t, "q").Parent
	for _, field := range append(selects, page.the(t, ".filter").the(t, "button")) {
		equal(t, "form", field.attr("form"), node{form}.attr("id"))
	}
	equal(t, "method", node{form}.attr("method")+" "+node{form}.attr("action"), "get /search")
}

func isHidden(page node) bool {
	for _, meta := range page.all("meta") {
		if meta.attr("name") == "robots" {
			return meta.attr("content") == "noindex"
		}
	}
	return false
}

func TestSearchInEachOrder(t *testing.T) {
	for asked, want := range map[string]shop.Order{"": "", "popular": shop.ByPopularity, "rating": shop.ByRating, "newest": shop.ByYear, "title": shop.ByTitle, "match": "", "x": ""} {
		s := &fakeShop{listing: listing(dune())}
		onlyPage(t, s, "/search?q=x&sort="+asked, "en")
		equal(t, asked, s.query(t), any(shop.SearchQuery{Text: "x", Order: want}))
	}
}

// What is searched for is what a catalogue takes: 200 letters of text.
func TestSearchTexts(t *testing.T) {
	for asked, want := range map[string]string{
		"%20%20":                          "",
		"a%00b":                           "a b",
		"a%FFb":                           "a b",
		"%E2%80%83wide%C2%A0spaces":       "wide spaces",
		"a+%26+b+%3D+c":                   "a & b = c",
		strings.Repeat("%C3%A9", 300):     strings.Repeat("é", 200),
		strings.Repeat("a", 199) + "+bcd": strings.Repeat("a", 199),
		"%zz":                             "",
		"a;b":                             "",
	} {
		s := &fakeShop{listing: listing(dune())}
		onlyPage(t, s, "/search?q="+asked, "en")
		equal(t, asked, s.query(t), any(shop.SearchQuery{Text: want}))
	}
}

// Where nothing is asked there is a start.
func TestSearchForNothing(t *testing.T) {
	s := &fakeShop{listing: shop.Listing{Source: shop.Fresh, Popular: popular(), Categories: listing().Categories}}
	for _, path := range []string{"/search", "/search?q=", "/search?q=+&category=&sort="} {
		page := onlyPage(t, s, path, "pt-BR")
		equal(t, path, page.texts("h1"), []string{"Buscar"})
		equal(t, path, page.texts("h2"), []string{"Os mais lidos", "Categorias"})
		equal(t, path, page.the(t, ".index").texts("a"), []string{"Fantasia", "Guerra"})
		equal(t, path, page.the(t, ".total").text(), "")
		equal(t, path, len(page.all("select")), 0)
		equal(t, path, len(page.all(".book")), 1)
	}
}

// Where nothing is found there is help.
func TestNothingFound(t *testing.T) {
	s := &fakeShop{listing: shop.Listing{Source: shop.Fresh, Popular: popular(), Category: listing().Category, Categories: listing().Categories}}
	page := onlyPage(t, s, "/search?q=qq&category=fantasy&sort=title", "en")
	equal(t, "total", page.the(t, ".total").text(), "We found no book for “qq” in Fantasy.")
	equal(t, "everywhere", addresses(page.the(t, ".tips").all("a")), []string{"/search?q=qq&sort=title"})
	equal(t, "tips", len(page.the(t, ".tips").all("li")), 4)
	equal(t, "instead", page.texts("h2"), []string{"Popular in Fantasy"})
	equal(t, "books", page.texts(".why"), []string{"Read by many"})

	page = onlyPage(t, s, "/search?q=qq", "en")
	equal(t, "total", page.the(t, ".total").text(), "We found no book for “qq”.")
	equal(t, "links", len(page.the(t, ".tips").all("a")), 0)
	equal(t, "instead", page.texts("h2"), []string{"Popular with our readers"})
}

// The visitor's choice stays theirs while the categories' names cannot be had.
func TestSearchWhileRecommendationsIsAway(t *testing.T) {
	for _, source := range []shop.Source{shop.Remembered, shop.Nowhere} {
		s := &fakeShop{listing: shop.Listing{Source: source}}
		if source == shop.Remembered {
			s.listing.Popular = popular()
		}
		page := onlyPage(t, s, "/search?q=dune&category=own", "en")
		equal(t, "total", page.the(t, ".total").text(), "We cannot search just now. Please try again in a moment.")
		equal(t, "books", len(page.all(".book")), len(s.listing.Popular))
		equal(t, "chosen", page.all("select")[0].texts("option[selected]"), []string{"Own"})
		equal(t, "tips", len(page.all(".tips")), 0)
	}
}

// A category that is gone is no reason not to search.
func TestSearchInAGoneCategory(t *testing.T) {
	resp, _ := visit(t, storefront(t, &fakeShop{err: shop.ErrNotFound}), "/search?q=%26+b&category=gone&sort=title&page=x", "en", "")
	if location := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || location != "/search?q=%26+b&sort=title" {
		t.Errorf("got %d to %q", resp.StatusCode, location)
	}
}

// FuzzSearch searches for anything, anywhere: the page shows what was searched for, as text.
func FuzzSearch(f *testing.F) {
	for _, name := range hostileNames {
		f.Add(name, "fantasy", "rating", "t")
	}
	f.Add("\x00\xff", "<b>", "\n", "//")
	server := storefront(f, &fakeShop{listing: listing(dune())})
	f.Fuzz(func(t *testing.T, text, category, sort, token string) {
		query := url.Values{"q": {text}, "category": {category}, "sort": {sort}, "page": {token}}
		resp, body := visit(t, server, "/search?"+query.Encode(), "en", "")
		page := parsePage(t, body)
		if resp.StatusCode != http.StatusOK || len(page.all("h1")) != 1 || len(page.all("script")) != 1 || len(page.all("option[selected]")) > 2 {
			t.Errorf("got %d\n%s", resp.StatusCode, body)
		}
		if n := len([]rune(page.byID(t, "q").attr("value"))); n > shop.MaxSearch {
			t.Errorf("the field has %d letters", n)
		}
	})
}
