package main

import (
	"bookmarket/recommendations/internal/config"
	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/training"
)

// otherRatings returns the ratings that are learned from beside the shop's own: those that came
// with the bundled books.
func otherRatings(cfg *config.Config) training.Ratings {
	if cfg.Catalog != "bundled" {
		return nil
	}
	return bundledRatings
}

// bundledRatings calls do with the ratings of those books that are the bundled ones. A shop that
// brought its own may have others by the same ids, of which these ratings say nothing.
func bundledRatings(books []*recommend.Book, do func(recommend.Activity)) error {
	came, err := bundled.Books()
	if err != nil {
		return err
	}
	titles := make(map[int64]string, len(came))
	for i := range came {
		titles[came[i].ID] = came[i].Title
	}
	same := make(map[int64]struct{}, len(titles))
	for _, book := range books {
		if title, ok := titles[book.ID]; ok && title == book.Title {
			same[book.ID] = struct{}{}
		}
	}
	ratings, err := bundled.Ratings()
	if err != nil {
		return err
	}
	for rating := range ratings {
		if _, ok := same[rating.BookID]; ok {
			do(recommend.Activity{UserID: int64(rating.Reader), BookID: rating.BookID, Kind: recommend.Rating, Rating: int(rating.Rating)})
		}
	}
	return nil
}
