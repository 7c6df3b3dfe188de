package bundled_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/recommend"
)

var update = flag.Bool("update", false, "write the golden file anew")

// The golden file is for reading: a reader of it must find nothing odd.
func TestCategories(t *testing.T) {
	byName := make(map[string][]recommend.Book)
	for _, book := range books(t) {
		for _, category := range book.Categories {
			byName[category.Name] = append(byName[category.Name], book)
		}
	}
	if len(byName) < 10 || len(byName) > 35 {
		t.Errorf("%d categories, want 10 to 35", len(byName))
	}
	var got strings.Builder
	got.WriteString("The ten most read books of each category.\n")
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		list := byName[name]
		slices.SortFunc(list, func(a, b recommend.Book) int { return cmp.Compare(b.RatingsCount, a.RatingsCount) })
		fmt.Fprintf(&got, "\n%s (%d books)\n", name, len(list))
		for _, book := range list[:10] {
			fmt.Fprintf(&got, "  %s, %s\n", book.Title, book.Authors[0])
		}
	}
	const golden = "testdata/categories.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the categories are not those of %s: run with -update, then read the difference\n%s", golden, got.String())
	}
}
