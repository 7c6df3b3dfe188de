package evaluating

import (
	"cmp"
	"slices"

	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/recommend"
)

// Pairs are who has what, by ascending user and, of one user, by ascending item.
type pairs []dataset.Interaction

func compare(a, b dataset.Interaction) int {
	return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.ItemID, b.ItemID))
}

// isLiked reports whether a row counts: one with at least this rating, and one without any, since
// who took a book without saying a word has it.
func isLiked(i dataset.Interaction, minRating int) bool {
	return i.Rating == 0 || i.Rating >= minRating
}

// newPairs returns the rows of a file as pairs: those that are liked, or with low ratings all. Of
// several rows of a pair one that is liked is enough.
func newPairs(rows []dataset.Interaction, minRating int, lowRatings bool) pairs {
	if !lowRatings {
		rows = slices.DeleteFunc(rows, func(i dataset.Interaction) bool { return !isLiked(i, minRating) })
	}
	slices.SortFunc(rows, func(a, b dataset.Interaction) int {
		if c := compare(a, b); c != 0 || isLiked(a, minRating) == isLiked(b, minRating) {
			return cmp.Or(c, cmp.Compare(b.Rating, a.Rating))
		}
		if isLiked(a, minRating) {
			return -1
		}
		return 1
	})
	return slices.CompactFunc(rows, func(a, b dataset.Interaction) bool { return compare(a, b) == 0 })
}

// weights returns how much each pair was liked, as the service has it: nil where all count alike.
func (p pairs) weights(minRating int) (weights []float32) {
	if !slices.ContainsFunc(p, func(i dataset.Interaction) bool { return !isLiked(i, minRating) }) {
		return nil
	}
	for _, pair := range p {
		if isLiked(pair, minRating) {
			weights = append(weights, 1)
			continue
		}
		rating := recommend.Activity{Kind: recommend.Rating, Rating: pair.Rating}
		weights = append(weights, min(rating.Liked(), 0.5))
	}
	return weights
}

// busy returns the pairs of users who like at least this many.
func (p pairs) busy(least, minRating int) pairs {
	kept := p[:0]
	for first := 0; first < len(p); {
		end, liked := first, 0
		for ; end < len(p) && p[end].UserID == p[first].UserID; end++ {
			if isLiked(p[end], minRating) {
				liked++
			}
		}
		if liked >= least {
			kept = append(kept, p[first:end]...)
		}
		first = end
	}
	return kept
}

// without returns the pairs that others do not have.
func (p pairs) without(others pairs) pairs {
	return slices.DeleteFunc(p, func(i dataset.Interaction) bool {
		_, found := slices.BinarySearchFunc(others, i, compare)
		return found
	})
}
