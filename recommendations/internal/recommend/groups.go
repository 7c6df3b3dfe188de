package recommend

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"bookmarket/recommendations/engine/linear"
)

// What books have in common, and how much that says where n of them have it: weight·n^power
// (docs/quality.md says how these were found).
const (
	authorWeight, authorPower     = 1, 0     // the first author
	seriesWeight, seriesPower     = 1, -0.25 // also of two that follow each other
	categoryWeight, categoryPower = 3, -0.5
)

// Groups returns what the books of items have in common: the author, the series, a place beside
// each other in it, and categories, in the order in which they come up. An item of which nothing
// is known is nil.
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
		if len(book.Authors) > 0 {
			add("author", book.Authors[0], item, authorWeight, authorPower)
		}
		if book.Series != "" {
			add("series", book.Series, item, seriesWeight, seriesPower)
		}
		for _, category := range book.Categories {
			add("category", category.Slug, item, categoryWeight, categoryPower)
		}
	}
	list = append(list, neighbours(items)...)
	return slices.DeleteFunc(list, func(g linear.Group) bool { return len(g.Items) < 2 })
}

// neighbours returns the pairs of items that follow each other in a series.
func neighbours(items []*Book) (pairs []linear.Group) {
	series := make(map[string][]int32)
	for item, book := range items {
		if book != nil && book.Series != "" && book.SeriesPosition != nil {
			name := Fold(book.Series)
			series[name] = append(series[name], int32(item))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(series)) {
		list := series[name]
		slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(*items[a].SeriesPosition, *items[b].SeriesPosition) })
		for i, item := range list[1:] {
			pair := []int32{min(list[i], item), max(list[i], item)}
			pairs = append(pairs, linear.Group{Items: pair, Weight: float32(seriesWeight * math.Pow(2, seriesPower))})
		}
	}
	return pairs
}
