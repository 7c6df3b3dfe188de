package web

import (
	"embed"
	"html/template"
)

//go:embed shared pages
var templates embed.FS

var (
	homePage    = parse("home")
	problemPage = parse("problem")
)

// parse returns a page within the layout that all share.
func parse(name string) *template.Template {
	return template.Must(template.ParseFS(templates, "shared/layout.html", "pages/"+name+"/"+name+".html"))
}

// layoutView is what every page shows around its own content.
type layoutView struct {
	Shop    string // the shop's name
	Title   string // the page's
	Version string // of the software
}

func (s *Server) layout(pageTitle string) layoutView {
	return layoutView{Shop: s.title, Title: pageTitle, Version: s.version}
}
