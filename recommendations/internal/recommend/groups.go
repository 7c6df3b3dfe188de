package recommend

import (
	"math"
	"slices"
	"strings"

	"bookmarket/recommendations/engine/linear"
)

// What books have in common, and how much that says where n of them have it: weight·n^power
// (docs/quality.md says how these were found).
const (
	nameWeight, namePower         = 2, -0.25 // an author or a series
	categoryWeight, categoryPower = 5, -0.5
)

// Groups returns what the books of items have in common: authors, series and categories, in the
// order in which they come up. An item of which nothing is known is nil.
func Groups(items []*Book) []linear.Group {
	var list []linear.Group
	number := make(map[string]int)
	add := func(kind, name string, item int, weight, power float64) {
		key := kind + " " + strings.TrimSpace(Fold(name))
		at, ok := number[key]
		if !ok {
			at = len(list)
			number[key] = at
			list = append(list, linear.Group{})
		}
		g := &list[at]
		if n := len(g.Items); n > 0 && int(g.Items[n-1]) == item {
			return // named twice
		}
		g.Items = append(g.Items, int32(item)) //nolint:gosec // items fit int32
		g.Weight = float32(weight * math.Pow(float64(len(g.Items)), power))
	}
	for item, book := range items {
		if book == nil {
			continue
		}
		for _, author := range book.Authors {
			add("author", author, item, nameWeight, namePower)
		}
		if book.Series != "" {
			add("series", book.Series, item, nameWeight, namePower)
		}
		for _, category := range book.Categories {
			add("category", category.Slug, item, categoryWeight, categoryPower)
		}
	}
	return slices.DeleteFunc(list, func(g linear.Group) bool { return len(g.Items) < 2 })
}
