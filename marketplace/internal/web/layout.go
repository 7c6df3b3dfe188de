package web

import (
	"net/http"
	"strconv"
	"time"

	"bookmarket/marketplace/internal/web/assets"
	"bookmarket/marketplace/internal/web/locales"
)

// layoutView is what every page shows around its own content.
type layoutView struct {
	Language *locales.Language
	Shop     string // the shop's name
	Title    string // the page's
	Address  string // the page's, to return to
	Origin   string // what absolute addresses begin with, or ""
	Place    place  // where in the shop this is
	Query    string // what is in the search field
	Head     headView
	Notice   string // what the visitor did just now, or ""
	Version  string // of the software
	Files    *assets.Files
	Logo     logoView
}

// A place is a part of the shop that its navigation leads to, "" for all others.
type place string

// Places of the navigation.
const (
	atHome       place = "home"
	atCategories place = "categories"
	atMyBooks    place = "my-books"
	atAbout      place = "about"
	atPrivacy    place = "privacy"
)

func (s *Server) layout(w http.ResponseWriter, r *http.Request, pageTitle string) layoutView {
	l := languageOf(r)
	view := layoutView{Language: l, Shop: s.title, Title: pageTitle, Address: addressOf(r), Origin: s.originOf(r), Version: s.version, Files: s.files, Logo: s.logo}
	if notice := s.visitors.TakeNotice(w, r); notice != "" {
		view.Notice = l.Text("notice." + notice)
	}
	return view
}

// documentTitle is what a browser's tab says.
func (l layoutView) documentTitle() string {
	if l.Place == atHome || l.Title == "" {
		return l.Shop
	}
	return l.Title + " · " + l.Shop
}

// machineDay is a day as programs read it.
func machineDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
