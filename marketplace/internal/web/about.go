package web

import "net/http"

type aboutView struct{ layoutView }

// about says how books are recommended, and what the shop is made of.
func (s *Server) about(w http.ResponseWriter, r *http.Request) error {
	l := languageOf(r)
	view := aboutView{s.layout(w, r, l.Text("about_shop"))}
	view.Place = atAbout
	view.Head.Canonical = "/about"
	view.Head.Description = l.Text("about_description")
	return render(w, http.StatusOK, l, aboutPage(view))
}
