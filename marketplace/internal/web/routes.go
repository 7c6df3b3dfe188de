package web

import "net/http"

// routes lists every address of the storefront.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	s.get(mux, "/{$}", s.home)
	s.get(mux, "/static/{file}", serveStatic)
	mux.Handle("POST /language", s.page(s.setLanguage))
	mux.Handle("/", s.page(notFound))
	return mux
}

// get routes GET and HEAD to a page and every other method to an error that names these two.
func (s *Server) get(mux *http.ServeMux, path string, p page) {
	mux.Handle("GET "+path, s.page(p))
	mux.Handle(path, s.page(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", "GET, HEAD")
		return errMethodNotAllowed
	}))
}

func notFound(http.ResponseWriter, *http.Request) error { return errNotFound }
