package eval

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
)

var two = parallel.Workers{N: 2}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet(int, int) {}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// sparse returns a matrix of rows of columns.
func sparse(columns int, rows ...[]int32) *matrix.Sparse {
	m := &matrix.Sparse{Columns: columns, Start: []int{0}}
	for _, row := range rows {
		m.Column = append(m.Column, row...)
		m.Start = append(m.Start, len(m.Column))
	}
	return m
}

// fixed returns a scorer that says the same to everybody.
func fixed(values ...float32) Scorer {
	return func(_ []int32, _, scores []float32) { copy(scores, values) }
}

// Three readers and five items, which all readers see in the order 3, 0, 4, 1, 2 but for what
// they know. Items 0 and 4 are equal, so the lower number comes first.
//
//	reader 0 knows 0:    list 3 4 1, held out 1 and 2: a hit at place 3
//	reader 1 knows 3, 1: list 0 4 2, held out 0: a hit at place 1
//	reader 2 knows 2:    list 3 0 4, held out 0, 1, 3 and 4: hits at 1, 2 and 3
func TestByHand(t *testing.T) {
	train := sparse(5, []int32{0}, []int32{1, 3}, []int32{2})
	test := sparse(5, []int32{1, 2}, []int32{0}, []int32{0, 1, 3, 4})
	readers := Readers(test, 0, 0)
	lists, err := Rank(t.Context(), train, readers, 3, two, fixed(.5, .2, .1, .9, .5), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if want := [][]int32{{3, 4, 1}, {0, 4, 2}, {3, 0, 4}}; !slices.EqualFunc(lists, want, slices.Equal) {
		t.Fatalf("the lists are %v, want %v", lists, want)
	}
	got := Accuracies(lists, test, readers, 3)
	want := []Accuracy{
		// 1/log2(4) = 0.5 of the ideal 1 + 1/log2(3); a third of a precision, of two.
		{Recall: 0.5, NDCG: 0.5 / (1 + 1/math.Log2(3)), MAP: (1.0 / 3) / 2},
		{Recall: 1, NDCG: 1, MAP: 1},
		// Three places hold but three of four.
		{Recall: 0.75, NDCG: 1, MAP: 1},
	}
	for i := range want {
		if !near(got[i].Recall, want[i].Recall) || !near(got[i].NDCG, want[i].NDCG) || !near(got[i].MAP, want[i].MAP) {
			t.Errorf("reader %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	mean := Mean(got)
	if !near(mean.Recall, 0.75) || !near(mean.NDCG, (0.3065735963827+2)/3) || !near(mean.MAP, 0.7222222222) {
		t.Errorf("the mean is %+v", mean)
	}
	measured, err := Measure(t.Context(), train, test, readers, 3, two, fixed(.5, .2, .1, .9, .5))
	if err != nil || measured != mean {
		t.Errorf("measured are %+v, %v, want %+v", measured, err, mean)
	}
}

// What is no number is recommended to nobody, and what a reader knows neither, even where the
// list stays short.
func TestRankLeavesOut(t *testing.T) {
	nan := float32(math.NaN())
	lists, err := Rank(t.Context(), sparse(4, []int32{1}), []int32{0}, 4, two, fixed(nan, 9, -1, 0), quiet)
	if err != nil || !slices.Equal(lists[0], []int32{3, 2}) {
		t.Errorf("the list is %v, %v, want 3, 2", lists, err)
	}
}

// Readers of whom nothing is held out do not count.
func TestReaders(t *testing.T) {
	test := sparse(3, []int32{0}, nil, []int32{1}, nil, []int32{2})
	if got := Readers(test, 0, 1); !slices.Equal(got, []int32{0, 2, 4}) {
		t.Errorf("the readers are %v, want 0, 2, 4", got)
	}
	some := Readers(test, 2, 1)
	if len(some) != 2 || !slices.IsSorted(some) || !slices.Equal(some, Readers(test, 2, 1)) {
		t.Errorf("two of the readers are %v and %v", some, Readers(test, 2, 1))
	}
	if mean := Mean(nil); mean != (Accuracy{}) {
		t.Errorf("the mean of nobody is %+v", mean)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	readers := sparse(3, []int32{0}, []int32{1}, []int32{2}, []int32{0}, []int32{1}, []int32{2})
	ranked := 0
	_, err := Rank(ctx, readers, []int32{0, 1, 2, 3, 4, 5}, 2, two, fixed(1, 2, 3), func(done, _ int) {
		ranked = done
		cancel()
	})
	if !errors.Is(err, context.Canceled) || ranked > 2 {
		t.Errorf("after the end %d readers were ranked for, %v", ranked, err)
	}
}

// A server that learns beside its answers keeps processors for them: there are as many workers as
// it says.
func TestAsManyWorkersAsItSays(t *testing.T) {
	readers := sparse(1, []int32{0}, []int32{0}, []int32{0}, []int32{0}, []int32{0}, []int32{0})
	for _, workers := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			_, err := Rank(t.Context(), readers, []int32{0, 1, 2, 3, 4, 5}, 1, parallel.Workers{N: workers}, func([]int32, []float32, []float32) {
				time.Sleep(time.Second)
			}, quiet)
			if want := time.Duration(6/workers) * time.Second; err != nil || time.Since(began) != want {
				t.Errorf("%d workers take %v for 6 readers of a second, want %v; %v", workers, time.Since(began), want, err)
			}
		})
	}
}

// A randomCase is readers with something known and something held out.
type randomCase struct{ train, test *matrix.Sparse }

func drawCase(t *rapid.T) randomCase {
	items := rapid.Int32Range(4, 30).Draw(t, "items")
	rows := make([][]int32, rapid.IntRange(1, 12).Draw(t, "readers"))
	for reader := range rows {
		row := rapid.SliceOfNDistinct(rapid.Int32Range(0, items-1), 2, int(items), rapid.ID).Draw(t, "row")
		slices.Sort(row)
		rows[reader] = row
	}
	train, test := Split(sparse(int(items), rows...), rapid.Float64Range(0.1, 0.9).Draw(t, "share"), rapid.Uint64().Draw(t, "seed"))
	return randomCase{train, test}
}

// A split parts each reader's items: nothing is lost, nothing twice, as many as asked, and one
// at least is left to learn from.
func TestSplitParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.SliceOfDistinct(rapid.Int32Range(0, 99), rapid.ID)).Draw(t, "rows")
		for _, row := range rows {
			slices.Sort(row)
		}
		readers := sparse(100, rows...)
		for range readers.Column {
			readers.Value = append(readers.Value, 1)
		}
		share := rapid.Float64Range(0, 1).Draw(t, "share")
		train, test := Split(readers, share, 7)
		for reader, row := range rows {
			both := append(slices.Clone(train.Row(reader)), test.Row(reader)...)
			slices.Sort(both)
			if !slices.Equal(both, row) {
				t.Fatalf("%v became %v and %v", row, train.Row(reader), test.Row(reader))
			}
			if want := max(0, min(int(math.Round(share*float64(len(row)))), len(row)-1)); len(test.Row(reader)) != want {
				t.Fatalf("of %d items %d are held out, want %d", len(row), len(test.Row(reader)), want)
			}
			if !slices.IsSorted(train.Row(reader)) || !slices.IsSorted(test.Row(reader)) {
				t.Fatal("items are out of order")
			}
		}
		if len(train.Value)+len(test.Value) != len(readers.Value) {
			t.Fatal("values were lost")
		}
	})
}

