package rpc

import (
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/recommend"
)

// detailed returns everything that is known of a book.
func detailed(b *recommend.Book) *bookmarketv1.Book {
	book := listed(b)
	book.Description = b.Description
	return book
}

// listed returns a book as it stands in lists: without its description, so that a hundred of
// the largest fit in a message.
func listed(b *recommend.Book) *bookmarketv1.Book {
	book := &bookmarketv1.Book{
		Id:              b.ID,
		Title:           b.Title,
		OriginalTitle:   b.OriginalTitle,
		Authors:         b.Authors,
		PublicationYear: int32(b.Year), //nolint:gosec // Validate bounds it
		Isbn13:          b.ISBN13,
		Language:        b.Language,
		Series:          b.Series,
		SeriesPosition:  b.SeriesPosition,
		AverageRating:   b.AverageRating,
		RatingsCount:    b.RatingsCount,
		CoverUrl:        b.CoverURL,
	}
	if len(b.Categories) > 0 {
		book.Categories = make([]string, len(b.Categories))
		for i, category := range b.Categories {
			book.Categories[i] = category.Slug
		}
	}
	if b.Price != (recommend.Money{}) {
		book.Price = &bookmarketv1.Money{CurrencyCode: b.Price.Currency, Units: b.Price.Units, Nanos: b.Price.Nanos}
	}
	return book
}

func listedAll(books []*recommend.Book) []*bookmarketv1.Book {
	list := make([]*bookmarketv1.Book, len(books))
	for i, book := range books {
		list[i] = listed(book)
	}
	return list
}
