package recommend

// sample draws min(n, len(from)) different elements in random order: the first steps of a
// Fisher-Yates shuffle (Durstenfeld 1964, Algorithm 235), on a copy.
func sample[T any](from []T, n int, intN func(int) int) []T {
	n = max(0, min(n, len(from)))
	pool := append([]T(nil), from...)
	for i := range n {
		j := i + intN(len(pool)-i)
		pool[i], pool[j] = pool[j], pool[i]
	}
	return pool[:n]
}
