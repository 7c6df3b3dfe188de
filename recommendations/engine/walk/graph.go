package walk

import (
	"math"

	"bookmarket/recommendations/engine/matrix"
)

// power returns a matrix with each value raised to a power. It shares what does not change.
func power(m *matrix.Sparse, exponent float64) *matrix.Sparse {
	powered := *m
	if m.Value != nil {
		powered.Value = make([]float32, len(m.Value))
		for at, x := range m.Value {
			powered.Value[at] = float32(math.Pow(float64(x), exponent))
		}
	}
	return &powered
}

// degrees returns the sum of each row, raised to a power.
func degrees(m *matrix.Sparse, exponent float64) []float32 {
	powered := make([]float32, m.Rows())
	for r := range powered {
		sum := float64(len(m.Row(r)))
		if values := m.Values(r); values != nil {
			sum = 0
			for _, x := range values {
				sum += float64(x)
			}
		}
		powered[r] = float32(math.Pow(sum, exponent))
	}
	return powered
}
