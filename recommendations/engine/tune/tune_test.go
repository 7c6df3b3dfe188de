package tune

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop has readers who like books of one genre each, the popular ones more: with spread 1 all
// alike, the higher the more the popular ones.
func shop(readers, books int, spread float64) linear.Data {
	const genres = 5
	r := rand.New(rand.NewPCG(1, 2))
	m := &matrix.Sparse{Columns: books, Start: []int{0}}
	for reader := range readers {
		var row []int32
		for range 8 + r.IntN(8) {
			genre := reader % genres
			if r.IntN(4) == 0 {
				genre = r.IntN(genres)
			}
			row = append(row, int32(int(float64(books/genres)*math.Pow(r.Float64(), spread))*genres+genre)) //nolint:gosec // below books
		}
		slices.Sort(row)
		m.Column = append(m.Column, slices.Compact(row)...)
		m.Start = append(m.Start, len(m.Column))
	}
	return linear.Data{Readers: m}
}

func options() Options {
	return Options{Seed: 1, Workers: parallel.Workers{N: 2}, More: func() bool { return true }, Progress: func(int, int) {}}
}

func TestLinear(t *testing.T) {
	data := shop(3000, 200, 2)
	var last int
	o := options()
	o.Progress = func(done, all int) {
		if done != last+1 || all != 200 {
			t.Errorf("after %d came %d of %d", last, done, all)
		}
		last = done
	}
	r, err := Linear(t.Context(), data, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Quality.NDCG < 1.3*r.Popular.NDCG {
		t.Errorf("readers with a genre each are served by %.3f, and by what is popular by %.3f", r.Quality.NDCG, r.Popular.NDCG)
	}
	if r.Readers < 1400 || r.Readers > 1500 || r.Tried < 10 || r.Coverage <= 0 || r.Coverage > 1 {
		t.Errorf("got %+v", r)
	}
	o.Workers, o.Progress = parallel.Workers{N: 5}, func(int, int) {}
	if again, err := Linear(t.Context(), data, o); err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("again %+v, %v; before %+v", again, err, r)
	}
}

// The choice follows the data: where popular books are preferred much more than by the taste
// that they are read for, it is another than where they are not.
func TestChoiceFollowsTheData(t *testing.T) {
	flat, err := Linear(t.Context(), shop(3000, 200, 1), options())
	if err != nil {
		t.Fatal(err)
	}
	steep, err := Linear(t.Context(), shop(3000, 200, 4), options())
	if err != nil {
		t.Fatal(err)
	}
	if flat.Choice == steep.Choice {
		t.Errorf("both got %+v", flat.Choice)
	}
}

// Without time the first comparison decides.
func TestNoTime(t *testing.T) {
	o := options()
	o.More = func() bool { return false }
	r, err := Linear(t.Context(), shop(3000, 100, 2), o)
	if err != nil || r.Tried != len(startRidges) || r.Scaling != starts[0] {
		t.Errorf("got %+v, %v", r, err)
	}
}

// Few readers say how good the default is, and fewer not even that.
func TestFewReaders(t *testing.T) {
	r, err := Linear(t.Context(), shop(300, 100, 2), options())
	if err != nil || r.Choice != Default() || r.Readers != 150 || r.Quality.NDCG == 0 {
		t.Errorf("300 readers: got %+v, %v", r, err)
	}
	r, err = Linear(t.Context(), shop(50, 100, 2), options())
	if err != nil || r.Choice != Default() || r.Readers != 0 {
		t.Errorf("50 readers: got %+v, %v", r, err)
	}
}

// No step leaves the space of choices, and up and down lead back.
func TestSteps(t *testing.T) {
	for i, step := range steps {
		for _, start := range starts {
			place := at{2, start}
			for range 30 {
				step(&place, false)
			}
			if place.ridge < 0 || place.scaling.Norm < 0 || place.scaling.Prior < 0 {
				t.Errorf("step %d leads down to %+v", i, place)
			}
			for range 60 {
				step(&place, true)
			}
			if place.ridge >= len(ridges) {
				t.Errorf("step %d leads up to %+v", i, place)
			}
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := options()
	o.Progress = func(done, _ int) {
		if done == 50 {
			cancel()
		}
	}
	if _, err := Linear(ctx, shop(500, 100, 2), o); !errors.Is(err, context.Canceled) {
		t.Errorf("while it learns: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	o = options()
	o.More = func() bool { cancel(); return true }
	if _, err := Linear(ctx, shop(3000, 100, 2), o); !errors.Is(err, context.Canceled) {
		t.Errorf("while it compares: %v", err)
	}
}
