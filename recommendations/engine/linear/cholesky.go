package linear

import "math"

// cholesky replaces the lower triangle of a symmetric positive definite matrix of n rows, each
// stride long, by its Cholesky factor L, A = L·Lᵀ. It reports whether the matrix is positive
// definite.
func cholesky(a []float32, n, stride int) bool {
	for j := range n {
		row := a[j*stride : j*stride+j+1]
		for k := range j {
			other := a[k*stride : k*stride+k+1]
			row[k] = (row[k] - dot(row[:k], other[:k])) / other[k]
		}
		d := row[j] - dot(row[:j], row[:j])
		if !(d > 0) {
			return false
		}
		row[j] = float32(math.Sqrt(float64(d)))
	}
	return true
}

// solve replaces b by the solution x of L·Lᵀ·x = b.
func solve(l []float32, n, stride int, b []float32) {
	for i := range n {
		row := l[i*stride : i*stride+i+1]
		b[i] = (b[i] - dot(row[:i], b[:i])) / row[i]
	}
	for i := n - 1; i >= 0; i-- {
		row := l[i*stride : i*stride+i+1]
		b[i] /= row[i]
		x := b[i]
		for k, v := range row[:i] {
			b[k] -= v * x
		}
	}
}

// dot returns the inner product, in four sums that do not wait for each other.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += v * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}
