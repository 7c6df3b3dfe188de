package neighbours_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/neighbours"
	"bookmarket/recommendations/engine/trainertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGolden(t *testing.T) {
	// Four readers of the items a, b and c, by these numbers: 0 and 1 read a and b, 2 read a and
	// c, 3 read b. So d = (3, 3, 1), G_ab = 2, G_ac = 1, G_bc = 0.
	four := &matrix.Sparse{Columns: 3, Start: []int{0, 2, 4, 6, 7}, Column: []int32{0, 1, 0, 1, 0, 2, 1}}
	// Two readers: 0 gave a 2 and b 1, 1 gave a 1. So d = (5, 1), G_ab = 2.
	weighted := &matrix.Sparse{Columns: 2, Start: []int{0, 2, 3}, Column: []int32{0, 1, 0}, Value: []float32{2, 1, 1}}
	for _, test := range []struct {
		name    string
		readers *matrix.Sparse
		params  neighbours.Params
		want    [][]float64
	}{
		{"cosine", four, neighbours.Params{K: 2}, [][]float64{
			{0, 2. / 3, 1 / math.Sqrt(3)}, // 2/√(3·3), 1/√(3·1)
			{2. / 3, 0, 0},
			{1 / math.Sqrt(3), 0, 0},
		}},
		{"shrink", four, neighbours.Params{K: 2, Shrink: 1}, [][]float64{
			{0, 0.5, 1 / (math.Sqrt(3) + 1)}, // 2/(3+1)
			{0.5, 0, 0},
			{1 / (math.Sqrt(3) + 1), 0, 0},
		}},
		// The column of a, 2/3 from b and 0.577 from c, keeps b alone; a stays c's best.
		{"k per target", four, neighbours.Params{K: 1}, [][]float64{
			{0, 2. / 3, 1 / math.Sqrt(3)},
			{2. / 3, 0, 0},
			{0, 0, 0},
		}},
		{"weights", weighted, neighbours.Params{K: 1}, [][]float64{
			{0, 2 / math.Sqrt(5)},
			{2 / math.Sqrt(5), 0},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := neighbours.Train(t.Context(), test.readers, test.params, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range trainertest.Dense(got) {
				for j, s := range row {
					if math.Abs(s-test.want[i][j]) > 1e-6 {
						t.Errorf("s_%d,%d = %g, want %g", i, j, s, test.want[i][j])
					}
				}
			}
		})
	}
}

func TestSuite(t *testing.T) {
	trainertest.Run(t, func(ctx context.Context, readers *matrix.Sparse, k int, progress func(int, int)) (*matrix.Sparse, error) {
		return neighbours.Train(ctx, readers, neighbours.Params{K: k, Shrink: 3}, progress)
	}, true)
}

func draw(t *rapid.T) (*matrix.Sparse, neighbours.Params) {
	readers := trainertest.Draw(t)
	return readers, neighbours.Params{K: readers.Columns, Shrink: rapid.Float64Range(0, 100).Draw(t, "shrink")}
}

func train(t *rapid.T, readers *matrix.Sparse, p neighbours.Params) *matrix.Sparse {
	got, err := neighbours.Train(t.Context(), readers, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSymmetricUnlessPruned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers, p := draw(t)
		got := train(t, readers, p)
		if !trainertest.Equal(got, got.Transpose()) {
			t.Fatalf("not symmetric: %v", trainertest.Dense(got))
		}
	})
}

// By Cauchy's inequality no cosine is above 1, and one that is shrunk is smaller.
func TestAtMostOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers, p := draw(t)
		for _, s := range train(t, readers, p).Value {
			if s > 1+1e-6 {
				t.Fatalf("similarity %g", s)
			}
		}
	})
}

func TestAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers, p := draw(t)
		got, x := trainertest.Dense(train(t, readers, p)), trainertest.Dense(readers)
		gram := func(i, j int) (g float64) {
			for u := range x {
				g += x[u][i] * x[u][j]
			}
			return g
		}
		for i := range got {
			for j := range got {
				want := 0.0
				if g := gram(i, j); i != j && g > 0 {
					want = g / (math.Sqrt(gram(i, i)*gram(j, j)) + p.Shrink)
				}
				if math.Abs(got[i][j]-want) > 1e-6 {
					t.Fatalf("s_%d,%d = %g, want %g", i, j, got[i][j], want)
				}
			}
		}
	})
}

func TestOrderOfReadersDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readers, p := draw(t)
		p.K = rapid.IntRange(1, 5).Draw(t, "k")
		if !trainertest.Equal(train(t, readers, p), train(t, trainertest.Permute(t, readers), p)) {
			t.Fatal("the same readers in another order give another result")
		}
	})
}

func TestValuesOutOfRange(t *testing.T) {
	readers := &matrix.Sparse{Columns: 2, Start: []int{0, 2}, Column: []int32{0, 1}, Value: []float32{1, -1}}
	if _, err := neighbours.Train(t.Context(), readers, neighbours.Params{K: 1}, nil); err == nil {
		t.Error("no error")
	}
}

func TestParamsOutOfRange(t *testing.T) {
	for _, p := range []neighbours.Params{{K: 0}, {K: -1}, {K: 1, Shrink: -1}, {K: 1, Shrink: math.NaN()}} {
		t.Run(fmt.Sprint(p), func(t *testing.T) {
			if _, err := neighbours.Train(t.Context(), trainertest.Random(2, 2, 2), p, nil); err == nil {
				t.Error("no error")
			}
		})
	}
}
