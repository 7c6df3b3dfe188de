package eval

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
)

// Four readers; item 0 has all of them, 1 has two, 2 has one, 3 has one, 4 has none.
func known4() *matrix.Sparse {
	return sparse(5, []int32{0, 1}, []int32{0, 1, 2}, []int32{0}, []int32{0, 3})
}

// Two lists, (0, 1) and (1, 4):
//
//	coverage    3 of 5 items
//	Gini        of the places 0 0 1 1 2: (1·0 + 2·0 + 3·1 + 4·1 + 5·2)·2/(5·4) − 6/5 = 0.5
//	novelty     0 bits for item 0, 1 for item 1 twice, 2 for item 4, which counts as if with one
//	            reader: 4/4
//	diversity   cos(0, 1) = 2/√(4·2), cos(1, 4) = 0
//	popularity  percentiles: item 4 the lowest fifth, 0.1; 2 and 3 share 0.4; 1 has 0.7, 0 has 0.9
func TestDescribeByHand(t *testing.T) {
	got, err := Describe(t.Context(), [][]int32{{0, 1}, {1, 4}}, known4())
	want := Character{Coverage: 0.6, Gini: 0.5, Novelty: 1, Diversity: (1 - 2/math.Sqrt(8) + 1) / 2, Popularity: (0.9 + 0.7 + 0.7 + 0.1) / 4}
	if err != nil || !near(got.Coverage, want.Coverage) || !near(got.Gini, want.Gini) || !near(got.Novelty, want.Novelty) ||
		!near(got.Diversity, want.Diversity) || !near(got.Popularity, want.Popularity) {
		t.Errorf("the lists are %+v, %v, want %+v", got, err, want)
	}
	if got := Percentiles([]int{4, 2, 1, 1, 0}); !slices.Equal(got, []float64{0.9, 0.7, 0.4, 0.4, 0.1}) {
		t.Errorf("the percentiles are %v", got)
	}
	if got, err := Describe(t.Context(), [][]int32{nil}, known4()); err != nil || got != (Character{}) {
		t.Errorf("an empty list is %+v, %v", got, err)
	}
}

// The diversity without looking at pairs is that of looking at each.
func TestMeanCosine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfDistinct(rapid.Int32Range(0, 9), rapid.ID), 2, 8).Draw(t, "items")
		for _, row := range rows {
			slices.Sort(row)
		}
		items, list := sparse(10, rows...), make([]int32, len(rows))
		want := 0.0
		for i, row := range rows {
			list[i] = int32(i)
			for _, other := range rows[:i] {
				common := 0.0
				for _, reader := range row {
					if slices.Contains(other, reader) {
						common++
					}
				}
				want += common / math.Sqrt(max(float64(len(row)*len(other)), 1)) / float64(len(rows)*(len(rows)-1)/2)
			}
		}
		sums := make([]float64, 10)
		if got := meanCosine(list, items, sums); !near(got, want) {
			t.Fatalf("the mean cosine of %v is %v, want %v", rows, got, want)
		}
		if slices.Max(sums) > 0 {
			t.Fatalf("sums are left: %v", sums)
		}
	})
}

// Popularities 0 1 1 2 4, held out 0, 1, 1, 1 and 3 times: the lower half is as much as the upper
// one, and equals are not parted.
func TestBuckets(t *testing.T) {
	test := sparse(5, []int32{1, 4}, []int32{2, 3}, []int32{4}, []int32{4})
	b := NewBuckets([]int{0, 1, 1, 2, 4}, test, 2)
	want := []Bucket{{Least: 0, Most: 2, Items: 4, Held: 3}, {Least: 4, Most: 4, Items: 1, Held: 3}}
	if !slices.Equal(b.List, want) {
		t.Errorf("the buckets are %+v, want %+v", b.List, want)
	}
	got := b.Recall([][]int32{{4}, {3, 4}, {0}, {4, 1}}, test, []int32{0, 1, 2, 3})
	if len(got) != 2 || !near(got[0], 1.0/3) || !near(got[1], 2.0/3) {
		t.Errorf("the recalls are %v, want 1/3 and 2/3", got)
	}
	if tied := NewBuckets([]int{1, 1, 1, 1, 1}, test, 3); len(tied.List) != 1 || tied.List[0].Held != 6 {
		t.Errorf("items that are equally popular are parted: %+v", tied.List)
	}
	if empty := NewBuckets([]int{1, 2}, sparse(2, nil), 3); len(empty.List) == 0 {
		t.Error("without anything held out there is no bucket")
	}
}

// normal returns n values around a mean with a standard deviation of 1.
func normal(random *rand.Rand, n int, mean float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = mean + random.NormFloat64()
	}
	return values
}

// Of many data sets, the true mean lies within the interval in about 95 %, and the interval is
// as wide as theory has it: 2·1.96/√n.
func TestIntervalsHoldTheMean(t *testing.T) {
	const sets, n = 200, 100
	random := rand.New(rand.NewPCG(1, 2))
	held, width := 0, 0.0
	for set := range uint64(sets) {
		b, err := Resample(t.Context(), [][]float64{normal(random, n, 3)}, 400, set)
		if err != nil {
			t.Fatal(err)
		}
		in := b.Mean(0)
		if in.Low <= 3 && 3 <= in.High {
			held++
		}
		width += (in.High - in.Low) / sets
	}
	if held < sets*89/100 || held > sets*99/100 {
		t.Errorf("%d of %d intervals hold the mean", held, sets)
	}
	if want := 2 * 1.96 / math.Sqrt(n); math.Abs(width-want) > 0.1*want {
		t.Errorf("intervals are %v wide, want %v", width, want)
	}
}

// What readers have in common cancels out of a comparison.
func TestDifferenceIsPaired(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	first := normal(random, 500, 1)
	better := slices.Clone(first)
	for i := range better {
		better[i] += 0.1 + 0.01*random.NormFloat64()
	}
	b, err := Resample(t.Context(), [][]float64{first, better}, 500, 1)
	if err != nil {
		t.Fatal(err)
	}
	in := b.Difference(1, 0)
	if in.Low < 0.098 || in.High > 0.102 {
		t.Errorf("the difference of 0.1 is within %+v", in)
	}
	if b.Mean(0).High < b.Mean(1).Low {
		t.Error("the means alone tell the models apart, which they should not")
	}
	if same := b.Difference(1, 1); same != (Interval{}) {
		t.Errorf("a model differs from itself by %+v", same)
	}
	again, err := Resample(t.Context(), [][]float64{first, better}, 500, 1)
	if err != nil || again.Difference(1, 0) != in {
		t.Errorf("the same seed gives %+v, %v behind %+v", again.Difference(1, 0), err, in)
	}
}

func TestCancelledLists(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Resample(ctx, [][]float64{{1, 2}}, 10, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("drawing ends with %v", err)
	}
	if _, err := Describe(ctx, [][]int32{{0, 1}}, known4()); !errors.Is(err, context.Canceled) {
		t.Errorf("describing ends with %v", err)
	}
}
