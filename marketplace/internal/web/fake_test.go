package web_test

import (
	"context"
	"iter"
	"sync"
	"testing"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
)

// fakeShop answers with what it is given, whoever asks, and notes what readers do.
type fakeShop struct {
	home     shop.Home
	book     shop.BookPage
	listing  shop.Listing
	mine     shop.MyBooks
	trending shop.Shelf
	all      []*shop.Book
	events   []shop.Event
	err      error // of pages
	actErr   error // of what readers do
	panics   any

	mu     sync.Mutex
	asked  []any        // the queries of lists and the visitors of pages
	did    []shop.Event // without ids and times
	undid  []shop.Event
	saw    []shop.Event
	forgot []int64
}

func (s *fakeShop) ask(what any) {
	if s.panics != nil {
		panic(s.panics)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, what)
}

func (s *fakeShop) Home(_ context.Context, v shop.Visitor) shop.Home {
	s.ask(v)
	return s.home
}

func (s *fakeShop) Book(_ context.Context, v shop.Visitor, _ int64) (shop.BookPage, error) {
	s.ask(v)
	return s.book, s.err
}

func (s *fakeShop) Categories(context.Context) shop.Listing { return s.listing }

func (s *fakeShop) Category(_ context.Context, q shop.ListQuery) (shop.Listing, error) {
	s.ask(q)
	return s.listing, s.err
}

func (s *fakeShop) Author(_ context.Context, q shop.ListQuery) (shop.Listing, error) {
	s.ask(q)
	return s.listing, s.err
}

func (s *fakeShop) Search(_ context.Context, q shop.SearchQuery) (shop.Listing, error) {
	s.ask(q)
	return s.listing, s.err
}

func (s *fakeShop) MyBooks(_ context.Context, v shop.Visitor) shop.MyBooks {
	s.ask(v)
	return s.mine
}

func (s *fakeShop) Trending(context.Context) shop.Shelf { return s.trending }

func (s *fakeShop) All(context.Context) iter.Seq2[*shop.Book, error] {
	return func(yield func(*shop.Book, error) bool) {
		for _, book := range s.all {
			if !yield(book, nil) {
				return
			}
		}
		if s.err != nil {
			yield(nil, s.err)
		}
	}
}

func (s *fakeShop) note(list *[]shop.Event, event shop.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*list = append(*list, event)
}

func (s *fakeShop) Saw(v shop.Visitor, book int64) {
	s.note(&s.saw, shop.Event{Reader: v.Reader, Book: book, Kind: shop.Viewed})
}

func (s *fakeShop) Rate(_ context.Context, reader, book int64, rating int) error {
	s.note(&s.did, shop.Event{Reader: reader, Book: book, Kind: shop.Rated, Rating: rating})
	return s.actErr
}

func (s *fakeShop) Want(_ context.Context, reader, book int64) error {
	s.note(&s.did, shop.Event{Reader: reader, Book: book, Kind: shop.Wanted})
	return s.actErr
}

func (s *fakeShop) WaveAway(_ context.Context, reader, book int64) error {
	s.note(&s.did, shop.Event{Reader: reader, Book: book, Kind: shop.NotInterested})
	return s.actErr
}

func (s *fakeShop) Undo(_ context.Context, reader, book int64, kind shop.EventKind) error {
	s.note(&s.undid, shop.Event{Reader: reader, Book: book, Kind: kind})
	return s.actErr
}

func (s *fakeShop) Events(context.Context, int64) iter.Seq2[shop.Event, error] {
	return func(yield func(shop.Event, error) bool) {
		for _, event := range s.events {
			if !yield(event, nil) {
				return
			}
		}
		if s.actErr != nil {
			yield(shop.Event{}, s.actErr)
		}
	}
}

func (s *fakeShop) Forget(_ context.Context, reader int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgot = append(s.forgot, reader)
	return s.actErr
}

// storefront returns the pages of a shop; change may change what they are made of.
func storefront(t testing.TB, s web.Shop, change ...func(*web.Options)) *web.Server {
	t.Helper()
	o := web.Options{Shop: s}
	for _, f := range change {
		f(&o)
	}
	return storefrontWith(o)
}
