package content_test

import (
	"testing"

	"bookmarket/recommendations/engine/content"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/recommend"
)

// bundledFeatures returns the authors, series, categories and words of the titles of the bundled
// books.
func bundledFeatures(b *testing.B) *matrix.Sparse {
	books, err := bundled.Books()
	if err != nil {
		b.Fatal(err)
	}
	number := make(map[string]int32)
	var entries []matrix.Entry
	for i, book := range books {
		add := func(feature string, weight float32) {
			if _, ok := number[feature]; !ok {
				number[feature] = int32(len(number)) //nolint:gosec // some ten thousand
			}
			entries = append(entries, matrix.Entry{Row: int32(i), Column: number[feature], Value: weight}) //nolint:gosec // likewise
		}
		for _, author := range book.Authors {
			add("author "+author, 1)
		}
		for _, category := range book.Categories {
			add("category "+category.Slug, 1)
		}
		for _, word := range recommend.Words(book.Title) {
			add("word "+word, 0.5)
		}
		if book.Series != "" {
			add("series "+book.Series, 1)
		}
	}
	m, err := matrix.New(len(books), len(number), entries)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func BenchmarkTrain(b *testing.B) {
	features := bundledFeatures(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := content.Train(b.Context(), features, content.Params{K: 50}, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewIndex(b *testing.B) {
	features := bundledFeatures(b)
	b.ReportAllocs()
	for b.Loop() {
		index(b, features)
	}
}

func BenchmarkSimilar(b *testing.B) {
	x := index(b, bundledFeatures(b))
	b.ReportAllocs()
	for i := int32(0); b.Loop(); i++ {
		x.Similar(i%10_000, 50)
	}
}
