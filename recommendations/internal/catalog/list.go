package catalog

import (
	"iter"

	"bookmarket/recommendations/internal/recommend"
)

// A Filter says which books are listed: those of a category, named by its slug, by an author
// or of a series, both named in any case and with or without accents. At most one is set; with
// none, all books are listed.
type Filter struct{ Category, Author, Series string }

// List returns the first n books, 1 or more, behind a cursor, or from the beginning with nil.
// A name that nobody has lists no books; where there is no such category, the error is
// [recommend.ErrCategoryNotFound].
func (c *Catalog) List(f Filter, order Order, after *Cursor, n int) (Page, error) {
	var numbers []uint32
	switch {
	case f.Author != "":
		numbers = c.groups.author[fold(f.Author)]
	case f.Series != "":
		numbers = c.groups.series[fold(f.Series)]
	default:
		var err error
		if numbers, err = c.category(f.Category); err != nil {
			return Page{}, err
		}
	}
	if order == Default {
		order = Popularity
		if f.Series != "" {
			order = position
		}
	}
	return c.page(c.places(numbers, order), order, after, n), nil
}

// category returns the numbers of a category's books, or with "" of all, in ascending order.
func (c *Catalog) category(slug string) ([]uint32, error) {
	if slug == "" {
		return c.orders[Popularity].numbers, nil
	}
	group, ok := c.groups.category[slug]
	if !ok {
		return nil, recommend.ErrCategoryNotFound
	}
	return group.numbers, nil
}

// places returns where books stand in an order. In a list all are of one class.
func (c *Catalog) places(numbers []uint32, order Order) iter.Seq[place] {
	ranks := c.orders[order].ranks
	return func(yield func(place) bool) {
		for _, number := range numbers {
			if !yield(placeOf(0, ranks[number])) {
				return
			}
		}
	}
}
