package catalog_test

import (
	"slices"
	"testing"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
)

// shelf has a few books, the less popular the later.
func shelf() []recommend.Book {
	books := []recommend.Book{
		{ID: 1, Title: "Harry Potter and the Sorcerer's Stone", OriginalTitle: "Harry Potter and the Philosopher's Stone", Authors: []string{"J.K. Rowling", "Mary GrandPré"}, Series: "Harry Potter"},
		{ID: 2, Title: "The Hobbit", Authors: []string{"J.R.R. Tolkien"}, Series: "Middle-earth", Categories: categories("Fantasy")},
		{ID: 3, Title: "Children of Dune", Authors: []string{"Frank Herbert"}, Series: "Dune"},
		{ID: 4, Title: "Dune", Authors: []string{"Frank Herbert"}, ISBN13: "9780441172719", Series: "Dune", Categories: categories("Science Fiction")},
		{ID: 5, Title: "The Dunes", Authors: []string{"Somebody Else"}},
		{ID: 6, Title: "Misery", Authors: []string{"Stephen King"}},
		{ID: 7, Title: "The Once and Future King", Authors: []string{"T.H. White", "Stephen Smith"}},
		{ID: 8, Title: "Kingdom", Authors: []string{"Nobody Known"}},
		{ID: 9, Title: "Les Misérables", Authors: []string{"Victor Hugo"}, ISBN13: "9780804429573"},
		{ID: 10, Title: "Pride & Prejudice", Authors: []string{"Jane Austen"}},
		{ID: 11, Title: "Catch-22", Authors: []string{"Joseph Heller"}},
		{ID: 12, Title: "It", Authors: []string{"Stephen King"}},
		{ID: 13, Title: "Die Straße", Authors: []string{"Łukasz Žižek"}, OriginalTitle: "The Road"},
		{ID: 14, Title: "The Road", Authors: []string{"Cormac McCarthy"}},
		{ID: 15, Title: "On the Road", Authors: []string{"Jack Kerouac"}},
		{ID: 16, Title: "Ender's Game", Authors: []string{"Orson Scott Card"}, Series: "Ender’s Saga"},
		{ID: 17, Title: "Speaker for the Dead", Authors: []string{"Orson Scott Card"}, Series: "Ender’s Saga"},
		{ID: 18, Title: "Наука и жизнь", Authors: []string{"Андрей Ёлкин"}},
		{ID: 19, Title: "10000 Leagues"},
	}
	for i := range books {
		books[i].RatingsCount = int64(1000 - i)
	}
	return books
}

