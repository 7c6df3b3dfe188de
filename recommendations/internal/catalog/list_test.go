package catalog_test

import (
	"slices"
	"testing"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
)

func TestList(t *testing.T) {
	at := func(position float64) *float64 { return &position }
	c := catalog.New([]recommend.Book{
		{ID: 1, Title: "“Zoo”", Authors: []string{"Émile Zola"}, RatingsCount: 5, AverageRating: 4, Year: 1900, Categories: categories("Art")},
		{ID: 2, Title: "élan", Authors: []string{"Ann Lee", "Emile  Zola"}, RatingsCount: 9, AverageRating: 4, Year: -50, Categories: categories("Art")},
		{ID: 3, Title: "Delta", Authors: []string{"ann lee", "Ann Lee"}, RatingsCount: 5, AverageRating: 5, Series: "Letters", SeriesPosition: at(2)},
		{ID: 4, Title: "Eland", Authors: []string{"émile zola "}, RatingsCount: 1, AverageRating: 4, Year: 1900, Series: " letters", SeriesPosition: at(0)},
		{ID: 5, Title: "Foxtrot", RatingsCount: 8, Series: "Letters"},
		{ID: 6, Title: "Epsilon", RatingsCount: 3, Year: 2001, Series: "LETTERS", SeriesPosition: at(1.5)},
		{ID: 7, Title: "!?", Year: 2001},
	}, nil, 1)
	tests := map[string]struct {
		filter catalog.Filter
		order  catalog.Order
		want   []int64
	}{
		"all":                              {catalog.Filter{}, catalog.Default, []int64{2, 5, 1, 3, 6, 4, 7}},
		"by popularity":                    {catalog.Filter{}, catalog.Popularity, []int64{2, 5, 1, 3, 6, 4, 7}},
		"by rating, then number of them":   {catalog.Filter{}, catalog.Rating, []int64{3, 2, 1, 4, 5, 6, 7}},
		"by year, BCE before none":         {catalog.Filter{}, catalog.Year, []int64{6, 7, 1, 4, 2, 3, 5}},
		"by title, folded":                 {catalog.Filter{}, catalog.Title, []int64{7, 3, 2, 4, 6, 5, 1}},
		"a category":                       {catalog.Filter{Category: "art"}, catalog.Default, []int64{2, 1}},
		"a category by title":              {catalog.Filter{Category: "art"}, catalog.Title, []int64{2, 1}},
		"an author":                        {catalog.Filter{Author: "EMILE ZOLA"}, catalog.Default, []int64{1, 4}},
		"any of the authors, once":         {catalog.Filter{Author: " ann lee "}, catalog.Default, []int64{2, 3}},
		"nobody":                           {catalog.Filter{Author: "Zola"}, catalog.Default, []int64{}},
		"an author of spaces":              {catalog.Filter{Author: " "}, catalog.Default, []int64{}},
		"a series by position, none last":  {catalog.Filter{Series: "letters"}, catalog.Default, []int64{4, 6, 3, 5}},
		"a series by popularity":           {catalog.Filter{Series: "letters"}, catalog.Popularity, []int64{5, 3, 6, 4}},
		"a series that there is not":       {catalog.Filter{Series: "letter"}, catalog.Default, []int64{}},
		"books without a series have none": {catalog.Filter{Series: "\t"}, catalog.Default, []int64{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			page, err := c.List(tt.filter, tt.order, nil, 10)
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(page.Books); !slices.Equal(got, tt.want) || page.Total != len(tt.want) || page.Next != nil {
				t.Errorf("%v of %d, next %v; want all of %v", got, page.Total, page.Next, tt.want)
			}
		})
	}
}
