package web

import (
	"context"
	"iter"

	"bookmarket/marketplace/internal/shop"
)

// A Shop is what the pages show; [shop.Shop] is one. What visitors see of its failures is in
// what it returns; its errors are [shop.ErrNotFound] and [shop.ErrBadPage], and of what a reader
// does any other means that it may not have been kept.
type Shop interface {
	Home(ctx context.Context, v shop.Visitor) shop.Home
	Book(ctx context.Context, v shop.Visitor, id int64) (shop.BookPage, error)
	Categories(ctx context.Context) shop.Listing // Categories alone
	Category(ctx context.Context, q shop.ListQuery) (shop.Listing, error)
	Author(ctx context.Context, q shop.ListQuery) (shop.Listing, error) // ErrNotFound: nobody has that author
	Search(ctx context.Context, q shop.SearchQuery) (shop.Listing, error)
	MyBooks(ctx context.Context, v shop.Visitor) shop.MyBooks
	Trending(ctx context.Context) shop.Shelf              // for the feed
	All(ctx context.Context) iter.Seq2[*shop.Book, error] // every book, for the sitemap; beyond the time of a page

	Saw(v shop.Visitor, book int64) // in the background; nothing of somebody anonymous
	Rate(ctx context.Context, reader, book int64, rating int) error
	Want(ctx context.Context, reader, book int64) error
	WaveAway(ctx context.Context, reader, book int64) error
	Undo(ctx context.Context, reader, book int64, kind shop.EventKind) error // of all its events of the book
	Events(ctx context.Context, reader int64) iter.Seq2[shop.Event, error]   // all that is kept, for the download; beyond the time of a page
	Forget(ctx context.Context, reader int64) error
}
