package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
)

const duneAddress = "/books/6-dune"

// dune is a book of which everything is known.
func dune() *shop.Book {
	return &shop.Book{
		ID: 6, Title: "Dune", OriginalTitle: "Dune Chronicles, Book 1", Authors: []string{"Frank Herbert", "A/B & Son"},
		Categories: []string{"science-fiction", "own-shelf"}, Year: 1965, ISBN13: "9780340839935", Language: "en-US",
		Description: "A desert.\nA worm.\n\n  \r\n<b>Spice</b>.\n", Series: "Dune & more", SeriesPosition: 1,
		AverageRating: 4.19, RatingsCount: 1234, Price: shop.Money{Currency: "USD", Units: 12, Nanos: 990_000_000},
	}
}

func duneShop() *fakeShop {
	messiah := &shop.Book{ID: 11105, Title: "Dune Messiah", Series: "Dune & more", SeriesPosition: 1.5, Year: -750}
	lone := &shop.Book{ID: 9, Title: "Lone", Series: "Dune & more", SeriesPosition: -1}
	road := &shop.Book{ID: 10, Title: "The Road", Authors: []string{"Cormac McCarthy"}}
	return &fakeShop{
		book: shop.BookPage{
			Book: dune(), Source: shop.Fresh, Yours: shop.Yours{Known: true},
			Similar: shop.Shelf{
				Kind: shop.LikeViewed, Like: dune(), Source: shop.Fresh,
				Picks: []shop.Pick{
					{Book: road, Reason: shop.Reason{Kind: shop.BecauseYouLiked, Because: []*shop.Book{dune()}}},
					{Book: messiah, Reason: shop.Reason{Kind: shop.SimilarContent, Because: []*shop.Book{dune()}}},
					{Book: lone, Reason: shop.Reason{Kind: shop.BecauseYouLiked, Because: []*shop.Book{road}}},
				},
			},
			ByAuthor: []*shop.Book{{ID: 12, Title: "Whipping Star", Authors: []string{"Frank Herbert"}}},
			InSeries: []*shop.Book{dune(), messiah, lone},
		},
		listing: shop.Listing{Categories: []shop.Category{{Slug: "own-shelf", Name: "our own shelf"}}},
	}
}

// bookPage returns a page that is there, with what the request changes.
func bookPage(t *testing.T, s *fakeShop, change ...func(*http.Request)) node {
	t.Helper()
	request := httptest.NewRequest("GET", duneAddress, http.NoBody)
	for _, f := range change {
		f(request)
	}
	resp := get(t, storefront(t, s), request)
	text := body(t, resp)
	if resp.StatusCode != 200 {
		t.Fatalf("got %d\n%s", resp.StatusCode, text)
	}
	return parsePage(t, text)
}

func inPortuguese(r *http.Request) { r.Header.Set("Accept-Language", "pt-BR") }

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

func TestBook(t *testing.T) {
	page := bookPage(t, duneShop())
	story := page.the(t, ".story")
	equal(t, "heading", page.texts("h1"), []string{"Dune"})
	equal(t, "title", page.the(t, "title").text(), "Dune by Frank Herbert · Online Books For You")
	var authors []string
	for _, link := range page.the(t, ".by").all("a") {
		authors = append(authors, link.attr("href"), link.text())
	}
	equal(t, "authors", authors, []string{"/authors/Frank%20Herbert", "Frank Herbert", "/authors/A%2FB%20&%20Son", "A/B & Son"})
	equal(t, "series", page.the(t, ".part").text(), "Book 1 of Dune & more")
	equal(t, "rating to read", page.the(t, ".rated").all("span")[0].text(), "4.2 · 1,234 ratings")
	equal(t, "rating to hear", page.the(t, ".rated").the(t, ".hidden").text(), "4.2 out of 5 stars, 1,234 ratings")
	equal(t, "price", page.the(t, ".price").text(), "$12.99")
	equal(t, "description", page.the(t, ".description").texts("p"), []string{"A desert. A worm.", "<b>Spice</b>."})
	equal(t, "facts", story.texts("dt"), []string{"Original title", "First published", "Language", "ISBN", "Categories"})
	equal(t, "facts", story.texts("dd"), []string{"Dune Chronicles, Book 1", "1965", "English (US)", "9780340839935", "Science fiction Our own shelf"})
	equal(t, "category", story.the(t, "dl").all("a")[0].attr("href"), "/categories/science-fiction")
	equal(t, "parts", page.texts("h2"), []string{"Your opinion", "The series in order", "More by Frank Herbert", "Books like this one"})
	for _, section := range page.all("section") {
		if heading := page.byID(t, section.attr("aria-labelledby")); heading.Data != "h2" {
			t.Errorf("a section is labelled by a %s", heading.Data)
		}
	}
	volumes := page.the(t, ".volumes")
	equal(t, "series", volumes.texts("li"), []string{"1 Dune 1965", "1.5 Dune Messiah 750 BCE", "Lone"})
	for i, link := range volumes.all("a") {
		equal(t, "current", link.attr("aria-current"), []string{"page", "", ""}[i])
	}
	equal(t, "all of the author", page.all(".more")[0].attr("href"), "/authors/Frank%20Herbert")
	equal(t, "reasons", page.texts(".why"), []string{"Readers of this book liked it too", "Much like this book", "Because you liked The Road"})
	if notes := page.all(".note"); len(notes) > 0 {
		t.Errorf("a whole page notes %q", notes[0].text())
	}
}

