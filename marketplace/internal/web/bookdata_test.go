package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
)

// dataOn returns what a page says to programs.
func dataOn(t *testing.T, page node) map[string]any {
	t.Helper()
	for _, script := range page.all("script[type]") {
		if script.attr("type") == "application/ld+json" {
			var data map[string]any
			if err := json.Unmarshal([]byte(script.FirstChild.Data), &data); err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	t.Fatal("the page says nothing")
	return nil
}

// propertiesOf returns what the head of a page says, by name.
func propertiesOf(page node) map[string]string {
	properties := make(map[string]string)
	for _, meta := range page.all("meta") {
		properties[meta.attr("name")+meta.attr("property")] = meta.attr("content")
	}
	return properties
}

func TestBookData(t *testing.T) {
	const image = "https://img.example/6.jpg"
	s := duneShop()
	s.book.Book.CoverURL = image
	server := storefront(t, s, func(o *web.Options) { o.ImageOrigins = []string{"https://img.example"} })
	page := parsePage(t, body(t, get(t, server, httptest.NewRequest("GET", duneAddress, http.NoBody))))
	thing := func(kind, name string) map[string]any { return map[string]any{"@type": kind, "name": name} }
	equal(t, "data", dataOn(t, page), map[string]any{
		"@context": "https://schema.org", "@type": "Book",
		"@id": "http://example.com" + duneAddress, "url": "http://example.com" + duneAddress,
		"name": "Dune", "alternateName": "Dune Chronicles, Book 1",
		"author":      []any{thing("Person", "Frank Herbert"), thing("Person", "A/B & Son")},
		"description": dune().Description, "image": image,
		"isbn": "9780340839935", "inLanguage": "en-US", "datePublished": "1965",
		"isPartOf": thing("BookSeries", "Dune & more"), "position": 1.0,
		"aggregateRating": map[string]any{"@type": "AggregateRating", "ratingValue": 4.19, "ratingCount": 1234.0, "bestRating": 5.0, "worstRating": 1.0},
		"offers":          map[string]any{"@type": "Offer", "price": "12.99", "priceCurrency": "USD", "url": "http://example.com" + duneAddress},
	})
	properties := propertiesOf(page)
	equal(t, "description", properties["description"], "A desert. A worm. <b>Spice</b>.")
	equal(t, "kind", properties["og:type"], "book")
	equal(t, "image", properties["og:image"], image)
	equal(t, "cover", page.the(t, ".portrait").the(t, "img").attr("src"), image)
	for _, link := range page.the(t, "head").all("link") {
		if link.attr("rel") == "canonical" {
			equal(t, "canonical", link.attr("href"), "http://example.com"+duneAddress)
		}
	}

	s.book.Book.CoverURL = "https://img.example.evil.example/6.jpg"
	page = parsePage(t, body(t, get(t, server, httptest.NewRequest("GET", duneAddress, http.NoBody))))
	if data := dataOn(t, page); data["image"] != nil || propertiesOf(page)["og:image"] != "" || len(page.all("img")) > 0 || len(page.the(t, ".portrait").all("svg")) == 0 {
		t.Errorf("it shows a picture of a foreign origin: %v", data)
	}
}

func TestPrices(t *testing.T) {
	tests := []struct {
		price            shop.Money
		english, machine string
	}{
		{shop.Money{Currency: "BRL", Units: 1234}, "R$1,234.00", "1234.00"},
		{shop.Money{Currency: "JPY", Units: 1500}, "¥1,500", "1500.00"},
		{shop.Money{Currency: "KWD", Units: 1, Nanos: 234_000_000}, "KWD 1.234", "1.234"},
		{shop.Money{Currency: "XZZ", Nanos: 5_000_000}, "XZZ 0.01", "0.005"},
	}
	for _, tt := range tests {
		s := duneShop()
		s.book.Book.Price = tt.price
		page := bookPage(t, s)
		equal(t, "price", page.the(t, ".price").text(), tt.english)
		equal(t, "offer", dataOn(t, page)["offers"].(map[string]any)["price"], any(tt.machine))
	}
}
