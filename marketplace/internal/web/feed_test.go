package web_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"bookmarket/marketplace/internal/shop"
)

func TestFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(13 * time.Hour) // since the beginning of a day
		hostile := &shop.Book{ID: 2, Title: `<script>"&]]>` + "\x00", Authors: []string{"A & B", "C"}}
		s := &fakeShop{trending: shop.Shelf{Picks: []shop.Pick{
			{Book: &shop.Book{ID: 6, Title: "Dune"}, Reason: shop.Reason{Kind: shop.Trending}},
			{Book: hostile, Reason: shop.Reason{Kind: shop.Popular}},
		}}}
		request := httptest.NewRequest("GET", "http://shop.example/trending.atom", http.NoBody)
		request.Header.Set("Accept-Language", "pt-BR")
		resp := get(t, storefront(t, s), request)
		var feed struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			Lang    string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
			ID      string   `xml:"id"`
			Title   string   `xml:"title"`
			Updated string   `xml:"updated"`
			Author  string   `xml:"author>name"`
			Entries []struct {
				ID      string   `xml:"id"`
				Title   string   `xml:"title"`
				Updated string   `xml:"updated"`
				Authors []string `xml:"author>name"`
				Link    struct {
					Href string `xml:"href,attr"`
				} `xml:"link"`
				Summary string `xml:"summary"`
			} `xml:"entry"`
		}
		text := body(t, resp)
		if err := xml.Unmarshal([]byte(text), &feed); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if resp.Header.Get("Content-Type") != "application/atom+xml; charset=utf-8" || feed.Lang != "pt-BR" || feed.Title != "Em alta em Online Books For You" ||
			feed.ID != "http://shop.example/trending.atom" || feed.Author != "Online Books For You" || len(feed.Entries) != 2 {
			t.Fatalf("got %v\n%s", resp.Header, text)
		}
		dune, other := feed.Entries[0], feed.Entries[1]
		if dune.ID != "http://shop.example/books/6-dune" || dune.Link.Href != dune.ID || dune.Title != "Dune" || dune.Summary == "" || dune.Authors != nil {
			t.Errorf("got %+v", dune)
		}
		if other.Title != `<script>"&]]>`+"�" || len(other.Authors) != 2 || other.Authors[0] != "A & B" {
			t.Errorf("got %+v", other)
		}
		if today := time.Now().UTC().Format(time.DateOnly) + "T00:00:00Z"; feed.Updated != today || dune.Updated != today {
			t.Errorf("updated %q and %q, want %s", feed.Updated, dune.Updated, today)
		}
		again := request.Clone(t.Context())
		again.Header.Set("If-None-Match", resp.Header.Get("ETag"))
		if second := get(t, storefront(t, s), again); second.StatusCode != http.StatusNotModified {
			t.Errorf("the same feed again: %d", second.StatusCode)
		}
	})
}

// While nothing can be had, the feed is empty and well.
func TestEmptyFeed(t *testing.T) {
	resp := get(t, storefront(t, &fakeShop{}), httptest.NewRequest("GET", "/trending.atom", http.NoBody))
	if err := xml.Unmarshal([]byte(body(t, resp)), new(struct{})); err != nil || resp.StatusCode != 200 {
		t.Errorf("%d, %v", resp.StatusCode, err)
	}
}
