package catalog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"

	"pgregory.net/rapid"
)

// A question is a list or a search, with everything but the page.
type question struct {
	query  string // "": a list
	filter catalog.Filter
	order  catalog.Order
}

func (q question) ask(c *catalog.Catalog, after *catalog.Cursor, n int) (catalog.Page, error) {
	if q.query != "" {
		return c.Search(q.query, q.filter.Category, q.order, after, n)
	}
	return c.List(q.filter, q.order, after, n)
}

func questions(books []recommend.Book) *rapid.Generator[question] {
	return rapid.Custom(func(t *rapid.T) question {
		q := question{order: rapid.SampledFrom([]catalog.Order{
			catalog.Default, catalog.Popularity, catalog.Rating, catalog.Year, catalog.Title,
		}).Draw(t, "order")}
		of := rapid.SampledFrom(books).Draw(t, "of")
		switch rapid.SampledFrom([]string{"search", "all", "category", "author", "series"}).Draw(t, "kind") {
		case "search":
			q.query = texts(1, 2).Draw(t, "query")
		case "category":
			q.filter.Category = "art"
		case "author":
			if len(of.Authors) > 0 {
				q.filter.Author = of.Authors[0]
			}
		case "series":
			q.filter.Series = of.Series
		}
		return q
	})
}

// artBooks are random books with at least one in the category that questions name.
func artBooks(most int) *rapid.Generator[[]recommend.Book] {
	return rapid.Map(randomBooks(1, most), func(books []recommend.Book) []recommend.Book {
		books[0].Categories = categories("Art")
		for i := range books {
			if i%3 > 0 {
				position := float64(i % 4)
				books[i].SeriesPosition = &position
			}
		}
		return books
	})
}

// kept returns a cursor as a page token brings it back.
func kept(cursor *catalog.Cursor) (*catalog.Cursor, error) {
	text, err := json.Marshal(cursor)
	if err != nil {
		return nil, err
	}
	var back catalog.Cursor
	if err := json.Unmarshal(text, &back); err != nil {
		return nil, err
	}
	return &back, nil
}

// pages returns the books of all pages, each of which comes from the next of the catalogues.
func pages(q question, n int, catalogues ...*catalog.Catalog) (found []int64, err error) {
	var after *catalog.Cursor
	for i := range 100 {
		page, err := q.ask(catalogues[i%len(catalogues)], after, n)
		if err != nil {
			return nil, err
		}
		if len(page.Books) > n || page.Next != nil && len(page.Books) < n {
			return nil, fmt.Errorf("a page of %d books, want %d", len(page.Books), n)
		}
		found = append(found, ids(page.Books)...)
		if page.Next == nil {
			return found, nil
		}
		if after, err = kept(page.Next); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the pages have no end")
}

func TestPagesMakeTheWholeList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		books := artBooks(20).Draw(t, "catalogue")
		q := questions(books).Draw(t, "question")
		c := catalog.New(books, nil, 1)
		whole, err := q.ask(c, nil, 100)
		if err != nil || whole.Next != nil || whole.Total != len(whole.Books) {
			t.Fatalf("%d books of %d, next %v (%v)", len(whole.Books), whole.Total, whole.Next, err)
		}
		n := rapid.IntRange(1, 7).Draw(t, "page size")
		got, err := pages(q, n, c)
		if err != nil || !slices.Equal(got, ids(whole.Books)) {
			t.Fatalf("pages of %d: %v (%v), want %v", n, got, err, ids(whole.Books))
		}
	})
}

// Books that stay are on exactly one page, whatever becomes of all others meanwhile.
func TestPagesOutliveTheirCatalogue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stay := artBooks(10).Draw(t, "books that stay")
		q := questions(stay).Draw(t, "question")
		var catalogues []*catalog.Catalog
		for i := range rapid.IntRange(2, 3).Draw(t, "catalogues") {
			others := artBooks(10).Draw(t, "other books")
			for j := range others {
				others[j].ID = 2*(others[j].ID+int64(5*i)) - 1 // odd, and some of them in all
			}
			for j := range stay {
				stay[j].ID = int64(2 * (j + 1))
			}
			catalogues = append(catalogues, catalog.New(append(slices.Clone(stay), others...), nil, int64(i)))
		}
		whole, err := q.ask(catalog.New(slices.Clone(stay), nil, 1), nil, 100)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pages(q, rapid.IntRange(1, 4).Draw(t, "page size"), catalogues...)
		if err != nil {
			t.Fatal(err)
		}
		got = slices.DeleteFunc(got, func(id int64) bool { return id%2 == 1 })
		if !slices.Equal(got, ids(whole.Books)) {
			t.Fatalf("of the books that stay %v, want %v", got, ids(whole.Books))
		}
	})
}

func TestLongTitlesFitIntoCursors(t *testing.T) {
	var books []recommend.Book
	for id := range int64(6) {
		// One letter that Unicode decomposes to 18.
		books = append(books, recommend.Book{ID: 6 - id, Title: longest("ﷺ", recommend.MaxTitle)})
	}
	c := catalog.New(books, nil, 1)
	page, err := c.List(catalog.Filter{}, catalog.Title, nil, 4)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(page.Next)
	if err != nil || len(text) > 300 {
		t.Errorf("a cursor of %d bytes (%v), want 300 at most", len(text), err)
	}
	got, err := pages(question{order: catalog.Title}, 4, c)
	if want := []int64{1, 2, 3, 4, 5, 6}; err != nil || !slices.Equal(got, want) {
		t.Errorf("pages %v (%v), want %v", got, err, want)
	}
}

func longest(letter string, bytes int) (text string) {
	for len(text)+len(letter) <= bytes {
		text += letter
	}
	return text
}

// Whoever makes up a cursor gets a page or none, never a failure.
func TestMadeUpCursors(t *testing.T) {
	c := catalog.New(shelf(), nil, 1)
	rapid.Check(t, func(t *rapid.T) {
		after := rapid.Make[catalog.Cursor]().Draw(t, "cursor")
		q := questions(shelf()).Filter(func(q question) bool { return q.filter.Category == "" }).Draw(t, "question")
		page, err := q.ask(c, &after, 5)
		if err != nil || len(page.Books) > min(5, page.Total) {
			t.Fatalf("%d books of %d (%v)", len(page.Books), page.Total, err)
		}
	})
}
