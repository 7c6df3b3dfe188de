package main

import (
	"testing"

	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/recommend"
)

// Ratings that came with the bundled books say nothing of a shop's own books with their ids.
func TestBundledRatings(t *testing.T) {
	came, err := bundled.Books()
	if err != nil {
		t.Fatal(err)
	}
	rated := make(map[int64]int)
	books := []*recommend.Book{&came[20], {ID: came[21].ID, Title: "A book of our own"}}
	err = bundledRatings(books, func(event recommend.Activity) { rated[event.BookID]++ })
	if err != nil || len(rated) != 1 || rated[came[20].ID] == 0 {
		t.Errorf("got ratings of %v, %v; want some of book %d alone", rated, err, came[20].ID)
	}
}
