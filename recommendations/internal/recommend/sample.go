package recommend

// sample draws min(n, len(pool)) different elements in random order, by the first steps of a
// Fisher-Yates shuffle (Durstenfeld 1964, Algorithm 235) of the pool, in place.
func sample[T any](pool []T, n int, intN func(int) int) []T {
	n = max(0, min(n, len(pool)))
	for i := range n {
		j := i + intN(len(pool)-i)
		pool[i], pool[j] = pool[j], pool[i]
	}
	return pool[:n]
}
