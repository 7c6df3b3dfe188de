package catalog_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
)

func ids(books []*recommend.Book) []int64 {
	list := make([]int64, 0, len(books))
	for _, book := range books {
		list = append(list, book.ID)
	}
	return list
}

func categories(names ...string) (list []recommend.Category) {
	for _, name := range names {
		list = append(list, recommend.NewCategory(name))
	}
	return list
}

func TestBooksAreFoundByID(t *testing.T) {
	c := catalog.New([]recommend.Book{{ID: 7, Title: "Dune"}, {ID: 3, Title: "Emma"}}, nil, 12)
	if c.Revision() != 12 || c.Len() != 2 {
		t.Errorf("revision %d with %d books, want 12 with 2", c.Revision(), c.Len())
	}
	if book, ok := c.Book(7); !ok || book.Title != "Dune" {
		t.Errorf("book 7 is %v (%v), want Dune", book, ok)
	}
	if _, ok := c.Book(8); ok || c.Popularity(8) != 0 {
		t.Error("book 8 exists")
	}
}

func TestReadersRateBooksWithoutRatings(t *testing.T) {
	stats := recommend.BookStats{Readers: 5, Ratings: 4, RatingSum: 14}
	tests := map[string]struct {
		book              recommend.Book
		stats             recommend.BookStats
		count, popularity int64
		average           float64
	}{
		"the file's ratings stay":           {recommend.Book{RatingsCount: 100, AverageRating: 4.5}, stats, 100, 105, 4.5},
		"the readers' ratings":              {recommend.Book{}, stats, 4, 5, 3.5},
		"only the count is known":           {recommend.Book{RatingsCount: 100}, stats, 100, 105, 3.5},
		"only the average is known":         {recommend.Book{AverageRating: 4.5}, stats, 4, 5, 4.5},
		"nobody rated it":                   {recommend.Book{}, recommend.BookStats{Readers: 2}, 0, 2, 0},
		"nobody read it":                    {recommend.Book{}, recommend.BookStats{}, 0, 0, 0},
		"more readers than numbers can say": {recommend.Book{RatingsCount: math.MaxInt64}, stats, math.MaxInt64, math.MaxInt64, 3.5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.book.ID, tt.book.Title = 1, "Dune"
			c := catalog.New([]recommend.Book{tt.book}, map[int64]recommend.BookStats{1: tt.stats}, 1)
			book, _ := c.Book(1)
			if book.RatingsCount != tt.count || book.AverageRating != tt.average || c.Popularity(1) != tt.popularity {
				t.Errorf("%d ratings of %v, popularity %d; want %d of %v, %d",
					book.RatingsCount, book.AverageRating, c.Popularity(1), tt.count, tt.average, tt.popularity)
			}
		})
	}
}

func TestCategories(t *testing.T) {
	c := catalog.New([]recommend.Book{
		{ID: 4, Title: "A", Categories: categories("science fiction", "Crime")},
		{ID: 2, Title: "B", Categories: categories("Science Fiction", "Science-Fiction")},
		{ID: 3, Title: "C", Categories: categories("SCIENCE FICTION", "Art"), RatingsCount: 1},
		{ID: 1, Title: "D"},
	}, nil, 1)
	want := []catalog.CategoryCount{
		{Category: recommend.NewCategory("Science Fiction"), Books: 3},
		{Category: recommend.NewCategory("Art"), Books: 1},
		{Category: recommend.NewCategory("Crime"), Books: 1},
	}
	if got := c.Categories(); !slices.Equal(got, want) {
		t.Errorf("categories %v, want %v", got, want)
	}
	if !c.HasCategory("crime") || c.HasCategory("") || c.HasCategory("romance") {
		t.Error("crime is a category; no name and romance are none")
	}
	for slug, want := range map[string][]int64{"": {3, 1, 2, 4}, "science-fiction": {3, 2, 4}, "crime": {4}} {
		if got, err := c.Popular(slug); err != nil || !slices.Equal(ids(got), want) {
			t.Errorf("popular in %q: %v (%v), want %v", slug, ids(got), err, want)
		}
	}
}

func TestAbsentCategoryIsAnError(t *testing.T) {
	c := catalog.New([]recommend.Book{{ID: 1, Title: "Dune"}}, nil, 1)
	_, popular := c.Popular("crime")
	_, list := c.List(catalog.Filter{Category: "crime"}, catalog.Default, nil, 1)
	_, search := c.Search("dune", "crime", catalog.Default, nil, 1)
	_, nothing := c.Search("?", "crime", catalog.Default, nil, 1)
	for _, err := range []error{popular, list, search, nothing} {
		if !errors.Is(err, recommend.ErrCategoryNotFound) {
			t.Errorf("error %v, want %v", err, recommend.ErrCategoryNotFound)
		}
	}
}

func TestEmptyCatalogue(t *testing.T) {
	c := catalog.New(nil, nil, 0)
	list, err := c.List(catalog.Filter{}, catalog.Title, &catalog.Cursor{ID: 1}, 10)
	found, errSearch := c.Search("dune 9780441172719", "", catalog.Default, nil, 10)
	for _, page := range []catalog.Page{list, found} {
		if page.Total != 0 || page.Next != nil || len(page.Books) != 0 {
			t.Errorf("page %+v, want none", page)
		}
	}
	if books, errPopular := c.Popular(""); err != nil || errSearch != nil || errPopular != nil || len(books) != 0 || len(c.Categories()) != 0 {
		t.Errorf("%d books, %d categories, errors %v, %v, %v", len(books), len(c.Categories()), err, errSearch, errPopular)
	}
}

// Searches share memory; the race detector sees what they must not share.
func TestSearchesRunAtOnce(t *testing.T) {
	c := catalog.New(shelf(), nil, 1)
	asked := []string{"the", "tolkien", "harry pottr", "d", "9780441172719", "?"}
	want := make([]catalog.Page, len(asked))
	for i, query := range asked {
		want[i], _ = c.Search(query, "", catalog.Default, nil, 3)
	}
	var searches sync.WaitGroup
	for i := range 8 {
		searches.Go(func() {
			for j := range 200 {
				k := (i + j) % len(asked)
				got, err := c.Search(asked[k], "", catalog.Default, nil, 3)
				if err != nil || !reflect.DeepEqual(got, want[k]) {
					t.Errorf("search %q: %v (%v), want %v", asked[k], ids(got.Books), err, ids(want[k].Books))
					return
				}
			}
		})
	}
	searches.Wait()
}
