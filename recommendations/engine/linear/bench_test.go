package linear_test

import (
	"testing"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/internal/dataset/bundled/bundledtest"
)

func BenchmarkFit(b *testing.B) {
	data := linear.Data{Readers: bundledtest.Readers(b)}
	for b.Loop() {
		if _, err := linear.Fit(b.Context(), data, linear.Params{Neighbours: 100, Ridge: 100}, linear.Options{Workers: parallel.All(), Progress: func(int, int) {}}); err != nil {
			b.Fatal(err)
		}
	}
}
