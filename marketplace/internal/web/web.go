// Package web serves the shop's pages.
package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/assets"
	"bookmarket/marketplace/internal/web/locales"
	"bookmarket/marketplace/internal/web/visitor"
)

// Options are what a storefront is made of.
type Options struct {
	Shop    Shop
	Title   string
	Version string // of the software
	Log     *slog.Logger
	Metrics prometheus.Registerer

	Way          visitor.Way // how visitors come here
	CookieKeys   [][]byte    // of the reader's cookie, the one that signs first; where there is none, made up
	RateLimit    int         // requests a second of one client; 0: as many as they like
	ImageOrigins []string    // where pictures of books may come from, beside the shop
	PublicURL    string      // the shop's own origin; empty: what requests say
	Accent       string      // the colour of links and buttons; empty: the style sheet's own
	Logo         []byte      // beside the shop's name; empty: none
	LogoType     string      // its media type, image/svg+xml or image/png
}

// A Server is the storefront.
type Server struct {
	shop      Shop
	title     string
	publicURL string
	version   string
	log       *slog.Logger
	handler   http.Handler

	visitors      *visitor.Visitors
	rateLimit     int
	imageOrigins  []string
	contentPolicy string
	files         *assets.Files
	logo          logoView
	sitemap       sitemap

	mux *routeMux
}

// New returns the storefront.
func New(o Options) *Server {
	s := &Server{shop: o.Shop, title: o.Title, publicURL: o.PublicURL, version: o.Version, log: o.Log}
	s.visitors = visitor.New(visitor.Options{Keys: o.CookieKeys, Way: o.Way, Metrics: o.Metrics})
	s.rateLimit, s.imageOrigins, s.contentPolicy = o.RateLimit, o.ImageOrigins, contentPolicy(o.ImageOrigins)
	s.files, s.logo = filesOf(o)
	s.mux = s.routes()
	s.handler = s.withMiddleware(s.mux, o.Metrics)
	return s
}

// ServeHTTP serves a page, a file of a page, or says what is wrong with the request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Ready returns an error unless the home page can be made, with or without recommendations.
func (s *Server) Ready(context.Context) error {
	shelf := shop.Shelf{
		Kind:     shop.OfCategory,
		Category: shop.Category{Slug: "a-category", Name: "A category"},
		Picks:    []shop.Pick{{Book: &shop.Book{ID: 1, Title: "A book", Authors: []string{"An author"}}}},
		Source:   shop.Fresh,
	}
	for _, language := range locales.All() {
		view := s.newHomeView(layoutView{Language: language, Shop: s.title, Title: s.title, Files: s.files, Logo: s.logo}, shop.Home{Shelves: []shop.Shelf{shelf}}, false)
		if err := homePage(view).Render(context.Background(), io.Discard); err != nil {
			return err
		}
	}
	return nil
}

// A document writes itself; a page is one. Nothing but the .templ files knows by which engine.
type document interface {
	Render(ctx context.Context, w io.Writer) error
}

// bodies are buffers for one page each.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render answers with a page. The page is made before its first byte is sent, so that one
// that cannot be made is an error page and not half a page. All that it needs is in it: that a
// visitor has gone is no error of the page's.
func render(w http.ResponseWriter, status int, language *locales.Language, page document) error {
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	if err := page.Render(context.Background(), body); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", language.Tag())
	w.Header().Set("Vary", "Accept-Language, Cookie")
	w.Header().Set("Cache-Control", "no-store") // the next visit brings other books
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the visitor may have gone
	return nil
}
