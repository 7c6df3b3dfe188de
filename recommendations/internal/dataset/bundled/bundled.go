// Package bundled holds the catalogue that the service comes with: books and ratings of
// goodbooks-10k (see LICENSE.md in this folder), as the program in prepare has written them.
package bundled

import (
	_ "embed" // the files below
	"fmt"
	"iter"

	"bookmarket/recommendations/internal/dataset/bundled/codec"
	"bookmarket/recommendations/internal/recommend"
)

//go:embed books.jsonl.zst
var books []byte

//go:embed ratings.zst
var ratings []byte

// A Rating is how a reader of goodbooks-10k rated a book. Its readers are nobody's users: the
// ratings are for learning what goes together, and no store holds them.
type Rating = codec.Rating

// Books returns the books by ascending id.
func Books() ([]recommend.Book, error) {
	list, err := codec.DecodeBooks(books)
	if err != nil {
		return nil, fmt.Errorf("the bundled books: %w", err)
	}
	return list, nil
}

// Ratings returns the ratings by reader, and those of a reader by ascending id of the book.
func Ratings() (iter.Seq[Rating], error) {
	seq, err := codec.DecodeRatings(ratings)
	if err != nil {
		return nil, fmt.Errorf("the bundled ratings: %w", err)
	}
	return seq, nil
}
