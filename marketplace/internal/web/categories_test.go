package web_test

import (
	"slices"
	"strings"
	"testing"

	"bookmarket/marketplace/internal/shop"
)

func TestCategories(t *testing.T) {
	s := &fakeShop{listing: shop.Listing{Source: shop.Fresh, Categories: []shop.Category{
		{Slug: "young-adult", Name: "Young adult", Count: 1505},
		{Slug: "ebooks", Name: "éBooks", Count: 1},
		{Slug: "war", Name: "War", Count: 100},
		{Slug: "fantasy", Name: "Fantasy", Count: 3},
		{Slug: "science", Name: "Science"},
		{Slug: "a?b/c", Name: `<script>alert("1")</script>`, Count: 2},
	}}}
	tests := map[string][]string{
		"en":    {"ÉBooks 1 book", "Fantasy 3 books", "Science", `<script>alert("1")</script> 2 books`, "War 100 books", "Young adult 1,505 books"},
		"pt-BR": {"Ciência", "ÉBooks 1 livro", "Fantasia 3 livros", "Guerra 100 livros", "Jovem adulto 1.505 livros", `<script>alert("1")</script> 2 livros`},
	}
	for language, want := range tests {
		resp, text := visit(t, storefront(t, s), "/categories", language, "")
		page := parsePage(t, text)
		equal(t, language, page.the(t, ".index").texts("li"), want)
		equal(t, "status", resp.StatusCode, 200)
		var addresses []string
		for _, link := range page.the(t, ".index").all("a") {
			addresses = append(addresses, link.attr("href"))
		}
		if !slices.Contains(addresses, "/categories/a%3Fb%2Fc") || !slices.Contains(addresses, "/categories/young-adult") {
			t.Errorf("the links lead to %q", addresses)
		}
	}
	_, text := visit(t, storefront(t, s), "/categories", "en", "")
	if !strings.Contains(text, `<link rel="canonical" href="http://example.com/categories">`) {
		t.Errorf("no canonical address:\n%s", text)
	}
}

// The catalogue may be empty, or away: that is not the same.
func TestNoCategories(t *testing.T) {
	for source, want := range map[shop.Source]string{shop.Fresh: "shelves are still empty", shop.Nowhere: "cannot list our categories just now"} {
		resp, text := visit(t, storefront(t, &fakeShop{listing: shop.Listing{Source: source}}), "/categories", "en", "")
		if words := parsePage(t, text).the(t, "main").text(); resp.StatusCode != 200 || !strings.Contains(words, want) {
			t.Errorf("%s: got %d %q", source, resp.StatusCode, words)
		}
	}
}