func TestBookInPortuguese(t *testing.T) {
	s := duneShop()
	s.book.Book.Year = -750
	page := bookPage(t, s, inPortuguese)
	equal(t, "series", page.the(t, ".part").text(), "Livro 1 de Dune & more")
	equal(t, "rating", page.the(t, ".rated").the(t, ".hidden").text(), "4,2 de 5 estrelas, 1.234 avaliações")
	equal(t, "price", page.the(t, ".price").text(), "US$ 12,99")
	equal(t, "facts", page.the(t, "dl").texts("dd")[1:3], []string{"750 a.C.", "Inglês (US)"})
	equal(t, "volume", page.the(t, ".volumes").texts("li")[1], "1,5 Dune Messiah 750 a.C.")
	equal(t, "date for programs", dataOn(t, page)["datePublished"], nil) // they know no such years
}

// Nobody knows more of many books than their titles.
func TestBareBook(t *testing.T) {
	page := bookPage(t, &fakeShop{book: shop.BookPage{
		Book: &shop.Book{ID: 6, Title: "Dune", OriginalTitle: "DUNE", SeriesPosition: -1}, Source: shop.Fresh,
		Yours: shop.Yours{Known: true}, Similar: shop.Shelf{Kind: shop.LikeViewed, Source: shop.Fresh},
	}})
	for _, kind := range []string{".by", ".part", ".rated", ".price", ".description", "dl", ".volumes", ".shelf", ".sorry", ".note"} {
		if found := page.all(kind); len(found) > 0 {
			t.Errorf("the page has %s: %q", kind, found[0].text())
		}
	}
	equal(t, "title", page.the(t, "title").text(), "Dune · Online Books For You")
	equal(t, "parts", page.texts("h2"), []string{"Your opinion"})
	equal(t, "data", dataOn(t, page), map[string]any{
		"@context": "https://schema.org", "@type": "Book", "name": "Dune",
		"@id": "http://example.com" + duneAddress, "url": "http://example.com" + duneAddress,
	})
}

// A rating without readers, and readers without a rating, are none.
func TestNoRating(t *testing.T) {
	for _, unrated := range []shop.Book{{AverageRating: 4}, {RatingsCount: 4}} {
		s := duneShop()
		s.book.Book.AverageRating, s.book.Book.RatingsCount = unrated.AverageRating, unrated.RatingsCount
		page := bookPage(t, s)
		if data := dataOn(t, page); len(page.all(".rated")) > 0 || data["aggregateRating"] != nil {
			t.Errorf("%v by %d is a rating: %v", unrated.AverageRating, unrated.RatingsCount, data)
		}
	}
}

