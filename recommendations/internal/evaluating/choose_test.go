package evaluating

import (
	"context"
	"errors"
	"slices"
	"testing"

	"bookmarket/recommendations/engine/matrix"
)

// Of candidates that recommend the next item, the one after that, and so on, the search finds the
// one that these readers want, a later stage starts from it, and what is learned at last is
// learned from all there is.
func TestSearch(t *testing.T) {
	const items, wanted = 20, 3
	readers := &matrix.Sparse{Columns: items, Start: []int{0}}
	for reader := range int32(200) {
		first := reader % (items - 3*wanted)
		readers.Column = append(readers.Column, first, first+wanted, first+2*wanted, first+3*wanted)
		readers.Start = append(readers.Start, len(readers.Column))
	}
	var learnedFrom []int
	var continued int
	s := search[int32]{
		stages: []func(int32) []int32{
			func(int32) []int32 { return []int32{1, 2, wanted, 4} },
			func(best int32) []int32 {
				continued = int(best)
				return []int32{5}
			},
		},
		learn: func(_ context.Context, readers *matrix.Sparse, p int32, _ func(done, items int)) (*matrix.Sparse, error) {
			learnedFrom = append(learnedFrom, len(readers.Column))
			return next(items, p), nil
		},
		describe: func(p int32) map[string]float64 { return map[string]float64{"p": float64(p)} },
	}
	var told []int
	got, err := s.run(t.Context(), training{readers: readers, k: 3, seed: 1}, func(done, total int) {
		if total != 6 {
			t.Errorf("there are %d candidates and a fit, want 6", total)
		}
		told = append(told, done)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.parameters["p"] != wanted || continued != wanted {
		t.Errorf("the search chose %v and went on with %d, want %d", got.parameters, continued, wanted)
	}
	// Of four items of each reader one is held out.
	if want := []int{600, 600, 600, 600, 600, 800}; !slices.Equal(learnedFrom, want) {
		t.Errorf("models learned from %v entries, want %v", learnedFrom, want)
	}
	if want := []int{0, 1, 2, 3, 4, 5}; !slices.Equal(told, want) {
		t.Errorf("the progress was %v, want %v", told, want)
	}
	scores := make([]float32, items)
	got.score([]int32{0}, nil, scores)
	if scores[wanted] != 1 {
		t.Errorf("item 0 leads to %v", scores)
	}
}

// next returns the weights by which each item leads to the one p behind it.
func next(items int, p int32) *matrix.Sparse {
	m := &matrix.Sparse{Columns: items, Start: []int{0}}
	for item := range int32(items) { //nolint:gosec // a few
		if item+p < int32(items) { //nolint:gosec // a few
			m.Column, m.Value = append(m.Column, item+p), append(m.Value, 1)
		}
		m.Start = append(m.Start, len(m.Column))
	}
	return m
}

// What goes wrong with a candidate ends the search.
func TestSearchEnds(t *testing.T) {
	broken := errors.New("is broken")
	s := search[int]{
		stages:   []func(int) []int{func(int) []int { return []int{1, 2} }},
		describe: func(int) map[string]float64 { return nil },
	}
	calls := 0
	s.learn = func(context.Context, *matrix.Sparse, int, func(done, items int)) (*matrix.Sparse, error) {
		calls++
		return nil, broken
	}
	readers := &matrix.Sparse{Columns: 2, Start: []int{0, 2}, Column: []int32{0, 1}}
	if _, err := s.run(t.Context(), training{readers: readers, k: 1}, func(int, int) {}); !errors.Is(err, broken) || calls != 1 {
		t.Errorf("after %d candidates the error is %v", calls, err)
	}
}
