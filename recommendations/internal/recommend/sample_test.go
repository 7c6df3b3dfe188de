package recommend

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Every arrangement of 2 out of 4 must come up equally often: with 12,000 draws from a fair
// source each of the 12 is expected 1,000 times, and the chi-square statistic with 11 degrees
// of freedom exceeds 31.26 once in a thousand seeds; this seed does not.
func TestDrawIsUniform(t *testing.T) {
	const draws, arrangements = 12_000, 4 * 3
	rng := rand.New(rand.NewPCG(1, 2))
	counts := make(map[[2]int]int)
	for range draws {
		got := drawn([]int{0, 1, 2, 3}, 2, rng.IntN)
		counts[[2]int(got)]++
	}
	if len(counts) != arrangements {
		t.Fatalf("%d arrangements came up, want %d: %v", len(counts), arrangements, counts)
	}
	const expected = float64(draws) / arrangements
	chiSquare := 0.0
	for _, n := range counts {
		chiSquare += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	if chiSquare > 31.26 {
		t.Errorf("chi-square is %.1f: %v", chiSquare, counts)
	}
}

func drawn(pool []int, n int, intN func(int) int) []int {
	var list []int
	draw(pool, intN, func(element int) bool {
		list = append(list, element)
		return len(list) < n
	})
	return list
}

func TestDraw(t *testing.T) {
	pool := []int{1, 2, 3, 4, 5}
	for n, want := range map[int]int{1: 1, 4: 4, 5: 5, 6: 5, 1 << 30: 5} {
		got := drawn(pool, n, rand.IntN)
		if len(got) != want {
			t.Errorf("asked for %d of 5, got %v", n, got)
		}
		slices.Sort(got)
		if len(slices.Compact(got)) != want {
			t.Errorf("asked for %d of 5, got repetitions: %v", n, got)
		}
	}
	if !slices.Equal(pool, []int{1, 2, 3, 4, 5}) {
		t.Errorf("the pool was changed to %v", pool)
	}
	if got := drawn(nil, 3, rand.IntN); len(got) != 0 {
		t.Errorf("nothing to choose from, got %v", got)
	}
}

func TestShuffle(t *testing.T) {
	got := shuffle([]int{1, 2, 3}, func(int) int { return 0 })
	if !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("without chance the order stays, got %v", got)
	}
	got = shuffle([]int{1, 2, 3}, func(k int) int { return k - 1 })
	if !slices.Equal(got, []int{3, 1, 2}) {
		t.Errorf("each time the last of the rest, got %v", got)
	}
}