func TestSearch(t *testing.T) {
	c := catalog.New(shelf(), nil, 1)
	tests := map[string]struct {
		query string
		want  []int64
	}{
		"exact title, then title, then beginning": {"dune", []int64{4, 3, 5}},
		"with an article":                         {"the dune", []int64{5}},
		"title without its article":               {"hobbit", []int64{2}},
		"title before author":                     {"king", []int64{7, 6, 12, 8}},
		"author before all over the book":         {"stephen king", []int64{6, 12, 7}},
		"series":                                  {"enders saga", []int64{16, 17}},
		"title before series":                     {"ender", []int64{16, 17}},
		"exact before original, then others":      {"road", []int64{14, 13, 15}},
		"original title":                          {"philosopher's stone", []int64{1}},
		"second author":                           {"grandpre", []int64{1}},
		"words of several fields":                 {"tolkien hobbit", []int64{2}},
		"any order":                               {"stone potter", []int64{1}},
		"all words are wanted":                    {"dune tolkien", nil},
		"case":                                    {"LES MISÉRABLES", []int64{9}},
		"accents":                                 {"les miserables", []int64{9}},
		"letters without decomposition":           {"strasse lukasz zizek", []int64{13}},
		"other letters":                           {"наука елкин", []int64{18}},
		"apostrophes":                             {"ender’s", []int64{16, 17}},
		"initials":                                {"jrr tolkien", []int64{2}},
		"initials apart":                          {"j. r. r. tolkien", []int64{2}}, //nolint:dupword // his name
		"the sign for and":                        {"pride and prejudice", []int64{10}},
		"and by its sign":                         {"once & future", []int64{7}},
		"a hyphen":                                {"catch 22", []int64{11}},
		"a beginning while typing":                {"har", []int64{1}},
		"a letter":                                {"h", []int64{7, 1, 2, 3, 4, 9, 11}},
		"a beginning and a space":                 {"har ", []int64{1}},
		"only the last word may be a beginning":   {"har pott", nil},
		"a word twice":                            {"the the", []int64{1, 2, 5, 7, 13, 14, 15, 17}}, //nolint:dupword // that is the case
		"a letter is missing":                     {"hary potter", []int64{1}},
		"a letter too many":                       {"harrry potter", []int64{1}},
		"a wrong letter":                          {"hobbot", []int64{2}},
		"a wrong first letter":                    {"jobbit", []int64{2}},
		"two letters exchanged":                   {"hobibt", []int64{2}},
		"the last letter is missing":              {"hobbi tolkien", []int64{2}},
		"an error while typing":                   {"prejid", []int64{10}},
		"an error in each word":                   {"prids prejudce", []int64{10}},
		"two errors in a word":                    {"hubbet", nil},
		"four letters forgive nothing":            {"dine", nil},
		"four letters that may be five":           {"hary", []int64{1}},
		"five letters that should be four":        {"duune", []int64{3, 4, 5}},
		"digits forgive nothing":                  {"10001", nil},
		"ISBN-13":                                 {"9780441172719", []int64{4}},
		"ISBN-13 with hyphens":                    {"978-0-441-17271-9", []int64{4}},
		"ISBN-13 with spaces":                     {" 978 0441 172719", []int64{4}},
		"ISBN-13 and words":                       {"frank 978-0441172719", []int64{4}},
		"ISBN-13 and another book's word":         {"tolkien 978-0441172719", nil},
		"ISBN-10":                                 {"0441172717", []int64{4}},
		"ISBN-10 with hyphens":                    {"0-441-17271-7", []int64{4}},
		"ISBN-10 that ends with X":                {"080442957x", []int64{9}},
		"ISBN-10 with a wrong check digit":        {"0441172718", nil},
		"the beginning of an ISBN":                {"978-0-441", []int64{4}},
		"too few digits of one":                   {"978-04", nil},
		"the beginning of an ISBN, then a word":   {"9780441 dune", nil},
		"an ISBN that no book has":                {"9780000000002", nil},
		"nothing":                                 {"", nil},
		"neither letters nor digits":              {" ?! & — ", nil},
		"not even text":                           {"\xff\x00", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			page, err := c.Search(tt.query, "", catalog.Default, nil, 20)
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(page.Books); !slices.Equal(got, tt.want) || page.Total != len(tt.want) || page.Next != nil {
				t.Errorf("search %q: %v of %d, next %v; want all of %v", tt.query, got, page.Total, page.Next, tt.want)
			}
		})
	}
}

func TestSearchInACategory(t *testing.T) {
	c := catalog.New(shelf(), nil, 1)
	for category, want := range map[string][]int64{"fantasy": {}, "science-fiction": {4}} {
		page, err := c.Search("dune", category, catalog.Default, nil, 20)
		if err != nil || !slices.Equal(ids(page.Books), want) || page.Total != len(want) {
			t.Errorf("in %s: %v of %d (%v), want %v", category, ids(page.Books), page.Total, err, want)
		}
	}
}

func TestSearchInAnotherOrder(t *testing.T) {
	c := catalog.New(shelf(), nil, 1)
	for order, want := range map[catalog.Order][]int64{
		catalog.Popularity: {3, 4, 5},
		catalog.Title:      {3, 4, 5},
		catalog.Default:    {4, 3, 5},
	} {
		page, err := c.Search("dune", "", order, nil, 20)
		if err != nil || !slices.Equal(ids(page.Books), want) {
			t.Errorf("order %d: %v (%v), want %v", order, ids(page.Books), err, want)
		}
	}
}
