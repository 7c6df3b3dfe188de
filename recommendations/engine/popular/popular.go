// Package popular scores items by what all readers did, the more the later: what to recommend to
// a reader of whom nothing is known, and what is trending.
//
//	score(i) = Σ_{events e of i} w_e · 0.5^(age_e / half-life)
//
// It is the number of readers with a memory that fades: an event counts half as much after each
// half-life, so an item that gains the same every day levels off instead of growing for ever, and
// the past may be forgotten in steps (R. G. Brown, Statistical Forecasting for Inventory Control,
// 1959: exponential smoothing). Items do not touch each other's scores, so the popular items of a
// category are those of the same scores that are in the category.
package popular

import (
	"iter"
	"math"
)

// An Event is something that a reader did with an item, or several readers did at the same time.
type Event struct {
	Item   int32
	Age    float64 // how long ago, in the unit of the half-life; below 0 lies the future
	Weight float64 // what it tells of interest in the item, times the number of readers
}

// Scores returns the scores of items 0 up to items, in the order of their numbers; that of an
// item without events is 0. Events that lie in the future are ignored: nobody knows yet how they
// should count. With a half-life of 0 or less nothing fades. Events must be of these items.
func Scores(items int, events iter.Seq[Event], halfLife float64) []float64 {
	scores := make([]float64, items)
	for e := range events {
		if e.Age < 0 {
			continue
		}
		weight := e.Weight
		if halfLife > 0 {
			weight *= math.Exp2(-e.Age / halfLife)
		}
		scores[e.Item] += weight
	}
	return scores
}
