package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bookmarket/marketplace/internal/shop"
)

// listing is a page of a list, with a next one.
func listing(books ...*shop.Book) shop.Listing {
	return shop.Listing{
		List:       shop.List{Books: books, Next: "to=k/n", Total: 1547},
		Source:     shop.Fresh,
		Category:   shop.Category{Slug: "fantasy", Name: "Fantasy", Count: 1547},
		Categories: []shop.Category{{Slug: "war", Name: "War"}, {Slug: "fantasy", Name: "Fantasy"}},
	}
}

func popular() []shop.Pick {
	return []shop.Pick{{Book: &shop.Book{ID: 2, Title: "The Hobbit"}, Reason: shop.Reason{Kind: shop.Popular}}}
}

// query returns that of the only list that pages asked for.
func (s *fakeShop) query(t *testing.T) any {
	t.Helper()
	if len(s.asked) != 1 {
		t.Fatalf("asked for %v", s.asked)
	}
	return s.asked[0]
}

func addresses(links []node) (all []string) {
	for _, link := range links {
		all = append(all, link.attr("href"))
	}
	return all
}

// onlyPage returns a page that is there.
func onlyPage(t *testing.T, s *fakeShop, path, language string) node {
	t.Helper()
	resp, text := visit(t, storefront(t, s), path, language, "")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %d to %q\n%s", path, resp.StatusCode, resp.Header.Get("Location"), text)
	}
	return parsePage(t, text)
}

func (n node) link(t *testing.T, rel string) (href string) {
	t.Helper()
	for _, link := range n.all("link") {
		if link.attr("rel") == rel {
			return link.attr("href")
		}
	}
	return ""
}

func TestCategory(t *testing.T) {
	books := []*shop.Book{dune(), {ID: 7, Title: "Bare"}, {ID: 8, Title: "Old", Year: -750}, {ID: 9, Title: "Good", AverageRating: 4.96}}
	s := &fakeShop{listing: listing(books...)}
	page := onlyPage(t, s, "/categories/fantasy", "en")
	equal(t, "query", s.query(t), any(shop.ListQuery{Category: "fantasy"}))
	equal(t, "heading", page.texts("h1"), []string{"Fantasy"})
	equal(t, "total", page.texts(".total"), []string{"1,547 books"})
	equal(t, "facts", page.texts(".short"), []string{"★ 4.2 4.2 out of 5 stars · 1965", "750 BCE", "★ 5.0 5.0 out of 5 stars"})
	equal(t, "links", addresses(page.the(t, ".shelf").all("a")), []string{duneAddress, "/books/7-bare", "/books/8-old", "/books/9-good"})
	equal(t, "way up", addresses(page.the(t, ".over").all("a")), []string{"/categories"})

	page = onlyPage(t, s, "/categories/fantasy", "pt-BR")
	equal(t, "heading", page.texts("h1"), []string{"Fantasia"})
	equal(t, "total", page.texts(".total"), []string{"1.547 livros"})
	equal(t, "facts", page.texts(".short")[0], "★ 4,2 4,2 de 5 estrelas · 1965")
}

func TestListsInEachOrder(t *testing.T) {
	for _, path := range []string{"/categories/fantasy", "/authors/Frank%20Herbert"} {
		for asked, want := range map[string]struct {
			order   shop.Order
			current string
		}{
			"":        {shop.ByDefault, "Most read"},
			"popular": {shop.ByDefault, "Most read"},
			"rating":  {shop.ByRating, "Best rated"},
			"newest":  {shop.ByYear, "Newest"},
			"title":   {shop.ByTitle, "Title"},
			"<b>":     {shop.ByDefault, "Most read"},
		} {
			s := &fakeShop{listing: listing(dune(), dune())}
			page := onlyPage(t, s, path+"?page=a%20b&sort="+url.QueryEscape(asked), "en")
			q := s.query(t).(shop.ListQuery)
			if q.Order != want.order || q.Page != "a b" {
				t.Errorf("%s by %q: asked for %+v", path, asked, q)
			}
			for _, link := range page.the(t, ".sorts").all("a") {
				if current := link.attr("aria-current") == "true"; current != (link.text() == want.current) {
					t.Errorf("%s by %q: %q is current: %v", path, asked, link.text(), current)
				}
			}
			equal(t, "orders", addresses(page.the(t, ".sorts").all("a")), []string{path, path + "?sort=rating", path + "?sort=newest", path + "?sort=title"})
			first, next := path, path+"?page=to%3Dk%2Fn"
			if want.order != "" {
				first, next = path+"?sort="+string(want.order), next+"&sort="+string(want.order)
			}
			equal(t, "pages", addresses(page.the(t, ".pager").all("a")), []string{first, next})
			equal(t, "canonical of a later page", page.link(t, "canonical"), "")
			equal(t, "canonical", onlyPage(t, s, path+"?sort="+url.QueryEscape(asked), "en").link(t, "canonical"), "http://example.com"+path)
			equal(t, "next", page.link(t, "next"), next)
		}
	}
}

