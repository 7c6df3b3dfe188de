package web

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"bookmarket/marketplace/internal/web/assets"
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

// plainFiles are those of every shop that has neither a colour nor a logo of its own. To compress
// them takes a while.
var plainFiles = sync.OnceValue(func() *assets.Files { return assets.New(staticFiles()) })

// filesOf returns the files of a shop, and its logo among them.
func filesOf(o Options) (*assets.Files, logoView) {
	if o.Accent == "" && len(o.Logo) == 0 {
		return plainFiles(), logoView{}
	}
	files := staticFiles()
	files["style.css"] = accented(files["style.css"], o.Accent)
	if len(o.Logo) == 0 {
		return assets.New(files), logoView{}
	}
	name := "logo.svg"
	if o.LogoType == "image/png" {
		name = "logo.png"
	}
	files[name] = o.Logo
	all := assets.New(files)
	width, height := logoSize(o.Logo, o.LogoType)
	return all, logoView{all.Address(name), width, height}
}

// isFile reports whether a request is for a file that there is: anything else below its address
// is answered with a page.
func (s *Server) isFile(r *http.Request) bool {
	name, below := strings.CutPrefix(r.URL.Path, assets.Prefix)
	return below && (r.Method == http.MethodGet || r.Method == http.MethodHead) && s.files.Has(name)
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
