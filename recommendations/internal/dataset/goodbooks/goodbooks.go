// Package goodbooks knows the files of goodbooks-10k by Zygmunt Zając and their quirks, for
// whoever reads them.
package goodbooks

import "slices"

// books are columns of books.csv that no other shop's file has together.
var books = []string{"book_id", "work_id", "original_publication_year", "work_text_reviews_count"}

// IsBooks reports whether a file with this header is goodbooks-10k's books.csv.
func IsBooks(header []string) bool {
	return !slices.ContainsFunc(books, func(name string) bool { return !slices.Contains(header, name) })
}

// IsRatings reports whether a file with this header is goodbooks-10k's ratings.csv: the order of
// the columns is all that tells it from a shop's own file, in which the reader comes first.
func IsRatings(header []string) bool {
	return slices.Equal(header, []string{"book_id", "user_id", "rating"})
}

// firstID is what the ids of all books but the tutorial's begin behind.
const firstID = 10_000

// A tutorialBook is one of the tutorial's, which keeps the tutorial's id and title.
type tutorialBook struct {
	id    int64
	title string
}

// tutorial are the tutorial's books by goodbooks-10k's ids.
var tutorial = map[int64]tutorialBook{
	1598: {1, "The Maltese Falcon"},
	672:  {2, "Murder on the Orient Express"},
	618:  {3, "The Hound of the Baskervilles"},
	54:   {4, "The Hitchhiker's Guide to the Galaxy"},
	70:   {5, "Ender's Game"},
	126:  {6, "The Dune Chronicles"},
	247:  {7, "The 7 Habits of Highly Effective People"},
	260:  {8, "How to Win Friends and Influence People"},
	472:  {9, "Man's Search for Meaning"},
}

// BookID returns our id of the book that has an id in goodbooks-10k.
func BookID(goodbooksID int64) int64 {
	if book, ok := tutorial[goodbooksID]; ok {
		return book.id
	}
	return firstID + goodbooksID
}