// The first page leads to no first one, the last to no next one, and one book has no order.
func TestListOfOneBook(t *testing.T) {
	one := listing(dune())
	one.Next, one.Total = "", 1
	page := onlyPage(t, &fakeShop{listing: one}, "/authors/Frank%20Herbert", "pt-BR")
	equal(t, "total", page.texts(".total"), []string{"1 livro"})
	if len(page.all(".pager"))+len(page.all(".sorts")) != 0 || page.link(t, "next") != "" {
		t.Errorf("there is more than the book: %s", page.the(t, "main").text())
	}
}

// A list that has changed since its visitor came starts again, with all else as it was asked for.
func TestPagesThatAreGone(t *testing.T) {
	for path, want := range map[string]string{
		"/categories/fantasy?page=x&sort=rating":  "/categories/fantasy?sort=rating",
		"/categories/a%2Fb?page=x":                "/categories/a%2Fb",
		"/authors/A%2FB%20%26%20Son?page=x":       "/authors/A%2FB%20&%20Son",
		"/search?q=a+b&category=war&page=x&sort=": "/search?category=war&q=a+b",
		"/authors/%2F%2Fforeign.example?page=x":   "/authors/%2F%2Fforeign.example",
	} {
		resp, _ := visit(t, storefront(t, &fakeShop{err: fmt.Errorf("list: %w", shop.ErrBadPage)}), path, "en", "")
		got, err := url.PathUnescape(resp.Header.Get("Location"))
		wanted, _ := url.PathUnescape(want)
		if resp.StatusCode != http.StatusSeeOther || err != nil || got != wanted || strings.Contains(resp.Header.Get("Location"), "//") {
			t.Errorf("%s: got %d to %q, want %q", path, resp.StatusCode, resp.Header.Get("Location"), want)
		}
	}
	// Where even the first page is no page, going there again would never end.
	for _, path := range []string{"/categories/fantasy", "/search?q=x"} {
		if resp, _ := visit(t, storefront(t, &fakeShop{err: shop.ErrBadPage}), path, "en", ""); resp.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: got %d to %q", path, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
}

func TestUnknownLists(t *testing.T) {
	for _, path := range []string{"/categories/none", "/authors/Nobody", "/search?q=x", "/authors/", "/categories/a/b"} {
		resp, _ := visit(t, storefront(t, &fakeShop{err: shop.ErrNotFound}), path, "en", "")
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got %d", path, resp.StatusCode)
		}
	}
	if resp, _ := visit(t, storefront(t, &fakeShop{err: errors.New("else")}), "/authors/x", "en", ""); resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("got %d", resp.StatusCode)
	}
}

// Without the list there are honest words, and popular books where there are any.
func TestListsWhileRecommendationsIsAway(t *testing.T) {
	for path, want := range map[string][]string{
		"/categories/fantasy":           {"Fantasy", "Popular in Fantasy"},
		"/categories/our-own-shelf":     {"Our own shelf", "Popular in Our own shelf"},
		"/authors/%3Cb%3ENobody?page=x": {"<b>Nobody", "Popular with our readers"},
	} {
		page := onlyPage(t, &fakeShop{listing: shop.Listing{Source: shop.Remembered, Popular: popular()}}, path, "en")
		equal(t, path, append(page.texts("h1"), page.texts("h2")...), want)
		equal(t, path, page.texts(".total"), []string{"We cannot show this list just now. Please come back in a moment."})
		equal(t, path, page.texts(".why"), []string{"Read by many"})
		if len(page.all(".pager"))+len(page.all(".sorts")) != 0 {
			t.Errorf("%s: there is a list", path)
		}
		page = onlyPage(t, &fakeShop{listing: shop.Listing{Source: shop.Nowhere}}, path, "en")
		equal(t, path, len(page.all("h2"))+len(page.all(".book")), 0)
		equal(t, path, page.texts(".total"), []string{"We cannot show this list just now. Please come back in a moment."})
	}
}

