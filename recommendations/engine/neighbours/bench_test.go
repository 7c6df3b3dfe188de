package neighbours_test

import (
	"testing"

	"bookmarket/recommendations/engine/neighbours"
	"bookmarket/recommendations/internal/dataset/bundled/bundledtest"
)

func BenchmarkTrain(b *testing.B) {
	readers := bundledtest.Readers(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := neighbours.Train(b.Context(), readers, neighbours.Params{K: 100, Shrink: 20}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
