package catalog

import (
	"cmp"
	"slices"
	"strings"

	"bookmarket/recommendations/internal/recommend"
)

// groups are the books that belong together.
type groups struct {
	categories []CategoryCount
	category   map[string]*category // by slug
	author     map[string][]uint32  // numbers by folded name
	series     map[string][]uint32  // likewise
}

// A category is its books by popularity, in both of the forms that are asked for.
type category struct {
	name    recommend.Category // as the book with the lowest id has it
	named   int64              // that book's id
	numbers []uint32
	books   []*recommend.Book
}

// CategoryCount is a category and how many books it has.
type CategoryCount struct {
	recommend.Category

	Books int
}

// newGroups groups books that come by number, so that each group is by number too.
func newGroups(books []*recommend.Book) groups {
	g := groups{
		category: make(map[string]*category),
		author:   make(map[string][]uint32),
		series:   make(map[string][]uint32),
	}
	for i, book := range books {
		number := uint32(i)
		for _, name := range book.Categories {
			g.categorize(book, number, name)
		}
		for _, name := range book.Authors {
			name = fold(name)
			g.author[name] = appendOnce(g.author[name], number)
		}
		if name := fold(book.Series); name != "" {
			g.series[name] = append(g.series[name], number)
		}
	}
	for _, group := range g.category {
		g.categories = append(g.categories, CategoryCount{group.name, len(group.books)})
	}
	slices.SortFunc(g.categories, func(a, b CategoryCount) int {
		return cmp.Or(cmp.Compare(b.Books, a.Books), cmp.Compare(a.Slug, b.Slug))
	})
	return g
}

func (g *groups) categorize(book *recommend.Book, number uint32, name recommend.Category) {
	group := g.category[name.Slug]
	if group == nil {
		group = &category{name: name, named: book.ID}
		g.category[name.Slug] = group
	}
	if book.ID < group.named {
		group.name, group.named = name, book.ID
	}
	before := len(group.numbers)
	if group.numbers = appendOnce(group.numbers, number); len(group.numbers) > before {
		group.books = append(group.books, book)
	}
}

// appendOnce appends a number unless it is the last already: a book may name an author, or a
// category in two spellings, twice.
func appendOnce(numbers []uint32, number uint32) []uint32 {
	if len(numbers) > 0 && numbers[len(numbers)-1] == number {
		return numbers
	}
	return append(numbers, number)
}

// fold returns a name in the form in which names are compared.
func fold(name string) string { return strings.TrimSpace(recommend.Fold(name)) }

// Categories returns the categories by number of books, the largest first, then by slug.
func (c *Catalog) Categories() []CategoryCount { return c.groups.categories }

// HasCategory reports whether a category has books.
func (c *Catalog) HasCategory(slug string) bool { return c.groups.category[slug] != nil }

// Popular returns all books of a category, or with "" all books, by popularity. Its error is
// [recommend.ErrCategoryNotFound].
func (c *Catalog) Popular(slug string) ([]*recommend.Book, error) {
	if slug == "" {
		return c.books, nil
	}
	group, ok := c.groups.category[slug]
	if !ok {
		return nil, recommend.ErrCategoryNotFound
	}
	return group.books, nil
}
