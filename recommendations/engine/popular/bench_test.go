package popular_test

import (
	"testing"

	"bookmarket/recommendations/engine/popular"
)

// As many events as there are bundled ratings, of as many books.
func BenchmarkScores(b *testing.B) {
	const items, events = 10_000, 979_478
	seq := func(yield func(popular.Event) bool) {
		for i := range int32(events) {
			if !yield(popular.Event{Item: i % items, Age: float64(i % 27), Weight: 1}) {
				return
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		popular.Scores(items, seq, 3)
	}
}
