package web

import (
	"cmp"
	"context"
	"html"
	"io"
	"slices"
	"strconv"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

// A shelfView is a heading with books.
type shelfView struct {
	ID      string // of its heading, on its page
	Heading headingView
	More    linkView // to all of them, or none
	Books   []bookView
	Sorry   string // what it says without books; "" where there is nothing to say
}

// A headingView is a heading that may name a book.
type headingView struct {
	Before string
	Book   linkView // or none
	After  string
}

// A text is what templ writes for an expression, by half of its time: a page of books has hundreds.
type text string

// Render writes the text, escaped.
func (t text) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, html.EscapeString(string(t)))
	return err
}

// A linkView is a link; without an address there is none.
type linkView struct{ Address, Text string }

// A bookView is a book on a shelf or in a list.
type bookView struct {
	ID      int64
	Address string
	Title   string
	Author  string
	Why     string // why it is recommended, or ""
	Rating  string // what readers think of it, of five stars, in a list; or ""
	Stars   string // the same in words
	Year    string // of the first publication, in a list; or ""
	Image   string // the shop's own picture of the cover, or ""
}

// book returns how a book looks on a shelf.
func (s *Server) book(book *shop.Book) bookView {
	view := bookView{ID: book.ID, Address: bookAddress(book), Title: book.Title, Author: book.Author()}
	if s.showsImage(book.CoverURL) {
		view.Image = book.CoverURL
	}
	return view
}

func (s *Server) books(books []*shop.Book) []bookView {
	views := make([]bookView, len(books))
	for i, book := range books {
		views[i] = s.book(book)
	}
	return views
}

// picks returns recommended books, each with words for why it is.
func (s *Server) picks(picks []shop.Pick, why func(shop.Reason) string) []bookView {
	views := make([]bookView, len(picks))
	for i, pick := range picks {
		views[i] = s.book(pick.Book)
		views[i].Why = why(pick.Reason)
	}
	return views
}

// shelf returns how a shelf looks, the n-th of its page. For a visitor whose taste is known it is
// theirs.
func (s *Server) shelf(l *locales.Language, shelf shop.Shelf, n int, known bool) shelfView {
	// Slugs are the catalogue's, and any of them may be the id of something else here.
	view := shelfView{ID: "shelf-" + strconv.Itoa(n)}
	switch shelf.Kind {
	case shop.ForYou:
		view.Heading.Before = l.Text("for_you")
	case shop.PopularNow:
		view.Heading.Before = l.Text("popular_now")
	case shop.TrendingNow:
		view.Heading.Before = l.Text("trending")
	case shop.LikeLiked:
		view.Heading = around(shelf.Like)(l.Around("because_liked"))
	case shop.LikeViewed:
		view.Heading = around(shelf.Like)(l.Around("because_viewed"))
	case shop.OfCategory:
		view.Heading.Before = l.Shelf(shelf.Category.Slug, shelf.Category.Name)
		if shelf.Source != shop.Nowhere {
			view.More = linkView{
				Address: categoryAddress(shelf.Category.Slug),
				Text:    l.Fill("shelf_more", "Category", l.Category(shelf.Category.Slug, shelf.Category.Name)),
			}
		}
	}
	otherwise := ""
	switch {
	case shelf.Source == shop.Remembered:
		otherwise = l.Text("why_popular") // nothing else is remembered
	case known && shelf.Kind != shop.PopularNow && shelf.Kind != shop.TrendingNow:
		otherwise = l.Text("why_taste")
	}
	view.Books = s.picks(shelf.Picks, func(reason shop.Reason) string { return cmp.Or(why(l, reason, nil), otherwise) })
	if len(view.Books) == 0 {
		view.Sorry = l.Text("shelf_empty")
	}
	return view
}

// around puts a book into a heading.
func around(book *shop.Book) func(before, after string) headingView {
	return func(before, after string) headingView {
		return headingView{Before: before, Book: linkView{Address: bookAddress(book), Text: book.Title}, After: after}
	}
}

// why says why a book is recommended, on the page of the book like, if it is one. It is "" where
// the reason names no book, or none that could be had.
func why(l *locales.Language, reason shop.Reason, like *shop.Book) string {
	isLike := func(book *shop.Book) bool { return like != nil && book.ID == like.ID }
	because := slices.DeleteFunc(slices.Clone(reason.Because), isLike)
	ofLike := len(because) < len(reason.Because)
	switch {
	case reason.Kind == shop.Popular:
		return l.Text("why_popular")
	case reason.Kind == shop.Trending:
		return l.Text("why_trending")
	case reason.Kind == shop.SimilarContent && ofLike:
		return l.Text("why_alike")
	case ofLike:
		return l.Text("why_readers")
	case len(because) == 0 && like != nil:
		return l.Text("why_alike") // its shelf says as much
	case len(because) == 0:
		return ""
	}
	first, second := because[0].Title, ""
	if len(because) > 1 {
		second = because[1].Title
	}
	switch {
	case reason.Kind == shop.SimilarContent:
		return l.Fill("why_similar", "Title", first)
	case reason.Kind == shop.BecauseYouLiked && second != "":
		return l.Fill("why_liked_two", "Title", first, "Other", second)
	case reason.Kind == shop.BecauseYouLiked:
		return l.Fill("why_liked", "Title", first)
	case second != "":
		return l.Fill("why_viewed_two", "Title", first, "Other", second)
	}
	return l.Fill("why_viewed", "Title", first)
}
