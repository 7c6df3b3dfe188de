package popular_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/popular"
)

func TestScores(t *testing.T) {
	// Item 0: 4 today, 4 one half-life ago (2), 4 two ago (1). Item 1: one of the future. Item 3:
	// half a half-life ago, 1/√2.
	events := []popular.Event{
		{Item: 0, Age: 0, Weight: 4},
		{Item: 0, Age: 3, Weight: 4},
		{Item: 1, Age: -0.001, Weight: 1},
		{Item: 3, Age: 1.5, Weight: 1},
		{Item: 0, Age: 6, Weight: 4},
	}
	for _, test := range []struct {
		name     string
		halfLife float64
		want     []float64
	}{
		{"half-life of 3 days", 3, []float64{7, 0, 0, math.Sqrt2 / 2}},
		{"nothing fades", 0, []float64{12, 0, 0, 1}},
		{"nothing fades, either", -1, []float64{12, 0, 0, 1}},
		{"everything fades at once", 1e-9, []float64{4, 0, 0, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := popular.Scores(4, slices.Values(events), test.halfLife)
			if !slices.EqualFunc(got, test.want, near) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if got := popular.Scores(2, slices.Values[[]popular.Event](nil), 3); !slices.Equal(got, []float64{0, 0}) {
		t.Errorf("without events: got %v", got)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

const items = 5

func draw(t *rapid.T) ([]popular.Event, float64) {
	event := rapid.Custom(func(t *rapid.T) popular.Event {
		return popular.Event{
			Item:   rapid.Int32Range(0, items-1).Draw(t, "item"),
			Age:    rapid.Float64Range(-10, 100).Draw(t, "age"),
			Weight: rapid.Float64Range(0, 10).Draw(t, "weight"),
		}
	})
	return rapid.SliceOf(event).Draw(t, "events"), rapid.Float64Range(0.1, 60).Draw(t, "half-life")
}

func TestOrderOfEventsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events, halfLife := draw(t)
		permuted := rapid.Permutation(events).Draw(t, "permuted")
		a, b := popular.Scores(items, slices.Values(events), halfLife), popular.Scores(items, slices.Values(permuted), halfLife)
		if !slices.EqualFunc(a, b, near) {
			t.Fatalf("%v in another order: %v", a, b)
		}
	})
}

// When a half-life has gone by and nothing has happened, each score is half of what it was: so
// yesterday's scores need no events to become today's.
func TestHalvesWithTheHalfLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events, halfLife := draw(t)
		events = slices.DeleteFunc(events, func(e popular.Event) bool { return e.Age < 0 })
		before := popular.Scores(items, slices.Values(events), halfLife)
		for i := range events {
			events[i].Age += halfLife
		}
		for i, after := range popular.Scores(items, slices.Values(events), halfLife) {
			if !near(2*after, before[i]) || after < 0 {
				t.Fatalf("item %d scores %g, and %g a half-life later", i, before[i], after)
			}
		}
	})
}