// The seed makes the split, and every item is as likely to be held out as any other.
// What a reader has and did not like as much is not held out, and does not count.
func TestSplitLiked(t *testing.T) {
	readers := sparse(10, []int32{0, 1, 2, 3, 4, 5}, []int32{0, 1}, []int32{2})
	readers.Value = []float32{1, 0.5, 1, 0.3, 1, 1, 0.5, 1, 0.5}
	train, test := Split(readers, 0.5, 1)
	if n := len(test.Row(0)); n != 2 || len(train.Row(0)) != 4 {
		t.Errorf("of four liked items of six %d are held out, and %d stay", n, len(train.Row(0)))
	}
	for _, value := range test.Value {
		if value != 1 {
			t.Errorf("an item is held out that was liked by %v", value)
		}
	}
	if len(test.Row(1)) > 0 || len(test.Row(2)) > 0 {
		t.Error("the only item that was liked is held out, or one that was not liked")
	}
	if len(train.Value) != len(train.Column) {
		t.Error("values got lost")
	}
}

// A history's weights come to the scorer.
func TestRankWeights(t *testing.T) {
	histories := sparse(3, []int32{0, 1})
	histories.Value = []float32{1, 0.25}
	_, err := Rank(t.Context(), histories, []int32{0}, 1, two, func(history []int32, weights, _ []float32) {
		if !slices.Equal(history, []int32{0, 1}) || !slices.Equal(weights, []float32{1, 0.25}) {
			t.Errorf("got %v, %v", history, weights)
		}
	}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSplitIsRandom(t *testing.T) {
	rows := slices.Repeat([][]int32{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, 5000)
	_, test := Split(sparse(10, rows...), 0.2, 1)
	_, again := Split(sparse(10, rows...), 0.2, 1)
	_, other := Split(sparse(10, rows...), 0.2, 2)
	if !slices.Equal(test.Column, again.Column) || slices.Equal(test.Column, other.Column) {
		t.Error("the split does not follow from the seed")
	}
	times := make([]int, 10)
	for _, item := range test.Column {
		times[item]++
	}
	// 1,000 times each, with a standard deviation of 28.
	if slices.Min(times) < 850 || slices.Max(times) > 1150 {
		t.Errorf("items are held out %v times", times)
	}
}

// A model that knows what is held out is perfect in all but recall, which a list shorter than
// what is held out bounds. A longer list never has fewer hits, for any model.
func TestPerfectAndMonotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		readers := Readers(c.test, 0, 0)
		last := 0.0
		scores := rapid.SliceOfN(rapid.Float32Range(0, 1), c.test.Columns, c.test.Columns).Draw(t, "scores")
		for k := 1; k <= c.test.Columns; k++ {
			for _, reader := range readers {
				held := c.test.Row(int(reader))
				perfect := func(_ []int32, _, scores []float32) {
					clear(scores)
					for _, item := range held {
						scores[item] = 1
					}
				}
				got, err := Measure(t.Context(), c.train, c.test, []int32{reader}, k, two, perfect)
				want := Accuracy{Recall: float64(min(k, len(held))) / float64(len(held)), NDCG: 1, MAP: 1}
				if err != nil || !near(got.Recall, want.Recall) || !near(got.NDCG, 1) || !near(got.MAP, 1) {
					t.Fatalf("the perfect list of %d is worth %+v, %v, want %+v", k, got, err, want)
				}
			}
			got, err := Measure(t.Context(), c.train, c.test, readers, k, two, fixed(scores...))
			if err != nil || got.Recall < last-1e-12 {
				t.Fatalf("recall at %d is %v behind %v, %v", k, got.Recall, last, err)
			}
			last = got.Recall
		}
		if len(readers) > 0 && !near(last, 1) {
			t.Fatalf("the list of everything has recall %v", last)
		}
	})
}

