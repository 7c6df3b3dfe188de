package recommend

import (
	"math"
	"slices"
	"testing"
)

func TestGroups(t *testing.T) {
	first, second, third := 1.0, 2.0, 3.0
	groups := Groups([]*Book{
		{ID: 6, Authors: []string{"Frank Herbert"}, Series: "Dune", SeriesPosition: &second, Categories: []Category{NewCategory("Science fiction")}},
		nil,
		{ID: 7, Authors: []string{"FRANK HERBERT ", "Nobody else"}, Series: "Dune", SeriesPosition: &first, Categories: []Category{NewCategory("Mystery"), NewCategory("Mystery")}},
		{ID: 8, Authors: []string{"Nobody else"}, Series: "dune", SeriesPosition: &third, Categories: []Category{NewCategory("Science fiction"), NewCategory("Mystery")}},
	})
	want := []struct {
		items  []int32
		weight float64
	}{
		{[]int32{0, 2}, 1},                     // the author
		{[]int32{0, 2, 3}, math.Pow(3, -0.25)}, // the series
		{[]int32{0, 3}, 3 * math.Pow(2, -0.5)}, // science fiction
		{[]int32{2, 3}, 3 * math.Pow(2, -0.5)}, // mystery
		{[]int32{0, 2}, math.Pow(2, -0.25)},    // 1 and 2 of the series
		{[]int32{0, 3}, math.Pow(2, -0.25)},    // 2 and 3
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
