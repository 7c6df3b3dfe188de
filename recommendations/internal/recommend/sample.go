package recommend

// draw calls yield with the elements of a pool in random order, each arrangement equally
// likely if intN(k) is uniform over 0..k-1, until yield returns false. These are the steps of a
// Fisher-Yates shuffle (Durstenfeld 1964, Algorithm 235) that leaves the pool as it is: moved
// holds what would stand elsewhere by now, so that a few draws cost little of a large pool.
func draw[T any](pool []T, intN func(int) int, yield func(T) bool) {
	moved := make(map[int]int)
	at := func(i int) int {
		if j, ok := moved[i]; ok {
			return j
		}
		return i
	}
	for i := range pool {
		j := i + intN(len(pool)-i)
		drawn := at(j)
		moved[j] = at(i)
		if !yield(pool[drawn]) {
			return
		}
	}
}

// shuffle returns the elements in random order.
func shuffle[T any](pool []T, intN func(int) int) []T {
	shuffled := make([]T, 0, len(pool))
	draw(pool, intN, func(element T) bool {
		shuffled = append(shuffled, element)
		return true
	})
	return shuffled
}
