package linear_test

import (
	"runtime"
	"testing"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/internal/dataset/bundled"
)

// goodbooks are the bundled ratings: 53,424 readers, 10,000 books.
func goodbooks(b *testing.B) *matrix.Sparse {
	b.Helper()
	books, err := bundled.Books()
	if err != nil {
		b.Fatal(err)
	}
	items := make(map[int64]int32, len(books))
	for i := range books {
		items[books[i].ID] = int32(i)
	}
	ratings, err := bundled.Ratings()
	if err != nil {
		b.Fatal(err)
	}
	readers := make(map[uint32]int32)
	var entries []matrix.Entry
	for rating := range ratings {
		reader, ok := readers[rating.Reader]
		if !ok {
			reader = int32(len(readers)) //nolint:gosec // 53,424 readers
			readers[rating.Reader] = reader
		}
		entries = append(entries, matrix.Entry{Row: reader, Column: items[rating.BookID], Value: 1})
	}
	m, err := matrix.New(len(readers), len(books), entries)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func BenchmarkFit(b *testing.B) {
	data := linear.Data{Readers: goodbooks(b)}
	for b.Loop() {
		if _, err := linear.Fit(b.Context(), data, linear.Params{Neighbours: 100, Ridge: 100}, linear.Options{Workers: runtime.GOMAXPROCS(0), Progress: func(int, int) {}}); err != nil {
			b.Fatal(err)
		}
	}
}
