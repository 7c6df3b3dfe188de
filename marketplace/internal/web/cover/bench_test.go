package cover_test

import (
	"testing"

	"bookmarket/marketplace/internal/web/cover"
)

// The covers of a page with a hundred books; none is kept from one page to the next.
func BenchmarkHundredCovers(b *testing.B) {
	titles := []string{
		"The Hitchhiker's Guide to the Galaxy", "Gone Girl", "Freakonomics: A Rogue Economist Explores the Hidden Side of Everything", "1984", "Pride and Prejudice",
		"Harry Potter and the Prisoner of Azkaban", "Les Misérables", "A Game of Thrones", "The Picture of Dorian Gray", "Catch-22",
	}
	authors := []string{"Douglas Adams", "Gillian Flynn", "Steven D. Levitt", "George Orwell", "Jane Austen", "Émile Zola", "Paulo Coelho"}
	b.ReportAllocs()
	page := make([]byte, 0, 200<<10)
	for b.Loop() {
		page = page[:0]
		for i := range 100 {
			page = cover.Append(page, titles[i%len(titles)], authors[i%len(authors)])
		}
	}
	b.ReportMetric(float64(len(page))/100, "bytes/cover")
}
