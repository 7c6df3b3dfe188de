package web

import (
	"net/http"

	"bookmarket/marketplace/internal/shop"
)

type homeView struct {
	layoutView
	Hint    bool // say how the page becomes the visitor's own
	Shelves []shelfView
	Stale   int // how many shelves show remembered books
}

// home shows what a visitor may like.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	visitor := s.visitors.Of(w, r)
	layout := s.layout(w, r, s.title)
	view := s.newHomeView(layout, s.shop.Home(r.Context(), visitor), visitor.Known())
	return render(w, http.StatusOK, view.Language, homePage(view))
}

func (s *Server) newHomeView(layout layoutView, home shop.Home, known bool) homeView {
	layout.Place = atHome
	layout.Head = headView{Description: layout.Language.Text("home_description"), Canonical: "/"}
	view := homeView{layoutView: layout, Hint: !known}
	for i, shelf := range home.Shelves {
		if shelf.Source == shop.Remembered {
			view.Stale++
		}
		view.Shelves = append(view.Shelves, s.shelf(view.Language, shelf, i+1, known))
	}
	return view
}
