package web

import "net/http"

// routes lists every address of the storefront.
func (s *Server) routes() *routeMux {
	mux := &routeMux{mux: http.NewServeMux()}
	s.get(mux, "/{$}", s.home)
	s.get(mux, "/books/{book}", s.bookPage)
	s.post(mux, "/books/{book}/rating", s.rateBook)
	s.post(mux, "/books/{book}/want", s.wantBook)
	s.post(mux, "/books/{book}/not-interested", s.waveBookAway)
	s.get(mux, "/categories", s.categories)
	s.get(mux, "/categories/{category}", s.category)
	s.get(mux, "/authors/{author}", s.author)
	s.get(mux, "/search", s.search)
	s.get(mux, "/my-books", s.myBooks)
	s.post(mux, "/my-books/remove", s.removeMine)
	s.get(mux, "/privacy", s.privacy)
	s.get(mux, "/privacy/data", s.privacyData)
	s.post(mux, "/privacy/forget", s.forget)
	s.get(mux, "/about", s.about)
	s.get(mux, "/trending.atom", s.feed)
	s.get(mux, "/sitemap.xml", s.sitemapIndex)
	s.get(mux, "/sitemaps/{file}", s.sitemapFile)
	s.get(mux, "/robots.txt", s.robots)
	s.get(mux, "/static/{file}", s.static)
	s.get(mux, "/favicon.ico", s.favicon)
	s.post(mux, "/language", s.setLanguage)
	mux.Handle("/", s.page(notFound))
	return mux
}

// A routeMux is a ServeMux that remembers its patterns, so that the tests of what holds on every
// address cannot miss one.
type routeMux struct {
	mux      *http.ServeMux
	patterns []string
}

// Handle routes what matches a pattern to a handler.
func (m *routeMux) Handle(pattern string, handler http.Handler) {
	m.patterns = append(m.patterns, pattern)
	m.mux.Handle(pattern, handler)
}

// ServeHTTP answers by the handler of the pattern that fits best.
func (m *routeMux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// get routes GET and HEAD to a page and every other method to an error that names these two.
func (s *Server) get(mux *routeMux, path string, p page) {
	mux.Handle("GET "+path, s.page(p))
	mux.Handle(path, s.page(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", "GET, HEAD")
		return errMethodNotAllowed
	}))
}

// post routes POST alone to a page. It is the only way to change anything.
func (s *Server) post(mux *routeMux, path string, p page) { mux.Handle("POST "+path, s.page(p)) }

func notFound(http.ResponseWriter, *http.Request) error { return errNotFound }
