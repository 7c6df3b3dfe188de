package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/catalog"
)

// FuzzSearch searches for anything: never a failure, and every book found is one that a
// shorter query, of its first words, finds too.
func FuzzSearch(f *testing.F) {
	for _, query := range []string{
		"dune", "The Hobbit ", "978-0-441-17271-9", "0441172717", "j.r.r. tolkin", "les misérables", "?", "& &", "\xff", "ﷺ", strings.Repeat("a ", 100),
	} {
		f.Add(query)
	}
	books := shelf()
	c := catalog.New(slices.Clone(books), nil, 1)
	f.Fuzz(func(t *testing.T, query string) {
		if len(query) > 800 {
			t.Skip("longer than callers allow")
		}
		page, err := c.Search(query, "", catalog.Default, nil, len(books))
		if err != nil || page.Next != nil || page.Total != len(page.Books) {
			t.Fatalf("%d books of %d, next %v (%v)", len(page.Books), page.Total, page.Next, err)
		}
		found := ids(page.Books)
		if want := reference(books, query); !strings.ContainsAny(query, "0123456789") && !slices.Equal(found, want) {
			t.Fatalf("search %q: %v, want %v", query, found, want)
		}
		byTitle, err := c.Search(query, "", catalog.Title, nil, len(books))
		if got := ids(byTitle.Books); err != nil || !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(found))) {
			t.Fatalf("by title %v (%v), want %v in some order", got, err, found)
		}
	})
}