// A book has one address. The others lead there for good, without what stands behind them.
func TestBookAddress(t *testing.T) {
	known, hostile := duneShop(), duneShop()
	hostile.book.Book.Title = "Épées & <Été> Дюна//"
	tests := []struct {
		shop     *fakeShop
		path     string
		status   int
		location string
	}{
		{known, duneAddress, 200, ""},
		{known, duneAddress + "?utm=x", 200, ""},
		{known, "/books/6-%64une", 200, ""},
		{known, "/books/6", 301, duneAddress},
		{known, "/books/6?utm=x", 301, duneAddress},
		{known, "/books/6-", 301, duneAddress},
		{known, "/books/6-Dune", 301, duneAddress},
		{known, "/books/6-%2f%2fevil.example", 301, duneAddress},
		{hostile, "/books/6", 301, "/books/6-epees-ete-%D0%B4%D1%8E%D0%BD%D0%B0"},
		{hostile, "/books/6-epees-ete-%D0%B4%D1%8E%D0%BD%D0%B0", 200, ""},
		{hostile, "/books/6-epees-ete-%d0%b4%d1%8e%d0%bd%d0%b0", 200, ""},
		{known, "/books/0", 404, ""},
		{known, "/books/-6", 404, ""},
		{known, "/books/06", 404, ""},
		{known, "/books/+6", 404, ""},
		{known, "/books/dune", 404, ""},
		{known, "/books/6.0-dune", 404, ""},
		{known, "/books/9223372036854775808", 404, ""},
		{known, "/books/", 404, ""},
		{known, duneAddress + "/", 404, ""},
		{&fakeShop{err: shop.ErrNotFound}, duneAddress, 404, ""},
		{&fakeShop{err: errors.New("no such error")}, duneAddress, 500, ""},
	}
	servers := make(map[*fakeShop]*web.Server) // making one takes time
	for _, tt := range tests {
		if servers[tt.shop] == nil {
			servers[tt.shop] = storefront(t, tt.shop)
		}
		for _, method := range []string{"GET", "HEAD"} {
			tt.shop.saw = nil
			resp := get(t, servers[tt.shop], httptest.NewRequest(method, tt.path, http.NoBody))
			if resp.StatusCode != tt.status || resp.Header.Get("Location") != tt.location {
				t.Errorf("%s %s: got %d %q, want %d %q", method, tt.path, resp.StatusCode, resp.Header.Get("Location"), tt.status, tt.location)
			}
			if tt.status == 301 && resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s: browsers keep %q for good", method, tt.path, resp.Header.Get("Location"))
			}
			if tt.status != 200 && (len(tt.shop.saw) > 0 || cookieOf(resp, "recent") != nil) {
				t.Errorf("%s %s is a look at a book", method, tt.path)
			}
		}
	}
}

func cookieOf(resp *http.Response, name string) *http.Cookie {
	for _, cookie := range resp.Cookies() {
		if cookie.Name == name {
			return cookie
		}
	}
	return nil
}

// Who looks at a book has seen it; a browser that fetches its page on its own has not.
func TestLook(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	tests := map[string]struct {
		change func(*http.Request)
		recent string // what becomes of the cookie
		looked bool
	}{
		"first":              {func(*http.Request) {}, "6", true},
		"after others":       {header("Cookie", "recent=5.4"), "6.5.4", true},
		"not the first time": {header("Cookie", "recent=5.6"), "6.5", true},
		"again":              {header("Cookie", "recent=6.5"), "", false},
		"head":               {func(r *http.Request) { r.Method = "HEAD" }, "", false},
		"prefetch":           {header("Sec-Purpose", "prefetch"), "", false},
		"prerender":          {header("Sec-Purpose", "prefetch;prerender"), "", false},
		"old prefetch":       {header("Purpose", "prefetch"), "", false},
		"older prefetch":     {header("X-Moz", "prefetch"), "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := duneShop()
			request := httptest.NewRequest("GET", duneAddress, http.NoBody)
			tt.change(request)
			resp := get(t, storefront(t, s), request)
			recent := ""
			if cookie := cookieOf(resp, "recent"); cookie != nil {
				recent = cookie.Value
			}
			if looked := len(s.saw) == 1 && s.saw[0].Book == 6; recent != tt.recent || looked != tt.looked || len(s.saw) > 1 {
				t.Errorf("noted %q and %v, want %q and %v", recent, s.saw, tt.recent, tt.looked)
			}
		})
	}
}

