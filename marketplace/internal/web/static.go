package web

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed static
var staticFS embed.FS

// staticFiles returns the files of all pages by name.
func staticFiles() map[string][]byte {
	byName := make(map[string][]byte)
	names, err := fs.Glob(staticFS, "static/*")
	if err != nil {
		panic(err) // only a bad pattern can be the reason
	}
	for _, name := range names {
		content, err := fs.ReadFile(staticFS, name)
		if err != nil {
			panic(err) // it is compiled in
		}
		byName[name[len("static/"):]] = content
	}
	return byName
}

func (s *Server) static(w http.ResponseWriter, r *http.Request) error {
	if !s.files.Serve(w, r, r.PathValue("file")) {
		return errNotFound
	}
	return nil
}

// favicon leads browsers to the icon that look for one where no page said it is, as beside a feed.
func (s *Server) favicon(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.Redirect(w, r, s.files.Address("icon.svg"), http.StatusFound)
	return nil
}
