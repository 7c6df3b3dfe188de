package browser

import "net/http"

// A page is an address of the shop that every test of pages visits.
type page struct {
	name   string
	path   string
	status int  // 200, if 0
	reader bool // as somebody sees it who has rated, wanted and refused books
}

// pages are all kinds of pages, with the catalogue that the program brings along. A new kind of page
// is a line here.
var pages = []page{
	{name: "home", path: "/"},
	{name: "home-of-a-reader", path: "/", reader: true},
	{name: "book", path: "/books/6-the-dune-chronicles"},
	{name: "book-of-a-reader", path: "/books/6-the-dune-chronicles", reader: true},
	{name: "categories", path: "/categories"},
	{name: "category", path: "/categories/science-fiction"},
	{name: "author", path: "/authors/J.R.R.%20Tolkien"},
	{name: "search", path: "/search?q=dune"},
	{name: "search-nothing-found", path: "/search?q=xqzzyvw"},
	{name: "search-empty", path: "/search"},
	{name: "my-books", path: "/my-books", reader: true},
	{name: "my-books-empty", path: "/my-books"},
	{name: "privacy", path: "/privacy", reader: true},
	{name: "about", path: "/about"},
	{name: "not-found", path: "/no/such/page", status: http.StatusNotFound},
}

func (p page) wantStatus() int {
	if p.status == 0 {
		return http.StatusOK
	}
	return p.status
}
