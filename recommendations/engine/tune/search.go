package tune

import (
	"math"

	"bookmarket/recommendations/engine/linear"
)

var (
	ridges = []float64{40, 70, 120, 200, 350, 600}
	// Where the search starts: these ridges, with each of the scalings.
	startRidges = []int{2, 4}
	starts      = []linear.Scaling{
		{Power: power},
		{Power: power, Source: -0.1, Target: -0.1, Norm: 0.3},
		{Power: power, Source: -0.1, Target: -0.3},
		{Power: power, Source: -0.2, Prior: 0.02},
		{Power: power, Source: -0.1, Norm: 0.1, Prior: 0.005},
	}
	// How far a step goes up or down.
	steps = []func(place *at, up bool){
		func(place *at, up bool) {
			if up {
				place.ridge = min(place.ridge+1, len(ridges)-1)
			} else {
				place.ridge = max(place.ridge-1, 0)
			}
		},
		func(place *at, up bool) { place.scaling.Norm = max(0, tenth(place.scaling.Norm, up)) },
		func(place *at, up bool) { place.scaling.Source = tenth(place.scaling.Source, up) },
		func(place *at, up bool) { place.scaling.Target = tenth(place.scaling.Target, up) },
		func(place *at, up bool) { place.scaling.Prior = factor(place.scaling.Prior, up) },
	}
)

// maxRounds is how often all steps are tried at most.
const maxRounds = 2

func tenth(value float64, up bool) float64 {
	if up {
		return math.Round(10*value+1) / 10
	}
	return math.Round(10*value-1) / 10
}

const (
	priorStep  = 1.6
	leastPrior = 0.003
)

// factor returns a prior that is larger or smaller, 0 below the least.
func factor(prior float64, up bool) float64 {
	switch {
	case up:
		return max(prior*priorStep, leastPrior)
	case prior/priorStep < leastPrior:
		return 0
	default:
		return prior / priorStep
	}
}

// search returns the best place that it finds in its time.
func (t *tuner) search() at {
	c := climber{tuner: t, score: math.Inf(-1)}
	for i, start := range starts {
		for _, ridge := range startRidges {
			if i == 0 || t.more() {
				c.moveTo(at{ridge, start})
			}
		}
	}
	for range maxRounds {
		before := c.best
		for _, step := range steps {
			if !c.walk(step, true) {
				c.walk(step, false) // the other way would lead back
			}
		}
		if c.best == before {
			break
		}
	}
	return c.best
}

// A climber stands at the best place so far.
type climber struct {
	*tuner

	best  at
	score float64
}

// moveTo goes to a place that is better, and reports whether it is.
func (c *climber) moveTo(place at) bool {
	score := c.tuner.score(place)
	if c.err != nil || score <= c.score {
		return false
	}
	c.best, c.score = place, score
	return true
}

// walk takes steps one way for as long as they lead up, and reports whether one did.
func (c *climber) walk(step func(place *at, up bool), up bool) (moved bool) {
	for c.err == nil && c.more() {
		next := c.best
		step(&next, up)
		if next == c.best || !c.moveTo(next) {
			break
		}
		moved = true
	}
	return moved
}
