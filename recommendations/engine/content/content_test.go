package content_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/content"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/trainertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Items 0 and 1 have the author 0 and the genre 1, item 2 the genre 1 and the author 2. Item 3 has
// nothing at all. Of n = 4 items 2, 3 and 1 have the features: with idf = (ln 3, ln 7/3, ln 5)
//
//	s_01 = 1
//	s_02 = s_12 = (ln 7/3)² / (√(ln 3)²+(ln 7/3)² · √(ln 7/3)²+(ln 5)²) = 0.284
func golden() (features *matrix.Sparse, near float64) {
	author, genre, other := math.Log(3), math.Log(7./3), math.Log(5)
	near = genre * genre / (math.Hypot(author, genre) * math.Hypot(genre, other))
	return &matrix.Sparse{Columns: 3, Start: []int{0, 2, 4, 6, 6}, Column: []int32{0, 1, 0, 1, 1, 2}}, near
}

func TestGolden(t *testing.T) {
	features, near := golden()
	if math.Abs(near-0.284) > 0.001 {
		t.Fatalf("the comment is wrong: %g", near)
	}
	got, err := content.Train(t.Context(), features, content.Params{K: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]float64{{0, 1, near, 0}, {1, 0, near, 0}, {near, near, 0, 0}, {0, 0, 0, 0}}
	for i, row := range trainertest.Dense(got) {
		for j, s := range row {
			if math.Abs(s-want[i][j]) > 1e-6 {
				t.Errorf("s_%d,%d = %g, want %g", i, j, s, want[i][j])
			}
		}
	}
}

func index(t rapid.TB, features *matrix.Sparse) *content.Index {
	t.Helper()
	x, err := content.NewIndex(features)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func equal(a, b content.Match) bool {
	return a.Item == b.Item && math.Abs(float64(a.Score-b.Score)) < 1e-6
}

func TestSimilar(t *testing.T) {
	features, near := golden()
	x := index(t, features)
	n := float32(near)
	for _, test := range []struct {
		name string
		got  []content.Match
		want []content.Match
	}{
		{"all", x.Similar(0, 3), []content.Match{{1, 1}, {2, n}}},
		{"the best", x.Similar(0, 1), []content.Match{{1, 1}}},
		{"of equal ones the lower", x.Similar(2, 1), []content.Match{{0, n}}},
		{"no features", x.Similar(3, 3), nil},
		// A new item with the features of 0: it resembles both of its kind.
		{"new", x.SimilarTo([]int32{0, 1}, nil, 3), []content.Match{{0, 1}, {1, 1}, {2, n}}},
		// With the weights of its features three times as high it points the same way.
		{"new with weights", x.SimilarTo([]int32{0, 1}, []float32{3, 3}, 1), []content.Match{{0, 1}}},
		{"new without features", x.SimilarTo(nil, nil, 3), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !slices.EqualFunc(test.got, test.want, equal) {
				t.Errorf("got %v, want %v", test.got, test.want)
			}
		})
	}
}

// The suite draws readers × items. Transposed, the readers of an item are its features.
func TestSuite(t *testing.T) {
	trainertest.Run(t, func(ctx context.Context, readers *matrix.Sparse, k int, progress func(int, int)) (*matrix.Sparse, error) {
		return content.Train(ctx, readers.Transpose(), content.Params{K: k}, progress)
	}, false)
}

func TestSymmetricUnlessPruned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		features := trainertest.Draw(t)
		got, err := content.Train(t.Context(), features, content.Params{K: features.Rows()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !trainertest.Equal(got, got.Transpose()) {
			t.Fatalf("not symmetric: %v", trainertest.Dense(got))
		}
		for _, s := range got.Value {
			if s > 1 {
				t.Fatalf("similarity %g", s)
			}
		}
	})
}

func TestAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		features := trainertest.Draw(t)
		got, err := content.Train(t.Context(), features, content.Params{K: features.Rows()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := cosines(trainertest.Dense(features), features.Columns)
		for i, row := range trainertest.Dense(got) {
			for j, s := range row {
				if math.Abs(s-want[i][j]) > 1e-5 {
					t.Fatalf("s_%d,%d = %g, want %g", i, j, s, want[i][j])
				}
			}
		}
	})
}

// cosines returns the similarities by definition; weights are replaced by the vectors.
func cosines(weights [][]float64, features int) [][]float64 {
	for f := range features {
		having := 0.0
		for _, item := range weights {
			if item[f] > 0 {
				having++
			}
		}
		for _, item := range weights {
			item[f] *= math.Log(1 + float64(len(weights))/max(having, 1))
		}
	}
	inner := func(a, b []float64) (sum float64) {
		for f := range a {
			sum += a[f] * b[f]
		}
		return sum
	}
	s := make([][]float64, len(weights))
	for i, a := range weights {
		s[i] = make([]float64, len(weights))
		for j, b := range weights {
			if product := inner(a, b); i != j && product > 0 {
				s[i][j] = product / math.Sqrt(inner(a, a)*inner(b, b))
			}
		}
	}
	return s
}

// What Similar returns for an item is its row of Train, whichever way it is asked for.
func TestSimilarAgreesWithTrain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		features, k := trainertest.Draw(t), rapid.IntRange(1, 5).Draw(t, "k")
		all, err := content.Train(t.Context(), features, content.Params{K: k}, nil)
		if err != nil {
			t.Fatal(err)
		}
		x := index(t, features)
		for i := range int32(all.Rows()) { //nolint:gosec // few
			var want []content.Match
			for at, j := range all.Row(int(i)) {
				want = append(want, content.Match{Item: j, Score: all.Values(int(i))[at]})
			}
			slices.SortStableFunc(want, func(a, b content.Match) int { return int(math.Copysign(1, float64(b.Score-a.Score))) })
			if got := x.Similar(i, k); !slices.Equal(got, want) {
				t.Fatalf("item %d: got %v, want %v", i, got, want)
			}
			matches := x.SimilarTo(features.Row(int(i)), features.Values(int(i)), k+1)
			matches = slices.DeleteFunc(matches, func(m content.Match) bool { return m.Item == i })
			if !slices.Equal(matches[:min(k, len(matches))], want) {
				t.Fatalf("item %d as a new one: got %v, want %v", i, matches, want)
			}
		}
	})
}

func TestOutOfRange(t *testing.T) {
	features, _ := golden()
	if _, err := content.Train(t.Context(), features, content.Params{}, nil); err == nil {
		t.Error("k 0: no error")
	}
	features.Value = make([]float32, len(features.Column)) // zeros
	if _, err := content.Train(t.Context(), features, content.Params{K: 1}, nil); err == nil {
		t.Error("weights of 0: no error")
	}
}