// A reader's look is the reader's.
func TestReaderLooks(t *testing.T) {
	s := duneShop()
	server := storefront(t, s)
	reader := enter(t, server, s)
	request := httptest.NewRequest("GET", duneAddress, http.NoBody)
	request.AddCookie(reader)
	get(t, server, request)
	if len(s.saw) != 1 || s.saw[0].Reader != s.did[0].Reader || s.asked[0].(shop.Visitor).Reader != s.did[0].Reader {
		t.Errorf("%v looked, and the page was for %v, of %v", s.saw, s.asked, s.did)
	}
}

func TestOpinion(t *testing.T) {
	tests := map[string]struct {
		yours  shop.Yours
		says   []string // besides the stars
		undoes []string
	}{
		"nothing": {shop.Yours{Known: true}, []string{"Want to read", "Not interested"}, nil},
		"rated": {
			shop.Yours{Known: true, Rating: 4},
			[]string{"You gave it 4 stars.", "Remove my rating", "Want to read", "Not interested"},
			[]string{"rating"},
		},
		"one star": {
			shop.Yours{Known: true, Rating: 1},
			[]string{"You gave it one star.", "Remove my rating", "Want to read", "Not interested"},
			[]string{"rating"},
		},
		"all": {
			shop.Yours{Known: true, Rating: 5, Wanted: true, NotInterested: true, Bought: true},
			[]string{
				"You bought this book.", "You gave it 5 stars.", "Remove my rating",
				"On your list of books to read", "Take it off the list", "We will not recommend it to you", "Recommend it again",
			},
			[]string{"rating", "want", "not-interested"},
		},
		"unknown": {
			shop.Yours{},
			[]string{"Your marks on this book cannot be shown just now. You can still rate it or put it on your list.", "Want to read", "Not interested"},
			nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := duneShop()
			s.book.Yours = tt.yours
			page := bookPage(t, s).the(t, ".opinion")
			var says, undoes, stars, pressed []string
			for child := range page.Descendants() {
				n := node{child}
				switch {
				case n.is(".star"):
					stars = append(stars, n.text())
					pressed = append(pressed, n.attr("aria-pressed"))
					if on := n.is(".on"); on != (len(stars) <= tt.yours.Rating) {
						t.Errorf("star %d is filled: %v", len(stars), on)
					}
				case n.Data == "button" || n.Data == "p" && len(n.all("a")) == 0:
					says = append(says, n.text())
				case n.Data == "input" && n.attr("name") == "what":
					undoes = append(undoes, n.attr("value"))
				case n.Data == "form" && n.attr("action") == "/my-books/remove":
					equal(t, "undo", []string{n.all("input")[0].attr("value"), n.all("input")[2].attr("value")}, []string{"6", duneAddress})
				}
				if n.Data == "form" && n.attr("method") != "post" {
					t.Errorf("a form is sent by %q", n.attr("method"))
				}
			}
			equal(t, "says", says, tt.says)
			equal(t, "undoes", undoes, tt.undoes)
			equal(t, "stars", stars, []string{"1 star", "2 stars", "3 stars", "4 stars", "5 stars"})
			want := slices.Repeat([]string{"false"}, 5)
			if tt.yours.Rating > 0 {
				want[tt.yours.Rating-1] = "true"
			}
			if !tt.yours.Known {
				want = make([]string, 5)
			}
			equal(t, "pressed", pressed, want)
			equal(t, "legend", page.the(t, "fieldset").the(t, "legend").text(), "Your rating")
		})
	}
}

// The page says what it lacks.
func TestBookNotWhole(t *testing.T) {
	partial := duneShop()
	partial.book.Partial = true
	partial.book.Similar = shop.Shelf{Kind: shop.PopularNow, Source: shop.Remembered, Picks: []shop.Pick{{Book: dune(), Reason: shop.Reason{Kind: shop.Popular}}}}
	page := bookPage(t, partial)
	equal(t, "note", page.the(t, ".note").text(), "Some of what belongs on this page could not be loaded just now. Please try again in a moment.")
	equal(t, "role", page.the(t, ".note").attr("role"), "status")
	equal(t, "parts", page.texts("h2")[3], "Popular with our readers")
	equal(t, "reason", page.texts(".why"), []string{"Read by many"})
	equal(t, "category", page.the(t, "dl").texts("a")[1], "Own shelf") // it did not ask for the name

	remembered := duneShop()
	remembered.book.Source, remembered.book.Partial = shop.Remembered, true
	page = bookPage(t, remembered)
	equal(t, "note", page.the(t, ".note").text(), "We cannot reach our catalogue just now. This is what we remember of the book.")
	equal(t, "heading", page.texts("h1"), []string{"Dune"})
}

