package rank

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bookmarket/recommendations/engine/matrix"
)

// benchmarkModel has a hundred neighbours for each item, as a trained one has.
func benchmarkModel(items int) *Model {
	random := rand.New(rand.NewPCG(1, 2))
	b := &matrix.Sparse{Columns: items, Start: []int{0}}
	m := &Model{Layers: []*matrix.Sparse{b}, Prior: make([]float32, items)}
	for i := range items {
		m.Prior[i] = random.Float32() / 1000
		step := items / 100
		for at := random.IntN(step); at < items; at += 1 + random.IntN(2*step-1) {
			b.Column = append(b.Column, int32(at)) //nolint:gosec // few
			b.Value = append(b.Value, random.Float32())
		}
		b.Start = append(b.Start, len(b.Column))
	}
	return m
}

func benchmarkHistory(n int32) (history []Signal) {
	for i := range n {
		history = append(history, Signal{i * 7, 1})
	}
	return history
}

func BenchmarkRank(b *testing.B) {
	for _, items := range []int{1_000, 10_000, 100_000} {
		for _, diversity := range []float32{0, 0.2} {
			b.Run(fmt.Sprintf("items=%d/diversity=%v", items, diversity), func(b *testing.B) {
				r := NewRanker(benchmarkModel(items))
				q := Query{History: benchmarkHistory(50), N: 10, Diversity: diversity}
				var results []Scored
				b.ReportAllocs()
				for b.Loop() {
					results = r.Rank(q, results[:0])
				}
			})
		}
	}
}
