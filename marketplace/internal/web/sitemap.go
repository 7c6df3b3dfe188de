package web

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"bookmarket/marketplace/internal/web/delivery"
)

// Bounds of the sitemap (sitemaps.org, protocol 0.9: 50,000 addresses and 50 MB in a file). The
// books that are read most come first, so that what is beyond is what is read least.
const (
	sitemapSize  = 5_000 // books in a file; more would let a single client, within its rate, take a core
	sitemapFiles = 40
	sitemapAge   = time.Hour
	sitemapTime  = 5 * time.Second  // to read all books
	sitemapRetry = 10 * time.Second // after they could not be read
)

// A sitemap remembers what names the shop's books in addresses.
type sitemap struct {
	mu       sync.Mutex
	due      time.Time // when it is to be made anew
	segments []string  // of one file each: those of its books, on a line each
}

// books returns the remembered segments, made anew when they are old. While that cannot be done
// they stay as they are. Two requests never read the catalogue at once.
func (m *sitemap) books(ctx context.Context, s Shop) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Now().Before(m.due) {
		return m.segments
	}
	defer func(before time.Time) {
		if m.due.Equal(before) { // who waits here must not wait for a try of their own
			m.due = time.Now().Add(sitemapRetry)
		}
	}(m.due)
	// Who asked may go: the others that wait here would find nothing.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sitemapTime)
	defer cancel()
	var files []string
	var file strings.Builder
	n := 0
	for book, err := range s.All(ctx) {
		if err != nil {
			return m.segments
		}
		file.WriteString(bookSegment(book))
		file.WriteByte('\n')
		n++
		if n%sitemapSize == 0 {
			files = append(files, file.String())
			file.Reset()
			if len(files) == sitemapFiles {
				break
			}
		}
	}
	if file.Len() > 0 {
		files = append(files, file.String())
	}
	if len(files) > 0 { // a shop is not without books for long
		m.segments, m.due = files, time.Now().Add(sitemapAge)
	}
	return m.segments
}

// sitemapIndex lists the files of the sitemap.
func (s *Server) sitemapIndex(w http.ResponseWriter, r *http.Request) error {
	origin := s.originOf(r)
	b := newXML(`<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for n := range 1 + len(s.sitemap.books(r.Context(), s.shop)) {
		b.element("sitemap", origin+"/sitemaps/"+strconv.Itoa(n)+".xml")
	}
	b.WriteString("</sitemapindex>\n")
	delivery.Cached(w, r, "application/xml; charset=utf-8", b.Bytes())
	return nil
}

// sitemapFile lists the shop's own pages and its categories (file 0), or books.
func (s *Server) sitemapFile(w http.ResponseWriter, r *http.Request) error {
	name, isXML := strings.CutSuffix(r.PathValue("file"), ".xml")
	n, err := strconv.Atoi(name)
	if !isXML || err != nil || n < 0 || name != strconv.Itoa(n) {
		return errNotFound
	}
	origin := s.originOf(r)
	b := newXML(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	if n == 0 {
		for _, path := range []string{"/", "/categories", "/about", "/privacy"} {
			b.element("url", origin+path)
		}
		for _, category := range s.shop.Categories(r.Context()).Categories {
			b.element("url", origin+categoryAddress(category.Slug))
		}
	} else {
		files := s.sitemap.books(r.Context(), s.shop)
		if n > len(files) {
			return errNotFound
		}
		for segment := range strings.Lines(files[n-1]) {
			b.element("url", origin+"/books/"+strings.TrimSuffix(segment, "\n"))
		}
	}
	b.WriteString("</urlset>\n")
	delivery.Cached(w, r, "application/xml; charset=utf-8", b.Bytes())
	return nil
}

// robots keeps search engines out of what is a visitor's own or has no end.
func (s *Server) robots(w http.ResponseWriter, r *http.Request) error {
	text := "User-agent: *\nDisallow: /search\nDisallow: /my-books\nDisallow: /privacy/data\n"
	if origin := s.originOf(r); origin != "" {
		text += "\nSitemap: " + origin + "/sitemap.xml\n"
	}
	delivery.Cached(w, r, "text/plain; charset=utf-8", []byte(text))
	return nil
}

// An xmlFile is a sitemap's file in the making.
type xmlFile struct{ bytes.Buffer }

func newXML(root string) *xmlFile {
	b := new(xmlFile)
	b.WriteString(xml.Header + root + "\n")
	return b
}

// element adds an element that has an address.
func (b *xmlFile) element(name, address string) {
	b.WriteString("<" + name + "><loc>")
	_ = xml.EscapeText(b, []byte(address)) // a buffer takes everything
	b.WriteString("</loc></" + name + ">\n")
}
