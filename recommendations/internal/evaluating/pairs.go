package evaluating

import (
	"cmp"
	"slices"

	"bookmarket/recommendations/internal/dataset"
)

// Pairs are who has what, by ascending user and, of one user, by ascending item.
type pairs []dataset.Interaction

func compare(a, b dataset.Interaction) int {
	return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.ItemID, b.ItemID))
}

// newPairs returns the rows of a file as pairs: those with at least this rating, and those without
// any, since who took a book without saying a word has it. Of several rows of a pair one that
// counts is enough.
func newPairs(rows []dataset.Interaction, minRating int) pairs {
	rows = slices.DeleteFunc(rows, func(i dataset.Interaction) bool { return i.Rating != 0 && i.Rating < minRating })
	slices.SortFunc(rows, compare)
	return slices.CompactFunc(rows, func(a, b dataset.Interaction) bool { return compare(a, b) == 0 })
}

// busy returns the pairs of users with at least this many.
func (p pairs) busy(least int) pairs {
	kept := p[:0]
	for first := 0; first < len(p); {
		end := first
		for end < len(p) && p[end].UserID == p[first].UserID {
			end++
		}
		if end-first >= least {
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
