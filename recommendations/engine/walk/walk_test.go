package walk_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/trainertest"
	"bookmarket/recommendations/engine/walk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGolden(t *testing.T) {
	// Four readers of the items a, b and c, by these numbers: 0 and 1 read a and b, 2 read a and
	// c, 3 read b. So items have d = (3, 3, 1), and readers d = (2, 2, 2, 1).
	four := &matrix.Sparse{Columns: 3, Start: []int{0, 2, 4, 6, 7}, Column: []int32{0, 1, 0, 1, 0, 2, 1}}
	// Two readers: 0 gave a 1 and b 3, 1 gave a 1. So items have d = (2, 3), readers d = (4, 1).
	weighted := &matrix.Sparse{Columns: 2, Start: []int{0, 2, 3}, Column: []int32{0, 1, 0}, Value: []float32{1, 3, 1}}
	for _, test := range []struct {
		name    string
		readers *matrix.Sparse
		params  walk.Params
		want    [][]float64
	}{
		{"P3", four, walk.Params{K: 2, Alpha: 1}, [][]float64{
			{0, 1. / 3, 1. / 6}, // by 0 and by 1 to b: 1/3 · 1/2 each; by 2 to c: 1/3 · 1/2
			{1. / 3, 0, 0},
			{1. / 2, 0, 0}, // by 2: 1 · 1/2
		}},
		{"P3alpha", four, walk.Params{K: 2, Alpha: 0.5}, [][]float64{
			{0, 2 / math.Sqrt(6), 1 / math.Sqrt(6)}, // each path √(1/3 · 1/2)
			{2 / math.Sqrt(6), 0, 0},
			{1 / math.Sqrt(2), 0, 0},
		}},
		{"RP3beta", four, walk.Params{K: 2, Alpha: 1, Beta: 1}, [][]float64{
			{0, 1. / 9, 1. / 6}, // P3 over d = 3 and d = 1
			{1. / 9, 0, 0},
			{1. / 6, 0, 0},
		}},
		// To a leads 1/9 from b and 1/6 from c: it keeps c alone, and a stays the one of b.
		{"k per target", four, walk.Params{K: 1, Alpha: 1, Beta: 1}, [][]float64{
			{0, 1. / 9, 1. / 6},
			{0, 0, 0},
			{1. / 6, 0, 0},
		}},
		{"weights", weighted, walk.Params{K: 1, Alpha: 1}, [][]float64{
			{0, 3. / 8}, // 1/2 · 3/4
			{1. / 4, 0}, // 3/3 · 1/4
		}},
		{"weights and alpha", weighted, walk.Params{K: 1, Alpha: 2}, [][]float64{
			{0, 9. / 64},
			{1. / 16, 0},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := walk.Train(t.Context(), test.readers, test.params, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range trainertest.Dense(got) {
				for j, w := range row {
					if math.Abs(w-test.want[i][j]) > 1e-6 {
						t.Errorf("W_%d,%d = %g, want %g", i, j, w, test.want[i][j])
					}
				}
			}
		})
	}
}

func TestSuite(t *testing.T) {
	trainertest.Run(t, func(ctx context.Context, readers *matrix.Sparse, k int, progress func(int, int)) (*matrix.Sparse, error) {
		return walk.Train(ctx, readers, walk.Params{K: k, Alpha: 0.7, Beta: 0.4}, progress)
	}, true)
}

func train(t *rapid.T, readers *matrix.Sparse, p walk.Params) [][]float64 {
	got, err := walk.Train(t.Context(), readers, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return trainertest.Dense(got)
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-5*max(math.Abs(a), math.Abs(b)) }

// degrees returns the sums of columns and of rows.
func degrees(x [][]float64, columns int) (items, readers []float64) {
	items, readers = make([]float64, columns), make([]float64, len(x))
	for u, row := range x {
		for i, value := range row {
			items[i] += value
			readers[u] += value
		}
	}
	return items, readers
}

func TestAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers := trainertest.Draw(t)
		p := walk.Params{K: readers.Columns, Alpha: rapid.Float64Range(0.1, 2).Draw(t, "alpha"), Beta: rapid.Float64Range(0, 2).Draw(t, "beta")}
		got, x := train(t, readers, p), trainertest.Dense(readers)
		ofItem, ofReader := degrees(x, readers.Columns)
		for i := range got {
			for j := range got {
				want := 0.0
				for u := range x {
					if i != j && x[u][i] > 0 && x[u][j] > 0 {
						want += math.Pow(x[u][i]/ofItem[i], p.Alpha) * math.Pow(x[u][j]/ofReader[u], p.Alpha) / math.Pow(ofItem[j], p.Beta)
					}
				}
				if !near(got[i][j], want) {
					t.Fatalf("W_%d,%d = %g, want %g", i, j, got[i][j], want)
				}
			}
		}
	})
}

// With α = 1 and β = 0 a row has the probabilities of where the walk ends: they and that of
// coming back make 1. And the walk is reversible: d_i·W_ij = d_j·W_ji.
func TestIsAWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers := trainertest.Draw(t)
		got, x := train(t, readers, walk.Params{K: readers.Columns, Alpha: 1}), trainertest.Dense(readers)
		ofItem, ofReader := degrees(x, readers.Columns)
		for i := range got {
			sum := 0.0
			for u := range x {
				if x[u][i] > 0 {
					sum += x[u][i] / ofItem[i] * x[u][i] / ofReader[u]
				}
			}
			for j, w := range got[i] {
				sum += w
				if !near(ofItem[i]*w, ofItem[j]*got[j][i]) {
					t.Fatalf("from %d to %d: %g, back %g, with degrees %v", i, j, w, got[j][i], ofItem)
				}
			}
			if ofItem[i] > 0 && !near(sum, 1) {
				t.Fatalf("from item %d the walk ends somewhere with probability %g", i, sum)
			}
		}
	})
}

// Powers are not exact, so the order of readers may show in the last bits and thereby in which of
// two equal items is kept: here nothing is left out.
func TestOrderOfReadersDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers := trainertest.Draw(t)
		p := walk.Params{K: readers.Columns, Alpha: 0.6, Beta: 0.3}
		want, got := train(t, readers, p), train(t, trainertest.Permute(t, readers), p)
		for i := range want {
			for j := range want[i] {
				if !near(want[i][j], got[i][j]) {
					t.Fatalf("W_%d,%d = %g, in another order of readers %g", i, j, want[i][j], got[i][j])
				}
			}
		}
	})
}

func TestOutOfRange(t *testing.T) {
	readers := trainertest.Random(2, 2, 2)
	for _, p := range []walk.Params{{K: 0, Alpha: 1}, {K: 1}, {K: 1, Alpha: -1}, {K: 1, Alpha: math.NaN()}, {K: 1, Alpha: 1, Beta: -1}, {K: 1, Alpha: 1, Beta: math.NaN()}} {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			if _, err := walk.Train(t.Context(), readers, p, nil); err == nil {
				t.Error("no error")
			}
		})
	}
	readers.Value = make([]float32, len(readers.Column)) // zeros
	if _, err := walk.Train(t.Context(), readers, walk.Params{K: 1, Alpha: 1}, nil); err == nil {
		t.Error("readers with zeros: no error")
	}
}
