package evaluating

import (
	"context"
	"slices"

	"bookmarket/recommendations/engine/eval"
)

// A part is some of the measured readers.
type part struct {
	name        string
	places      []int // in the list of measured readers
	least, most int   // items that they are known to have
}

// parts returns the third of the readers who are known to have the fewest items, that with the
// most, and those who were folded in, if any. Equally many items keep readers in one part, so
// that thirds may be uneven.
func (d *data) parts(readers []int32) []part {
	sizes := make([]int, len(readers))
	for i, reader := range readers {
		sizes[i] = len(d.histories.Row(int(reader)))
	}
	sorted := slices.Sorted(slices.Values(sizes))
	few, many := sorted[len(sorted)/3], sorted[len(sorted)*2/3]
	all := []part{
		newPart("light", sizes, func(place int) bool { return sizes[place] <= few }),
		newPart("heavy", sizes, func(place int) bool { return sizes[place] >= max(many, few+1) }),
		newPart("folded in", sizes, func(place int) bool { return d.foldedIn[readers[place]] }),
	}
	return slices.DeleteFunc(all, func(p part) bool { return len(p.places) == 0 })
}

func newPart(name string, sizes []int, want func(place int) bool) part {
	p := part{name: name}
	for place, size := range sizes {
		if !want(place) {
			continue
		}
		if len(p.places) == 0 {
			p.least = size
		}
		p.places = append(p.places, place)
		p.least, p.most = min(p.least, size), max(p.most, size)
	}
	return p
}

// measure returns what the accuracies of a part of the readers are.
func (p part) measure(ctx context.Context, all []eval.Accuracy, seed uint64) (Group, error) {
	some := make([]eval.Accuracy, len(p.places))
	for i, place := range p.places {
		some[i] = all[place]
	}
	b, err := eval.Resample(ctx, columns(some), bootstrapDraws, seed)
	if err != nil {
		return Group{}, err
	}
	return Group{Name: p.name, Users: len(some), Least: p.least, Most: p.most, Scores: scores(eval.Mean(some), b, 0)}, nil
}