// A book that cannot be had now is no fault of its visitor's, who finds other books, and not to
// be forgotten by search engines.
func TestBookAway(t *testing.T) {
	s := &fakeShop{book: shop.BookPage{
		Source: shop.Nowhere, Partial: true,
		Similar: shop.Shelf{Kind: shop.PopularNow, Source: shop.Remembered, Picks: []shop.Pick{{Book: dune(), Reason: shop.Reason{Kind: shop.Popular}}}},
	}}
	for _, path := range []string{"/books/6", "/books/6-whatever"} {
		resp := get(t, storefront(t, s), httptest.NewRequest("GET", path, http.NoBody))
		page := parsePage(t, body(t, resp))
		if resp.StatusCode != 200 || resp.Header.Get("X-Robots-Tag") != "noindex" || len(page.all("h1")) != 1 {
			t.Errorf("got %d %v", resp.StatusCode, resp.Header)
		}
		equal(t, "heading", page.texts("h1"), []string{"We cannot show this book just now"})
		equal(t, "shelves", page.texts("h2"), []string{"Popular with our readers"})
		equal(t, "again", page.the(t, "main").the(t, ".button").attr("href"), path)
		if cookieOf(resp, "recent") != nil || len(s.saw) > 0 {
			t.Errorf("it was seen: %v", s.saw)
		}
	}
	s.book.Similar = shop.Shelf{Kind: shop.PopularNow, Source: shop.Nowhere}
	resp := get(t, storefront(t, s), httptest.NewRequest("GET", "/books/6", http.NoBody))
	if page := parsePage(t, body(t, resp)); resp.StatusCode != 200 || len(page.all("h2")) > 0 {
		t.Errorf("got %d with the shelves %q", resp.StatusCode, page.texts("h2"))
	}
}

// An anthology names some of its authors, and unfolds the others.
func TestManyAuthors(t *testing.T) {
	for n, folded := range map[int]int{6: 0, 7: 0, 8: 2, 60: 54} {
		s := duneShop()
		s.book.Book.Authors = slices.Repeat([]string{"Somebody"}, n)
		by := bookPage(t, s).the(t, ".by")
		unfolds := 0
		for _, details := range by.all("details") {
			unfolds = len(details.all("li"))
		}
		if len(by.all("li")) != n || unfolds != folded {
			t.Errorf("of %d authors %d are named, %d of them folded, want %d", n, len(by.all("li")), unfolds, folded)
		}
	}
}

// What the catalogue says is text everywhere on the page.
func TestHostileBook(t *testing.T) {
	hostile := `</script><script>alert(1)</script>"'&<!--` + strings.Repeat("x", 5000) + "\u202e\U0001f600"
	s := duneShop()
	book := s.book.Book
	book.Title, book.OriginalTitle, book.Authors, book.Description = hostile, hostile+"2", []string{hostile}, hostile
	book.Series, book.Categories, book.ISBN13 = hostile, []string{hostile}, hostile
	s.book.InSeries = []*shop.Book{book, book}
	s.book.ByAuthor = s.book.InSeries
	s.book.Similar.Picks = []shop.Pick{{Book: book, Reason: shop.Reason{Kind: shop.BecauseYouLiked, Because: []*shop.Book{book}}}}
	request := httptest.NewRequest("GET", "/books/6", http.NoBody)
	location := get(t, storefront(t, s), request).Header.Get("Location")
	resp := get(t, storefront(t, s), httptest.NewRequest("GET", location, http.NoBody))
	page := parsePage(t, body(t, resp))
	for _, script := range page.all("script") {
		if script.attr("src") == "" && script.attr("type") != "application/ld+json" {
			t.Errorf("the page has the script %.50q", script.text())
		}
	}
	equal(t, "heading", page.texts("h1"), []string{hostile})
	equal(t, "data", dataOn(t, page)["name"], any(hostile))
	if !page.the(t, "h1").is(".long") {
		t.Error("the heading is large")
	}
	if description := propertiesOf(page)["description"]; utf8.RuneCountInString(description) > 160 || !strings.HasSuffix(description, "…") {
		t.Errorf("the description is %q", description)
	}
}
