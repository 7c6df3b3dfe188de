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
	{name: "not-found", path: "/no/such/page", status: http.StatusNotFound},
}

func (p page) wantStatus() int {
	if p.status == 0 {
		return http.StatusOK
	}
	return p.status
}