// An author's page has one address: the name as the books spell it.
func TestAuthorsSpelling(t *testing.T) {
	by := func(authors ...string) *shop.Book { return &shop.Book{ID: 1, Title: "A book", Authors: authors} }
	tests := []struct {
		name, path string
		books      []*shop.Book
		want       string // where it leads; "": it is the page
	}{
		{"the same", "/authors/Frank%20Herbert", []*shop.Book{dune()}, ""},
		{"capitals", "/authors/frank%20herbert?sort=title&page=2", []*shop.Book{dune()}, "/authors/Frank%20Herbert?page=2&sort=title"},
		{"accents", "/authors/Gabriel%20Garcia%20Marquez", []*shop.Book{by("Gabriel García Márquez")}, "/authors/Gabriel%20Garc%C3%ADa%20M%C3%A1rquez"},
		{"spaces around", "/authors/%20Frank%20Herbert%20", []*shop.Book{dune()}, "/authors/Frank%20Herbert"},
		{"the second author", "/authors/a%2Fb%20%26%20son", []*shop.Book{dune()}, "/authors/A%2FB%20&%20Son"},
		{"a composed letter", "/authors/e%CC%81mile", []*shop.Book{by("Émile")}, "/authors/%C3%89mile"},
		{"spelled both ways", "/authors/frank%20herbert", []*shop.Book{dune(), by("frank herbert")}, ""},
		{"another's books", "/authors/Nobody", []*shop.Book{dune()}, ""},
		{"no books", "/authors/Nobody", nil, ""},
		{"no valid text", "/authors/%FF", []*shop.Book{by("\uFFFD")}, ""},
	}
	for _, tt := range tests {
		server := storefront(t, &fakeShop{listing: listing(tt.books...)})
		resp, _ := visit(t, server, tt.path, "en", "")
		location := resp.Header.Get("Location")
		if tt.want == "" {
			equal(t, tt.name, resp.StatusCode, http.StatusOK)
			continue
		}
		if resp.StatusCode != http.StatusMovedPermanently || location != tt.want || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got %d to %q, want %q; %v", tt.name, resp.StatusCode, location, tt.want, resp.Header)
		}
		if resp, _ = visit(t, server, location, "en", ""); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: from there it leads to %q", tt.name, resp.Header.Get("Location"))
		}
	}
}

// Names and titles are text, whatever is in them and however long they are.
func TestListsOfHostileNames(t *testing.T) {
	for _, name := range hostileNames {
		books := []*shop.Book{{ID: 1, Title: name, Authors: []string{name}}}
		s := &fakeShop{listing: listing(books...)}
		s.listing.Category = shop.Category{Slug: "own", Name: name}
		s.listing.Categories = []shop.Category{{Slug: "own", Name: name, Count: 1}}
		s.listing.Popular = popular()
		want := strings.Join(strings.Fields(name), " ")
		page := onlyPage(t, s, "/authors/"+url.PathEscape(name), "en")
		equal(t, "author", page.texts("h1"), []string{want})
		equal(t, "title", page.texts(".title"), []string{want})
		page = onlyPage(t, s, "/search?q="+url.QueryEscape(name)+"&category=own", "en")
		short := strings.TrimSpace(string([]rune(want)[:min(200, len([]rune(want)))]))
		equal(t, "search", page.texts("h1"), []string{"Results for “" + short + "”"})
		equal(t, "field", page.byID(t, "q").attr("value"), short)
		if scripts := page.all("script"); len(scripts) != 1 {
			t.Errorf("%q: %d scripts", name, len(scripts))
		}
		if n := len(page.all("b")) + len(page.all("img")); n > 0 {
			t.Errorf("%q became elements", name)
		}
	}
}

var hostileNames = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; DROP TABLE books; --`, `</option></select><b>`,
	"{{.Query}}", "%00%s", "A & B; C", "שלום עולם", "👩‍👩‍👧‍👦 family", "javascript:alert(1)", strings.Repeat("Long ", 1000), strings.Repeat("W", 5000),
}
