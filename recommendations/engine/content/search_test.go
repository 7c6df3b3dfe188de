package content

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/product"
	"bookmarket/recommendations/engine/trainertest"
)

// shop returns items that all have the category 0, and of which each two have an author, 1 and up.
func shop(items int32) *matrix.Sparse {
	m := &matrix.Sparse{Columns: 1 + int(items+1)/2, Start: []int{0}}
	for i := range items {
		m.Column = append(m.Column, 0, 1+i/2)
		m.Start = append(m.Start, len(m.Column))
	}
	return m
}

// In a category that holds the whole catalogue, twice the items take twice the work, not four
// times: work is counted, since time would tell only on large catalogues and quiet machines.
func TestWorkOfBigCategories(t *testing.T) {
	for _, items := range []int32{rareFeature, rareFeature + 2, 2 * rareFeature} {
		x, err := NewIndex(shop(items))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct{ k, most int }{
			{1, 2},                // the author's other item is all that was asked for
			{10, 2 + rareFeature}, // the category leads to its first items besides
		} {
			if items == rareFeature {
				test.most = 2 + rareFeature // the category is a rare feature yet
			}
			s := x.newSearch()
			row := product.NewRow(test.k)
			for i := range items {
				s.similar(x.vector(i), i, test.k, row)
				if got := row.Take(); len(got) != test.k || got[0].Column != i^1 {
					t.Fatalf("of %d items, those like %d are %v; want %d, the author's other one first", items, i, got, test.k)
				}
			}
			if most := test.most * int(items); s.looked > most {
				t.Errorf("%d items, %d similar ones each: looked at %d items, want %d at most", items, test.k, s.looked, most)
			}
		}
	}
}

// Common features only leave candidates out: whoever is found has the score of an index in which
// every feature is rare, and whoever shares a rare feature is found.
func TestCommonFeaturesCountInFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		features, rare := trainertest.Draw(t), rapid.IntRange(1, 4).Draw(t, "rare")
		exact, err := newIndex(features, features.Rows())
		if err != nil {
			t.Fatal(err)
		}
		bounded, err := newIndex(features, rare)
		if err != nil {
			t.Fatal(err)
		}
		k := features.Rows()
		n := int32(k) //nolint:gosec // few
		for i := range n {
			score := make(map[int32]float32)
			for _, m := range exact.Similar(i, k) {
				score[m.Item] = m.Score
			}
			found := make(map[int32]bool)
			for _, m := range bounded.Similar(i, k) {
				found[m.Item] = true
				if d := m.Score - score[m.Item]; d < -1e-5 || d > 1e-5 {
					t.Fatalf("items %d and %d: %g, want %g", i, m.Item, m.Score, score[m.Item])
				}
			}
			for j := range n {
				shared := slices.ContainsFunc(features.Row(int(j)), func(f int32) bool {
					return bounded.count[f] <= rare && slices.Contains(features.Row(int(i)), f)
				})
				if shared && i != j && !found[j] {
					t.Fatalf("items %d and %d share a rare feature, and %d is not found", i, j, j)
				}
			}
		}
	})
}

// Where rare features lead to too few, the rarest common one leads to its first items.
func TestFirstItemsOfTheRarestCommonFeature(t *testing.T) {
	// Feature 0 is that of items 0 to 4, feature 1 that of items 1 to 3; 2, which is rare, that of
	// items 3 and 4.
	features := &matrix.Sparse{Columns: 3, Start: []int{0, 1, 3, 5, 8, 10}, Column: []int32{0, 0, 1, 0, 1, 0, 1, 2, 0, 2}}
	x, err := newIndex(features, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		item int32
		k    int
		want []int32
	}{
		{0, 3, []int32{1}},       // of feature 0 items 0, itself, and 1
		{3, 1, []int32{4}},       // as many as were asked for share the rare one
		{3, 2, []int32{1, 4}},    // of feature 1 items 1 and 2, which are equal
		{3, 3, []int32{1, 2, 4}}, // and here there is room for both
		{4, 3, []int32{0, 1, 3}}, // of feature 0 items 0 and 1
	} {
		var got []int32
		for _, m := range x.Similar(test.item, test.k) {
			got = append(got, m.Item)
		}
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%d like %d: got %v, want %v", test.k, test.item, got, test.want)
		}
	}
}
