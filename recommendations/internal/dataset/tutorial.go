// Package dataset provides the books that a store is filled with.
package dataset

import "bookmarket/recommendations/internal/recommend"

// Tutorial returns the nine books of the tutorial that the project starts from (see NOTICE),
// under its ids and titles.
func Tutorial() []recommend.Book {
	return []recommend.Book{
		{ID: 1, Title: "The Maltese Falcon", Category: recommend.Mystery},
		{ID: 2, Title: "Murder on the Orient Express", Category: recommend.Mystery},
		{ID: 3, Title: "The Hound of the Baskervilles", Category: recommend.Mystery},
		{ID: 4, Title: "The Hitchhiker's Guide to the Galaxy", Category: recommend.ScienceFiction},
		{ID: 5, Title: "Ender's Game", Category: recommend.ScienceFiction},
		{ID: 6, Title: "The Dune Chronicles", Category: recommend.ScienceFiction},
		{ID: 7, Title: "The 7 Habits of Highly Effective People", Category: recommend.SelfHelp},
		{ID: 8, Title: "How to Win Friends and Influence People", Category: recommend.SelfHelp},
		{ID: 9, Title: "Man's Search for Meaning", Category: recommend.SelfHelp},
	}
}
