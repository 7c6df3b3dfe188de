// Package dataset reads the files that a store is filled from, and holds the tutorial's books.
package dataset

import "bookmarket/recommendations/internal/recommend"

// Tutorial returns the nine books of the tutorial that the project starts from (see NOTICE),
// under its ids and titles.
func Tutorial() []recommend.Book {
	var books []recommend.Book
	for _, shelf := range []struct {
		category string
		titles   []string
	}{
		{"Mystery", []string{"The Maltese Falcon", "Murder on the Orient Express", "The Hound of the Baskervilles"}},
		{"Science fiction", []string{"The Hitchhiker's Guide to the Galaxy", "Ender's Game", "The Dune Chronicles"}},
		{"Self-help", []string{"The 7 Habits of Highly Effective People", "How to Win Friends and Influence People", "Man's Search for Meaning"}},
	} {
		for _, title := range shelf.titles {
			books = append(books, recommend.Book{
				ID:         int64(len(books) + 1),
				Title:      title,
				Categories: []recommend.Category{recommend.NewCategory(shelf.category)},
			})
		}
	}
	return books
}
