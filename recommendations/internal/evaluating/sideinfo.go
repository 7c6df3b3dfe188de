package evaluating

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/internal/recommend"
)

// newGroups returns what the items have in common by their books: an author, a series, a
// category. A group of n items says as much of each pair as a reader of n items would, or for
// categories, which are large, as three readers of more.
func newGroups(books []recommend.Book, items []int64) []linear.Group {
	type feature struct{ kind, name string }
	members := make(map[feature][]int32)
	for _, book := range books {
		item, found := slices.BinarySearch(items, book.ID)
		if !found {
			continue
		}
		add := func(kind, name string) {
			f := feature{kind, name}
			members[f] = append(members[f], int32(item)) //nolint:gosec // items fit int32
		}
		for _, author := range book.Authors {
			add("author", author)
		}
		if book.Series != "" {
			add("series", book.Series)
		}
		for _, category := range book.Categories {
			add("category", category.Slug)
		}
	}
	features := slices.SortedFunc(maps.Keys(members), func(a, b feature) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	})
	var groups []linear.Group
	for _, f := range features {
		list := members[f]
		slices.Sort(list)
		list = slices.Compact(list)
		if len(list) < 2 {
			continue
		}
		weight := math.Pow(float64(len(list)), -0.25)
		if f.kind == "category" {
			weight = 3 * math.Pow(float64(len(list)), -0.5)
		}
		groups = append(groups, linear.Group{Items: list, Weight: float32(weight)})
	}
	return groups
}
