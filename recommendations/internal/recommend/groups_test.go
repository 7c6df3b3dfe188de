package recommend

import (
	"math"
	"slices"
	"testing"
)

func TestGroups(t *testing.T) {
	herbert := []string{"Frank Herbert"}
	groups := Groups([]*Book{
		{ID: 6, Authors: herbert, Series: "Dune", Categories: []Category{NewCategory("Science fiction")}},
		nil,
		{ID: 7, Authors: []string{"FRANK HERBERT ", "Frank Herbert", "Nobody else"}, Series: "Dune", Categories: []Category{NewCategory("Mystery")}},
		{ID: 8, Categories: []Category{NewCategory("Science fiction"), NewCategory("Mystery")}},
	})
	want := []struct {
		items  []int32
		weight float64
	}{
		{[]int32{0, 2}, 2 * math.Pow(2, -0.25)}, // the author
		{[]int32{0, 2}, 2 * math.Pow(2, -0.25)}, // the series
		{[]int32{0, 3}, 5 * math.Pow(2, -0.5)},  // science fiction
		{[]int32{2, 3}, 5 * math.Pow(2, -0.5)},  // mystery
	}
	if len(groups) != len(want) {
		t.Fatalf("got %v", groups)
	}
	for i, g := range groups {
		if !slices.Equal(g.Items, want[i].items) || math.Abs(float64(g.Weight)-want[i].weight) > 1e-6 {
			t.Errorf("group %d is %v, want %v", i, g, want[i])
		}
	}
}
