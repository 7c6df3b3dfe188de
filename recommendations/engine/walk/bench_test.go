package walk_test

import (
	"testing"

	"bookmarket/recommendations/engine/walk"
	"bookmarket/recommendations/internal/dataset/bundled/bundledtest"
)

func BenchmarkTrain(b *testing.B) {
	readers := bundledtest.Readers(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := walk.Train(b.Context(), readers, walk.Params{K: 100, Alpha: 0.7, Beta: 0.3}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
