package web

import (
	"net/http"

	"bookmarket/marketplace/internal/web/assets"
	"bookmarket/marketplace/internal/web/locales"
)

// layoutView is what every page shows around its own content.
type layoutView struct {
	Language *locales.Language
	Shop     string // the shop's name
	Title    string // the page's
	Address  string // the page's, to return to
	Version  string // of the software
	Files    *assets.Files
}

func (s *Server) layout(r *http.Request, pageTitle string) layoutView {
	return layoutView{Language: languageOf(r), Shop: s.title, Title: pageTitle, Address: addressOf(r), Version: s.version, Files: s.files}
}
