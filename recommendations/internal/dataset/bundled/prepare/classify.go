package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"bookmarket/recommendations/internal/recommend"
)

// A category is a part of the catalogue, and which books belong there: those whose shelves
// have at least so many more names that count for it than names that count against it.
type category struct {
	name    string
	need    int
	shelves string // names that count for it, with spaces between them
	against string // names that count against it
	broad   bool   // it says so little that it stands behind a book's other categories
	books   []int64
}

// A vote is what a shelf's name says about one of the categories.
type vote struct{ category, weight int }

// A classifier finds the categories of books.
type classifier struct {
	categories []category
	votes      map[string][]vote // by a shelf's name
}

func newClassifier(categories []category) *classifier {
	c := &classifier{categories, make(map[string][]vote)}
	for i, category := range categories {
		for name := range strings.FieldsSeq(category.shelves) {
			c.votes[name] = append(c.votes[name], vote{i, 1})
		}
		for name := range strings.FieldsSeq(category.against) {
			c.votes[name] = append(c.votes[name], vote{i, -1})
		}
	}
	return c
}

// classify returns the categories of the book with an id in goodbooks-10k that stands on these
// shelves, the most fitting first.
func (c *classifier) classify(id int64, shelves []string) []recommend.Category {
	scores := make([]int, len(c.categories))
	for _, name := range shelves {
		for _, v := range c.votes[name] {
			scores[v.category] += v.weight
		}
	}
	// A category fits by how many times over its need is met, and where the book is named by
	// hand beyond comparison.
	fit := make([]float64, len(c.categories))
	var fitting []int
	for i, category := range c.categories {
		switch {
		case slices.Contains(category.books, id):
			fit[i] = math.Inf(1)
		case category.need > 0:
			fit[i] = float64(scores[i]) / float64(category.need)
		}
		if fit[i] >= 1 {
			fitting = append(fitting, i)
		}
	}
	slices.SortStableFunc(fitting, func(i, j int) int {
		if broad := c.categories[i].broad; broad != c.categories[j].broad {
			if broad {
				return 1
			}
			return -1
		}
		return cmp.Compare(fit[j], fit[i])
	})
	var found []recommend.Category
	for _, i := range fitting {
		found = append(found, recommend.NewCategory(c.categories[i].name))
	}
	return found
}

// check returns an error where a list has a name that no shelf has: it would never count.
func (c *classifier) check(shelves map[int64][]string) error {
	known := make(map[string]bool)
	for _, names := range shelves {
		for _, name := range names {
			known[name] = true
		}
	}
	for name, votes := range c.votes {
		if !known[name] {
			return fmt.Errorf("categories.go: no book is on the shelf %q of %s", name, c.categories[votes[0].category].name)
		}
	}
	return nil
}
