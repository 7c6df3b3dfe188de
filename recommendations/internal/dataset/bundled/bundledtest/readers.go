// Package bundledtest gives the bundled ratings to benchmarks, in the form that models learn from.
package bundledtest

import (
	"testing"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/internal/dataset/bundled"
)

// Readers returns who rated what of the bundled books, in whatever way: 53,424 readers by 10,000
// books.
func Readers(tb testing.TB) *matrix.Sparse {
	tb.Helper()
	ratings, err := bundled.Ratings()
	if err != nil {
		tb.Fatal(err)
	}
	books, err := bundled.Books()
	if err != nil {
		tb.Fatal(err)
	}
	items := make(map[int64]int32, len(books))
	for i := range books {
		items[books[i].ID] = int32(i)
	}
	m := &matrix.Sparse{Columns: len(books)}
	last := uint32(0) // no reader has this number
	for r := range ratings {
		if r.Reader != last {
			m.Start, last = append(m.Start, len(m.Column)), r.Reader
		}
		m.Column = append(m.Column, items[r.BookID])
	}
	m.Start = append(m.Start, len(m.Column))
	return m
}
