package walk_test

import (
	"testing"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/walk"
	"bookmarket/recommendations/internal/dataset/bundled"
)

// bundledReaders returns who rated what of the bundled books.
func bundledReaders(b *testing.B) *matrix.Sparse {
	ratings, err := bundled.Ratings()
	if err != nil {
		b.Fatal(err)
	}
	books, err := bundled.Books()
	if err != nil {
		b.Fatal(err)
	}
	number := make(map[int64]int32)
	for i, book := range books {
		number[book.ID] = int32(i)
	}
	m := &matrix.Sparse{Columns: len(books)}
	last := uint32(0) // no reader has this number
	for r := range ratings {
		if r.Reader != last {
			m.Start, last = append(m.Start, len(m.Column)), r.Reader
		}
		m.Column = append(m.Column, number[r.BookID])
	}
	m.Start = append(m.Start, len(m.Column))
	return m
}

func BenchmarkTrain(b *testing.B) {
	readers := bundledReaders(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := walk.Train(b.Context(), readers, walk.Params{K: 100, Alpha: 0.7, Beta: 0.3}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
