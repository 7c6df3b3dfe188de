package main

import (
	"slices"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	c := newClassifier([]category{
		{name: "Broad", broad: true, need: 1, shelves: "a b c d"},
		{name: "Two", need: 2, shelves: "a b c", against: "x y"},
		{name: "One", need: 1, shelves: "a b"},
		{name: "By hand", books: []int64{7}},
	})
	for _, test := range []struct {
		name    string
		id      int64
		shelves string
		want    string
	}{
		{"enough names", 1, "b c", "Two, One, Broad"},
		{"too few names", 1, "c", "Broad"},
		{"one name against outweighs one for it", 1, "b c x", "One, Broad"},
		{"more names against", 1, "b c x y", "One, Broad"},
		{"a need met twice over comes before one met once", 1, "a b", "One, Two, Broad"},
		{"by hand before all", 7, "a b", "By hand, One, Two, Broad"},
		{"by hand without a shelf", 7, "", "By hand"},
		{"no shelf that counts", 1, "z", ""},
	} {
		var got []string
		for _, category := range c.classify(test.id, strings.Fields(test.shelves)) {
			got = append(got, category.Name)
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: got %v, want %s", test.name, got, test.want)
		}
	}
}

func TestCheckFindsNamesOfNoShelf(t *testing.T) {
	c := newClassifier([]category{{name: "Fantasy", need: 1, shelves: "fantasy", against: "spcae"}})
	if err := c.check(map[int64][]string{1: {"fantasy", "space"}}); err == nil || !strings.Contains(err.Error(), `"spcae" of Fantasy`) {
		t.Errorf("error %v, want one that names spcae", err)
	}
	if err := c.check(map[int64][]string{1: {"fantasy"}, 2: {"spcae"}}); err != nil {
		t.Error(err)
	}
}

// One shelf's name is weak evidence: a category needs at least three.
func TestCategoriesNeedEvidence(t *testing.T) {
	var names []string
	for _, category := range categories {
		names = append(names, category.name)
		shelves := strings.Fields(category.shelves)
		if len(category.books) == 0 && (category.need < 3 || category.need > len(shelves)) {
			t.Errorf("%s needs %d of %d shelves, want 3 or more", category.name, category.need, len(shelves))
		}
		for i, name := range shelves {
			if slices.Contains(shelves[:i], name) || slices.Contains(strings.Fields(category.against), name) {
				t.Errorf("%s has the shelf %s twice", category.name, name)
			}
		}
	}
	slices.Sort(names)
	if unique := slices.Compact(slices.Clone(names)); len(unique) != len(names) || len(names) < 10 || len(names) > 35 {
		t.Errorf("%d categories with %d names, want 10 to 35", len(names), len(unique))
	}
}