// In whatever order readers stand, each is worth the same, and their mean the same but for the
// order of a sum.
func TestOrderOfReaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		readers := Readers(c.test, 0, 0)
		score := fixed(rapid.SliceOfN(rapid.Float32(), c.test.Columns, c.test.Columns).Draw(t, "scores")...)
		one, err := Measure(t.Context(), c.train, c.test, readers, 3, two, score)
		other, err2 := Measure(t.Context(), c.train, c.test, rapid.Permutation(readers).Draw(t, "order"), 3, two, score)
		if err != nil || err2 != nil || !near(one.Recall, other.Recall) || !near(one.NDCG, other.NDCG) || !near(one.MAP, other.MAP) {
			t.Fatalf("%+v is %+v in another order, %v, %v", one, other, err, err2)
		}
	})
}

// Random scores have the recall of chance: k of the items that the reader does not know.
func TestChance(t *testing.T) {
	rows := slices.Repeat([][]int32{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, 4000)
	train, test := Split(sparse(58, rows...), 0.2, 3)
	// One reader after the other, so that one generator may serve all of them.
	random := rand.New(rand.NewPCG(1, 1))
	var all []Accuracy
	for _, reader := range Readers(test, 0, 0) {
		one, err := Measure(t.Context(), train, test, []int32{reader}, 10, two, func(_ []int32, _, scores []float32) {
			for i := range scores {
				scores[i] = random.Float32()
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	// 10 of 50 items; the standard error of 8,000 draws is 0.0045.
	if mean := Mean(all); math.Abs(mean.Recall-0.2) > 0.018 {
		t.Errorf("the recall of chance is %v, want 0.2", mean.Recall)
	}
}

// The number of workers changes nothing.
func TestWorkers(t *testing.T) {
	rows := slices.Repeat([][]int32{{0, 1, 2, 3}, {4, 5, 6}, {1, 7, 9}}, 50)
	train, test := Split(sparse(10, rows...), 0.5, 3)
	score := func(history []int32, _, scores []float32) {
		for i := range scores {
			scores[i] = float32((i*7 + len(history)) % 5)
		}
	}
	var lists [][][]int32
	for _, workers := range []int{1, 4} {
		some, err := Rank(t.Context(), train, Readers(test, 0, 0), 4, parallel.Workers{N: workers}, score, quiet)
		if err != nil {
			t.Fatal(err)
		}
		lists = append(lists, some)
	}
	if !slices.EqualFunc(lists[0], lists[1], slices.Equal) {
		t.Error("lists depend on the number of workers")
	}
}
