// Package pagetest visits the shop's home page and reads it as a visitor sees it.
package pagetest

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// A Page is the home page at one visit.
type Page struct {
	Status  int
	Header  http.Header
	Title   string
	Shelves []Shelf
	Note    string        // that the books are not fresh
	Whole   bool          // the end of the document arrived
	Took    time.Duration // from before the connection to the last byte
}

// A Shelf is a heading with books, or with an apology.
type Shelf struct {
	Heading string
	Books   []string
	Sorry   string
}

// String describes the page for a test's report.
func (p *Page) String() string {
	return fmt.Sprintf("status %d after %v, title %q, note %q, shelves %+q", p.Status, p.Took, p.Title, p.Note, p.Shelves)
}

// Fresh reports whether the page shows shelves of books, what is trending and three categories or
// more, recommended for this visit.
func (p *Page) Fresh() bool { return p.Note == "" && p.stocked() }

// Remembered reports whether the page is complete with all shelves of an earlier one, and says
// that their books are not fresh.
func (p *Page) Remembered(earlier *Page) bool {
	return p.Note != "" && p.stocked() && slices.EqualFunc(p.Shelves, earlier.Shelves, sameHeading)
}

// Shelf returns the shelf with a heading; without books where there is none.
func (p *Page) Shelf(heading string) Shelf {
	for _, shelf := range p.Shelves {
		if shelf.Heading == heading {
			return shelf
		}
	}
	return Shelf{}
}

// Sorry reports whether the page has all its headings and an apology instead of each shelf's books.
func (p *Page) Sorry() bool {
	return p.complete() && !slices.ContainsFunc(p.Shelves, func(s Shelf) bool { return s.Sorry == "" || len(s.Books) > 0 })
}

func (p *Page) complete() bool {
	return p.Status == http.StatusOK && p.Whole && p.Title != "" && len(p.Shelves) >= 4
}

func (p *Page) stocked() bool {
	return p.complete() && !slices.ContainsFunc(p.Shelves, func(s Shelf) bool { return s.Sorry != "" || len(s.Books) < 3 })
}

func sameHeading(a, b Shelf) bool { return a.Heading == b.Heading }

// Get visits a page as somebody who was not there before: on a connection of its own.
// headers are names, each with its value.
func Get(t testing.TB, url string, headers ...string) (*Page, error) {
	t.Helper()
	return send(t, http.MethodGet, url, "", headers...)
}

// send asks for a page. It does not follow where a form leads: that is a page of its own.
func send(t testing.TB, method, url, form string, headers ...string) (*Page, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for pair := range slices.Chunk(headers, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       5 * time.Second,
	}
	start := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to its end
	body, err := io.ReadAll(resp.Body)
	page := &Page{Status: resp.StatusCode, Header: resp.Header, Took: time.Since(start)}
	if err != nil {
		return nil, err
	}
	page.Whole = strings.HasSuffix(strings.TrimSpace(string(body)), "</html>")
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	page.read(root)
	return page, nil
}

// read takes from a document what a visitor looks at.
func (p *Page) read(root *html.Node) {
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		switch {
		case node.Data == "title" && p.Title == "":
			p.Title = text(node)
		case node.Data == "h2":
			p.Shelves = append(p.Shelves, Shelf{Heading: text(node)})
		case hasClass(node, "note"):
			p.Note = text(node)
		case len(p.Shelves) == 0:
		case hasClass(node, "title"):
			shelf := &p.Shelves[len(p.Shelves)-1]
			shelf.Books = append(shelf.Books, text(node))
		case hasClass(node, "sorry"):
			p.Shelves[len(p.Shelves)-1].Sorry = text(node)
		}
	}
}

func text(node *html.Node) string {
	var b strings.Builder
	for n := range node.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func hasClass(node *html.Node, class string) bool {
	for _, attr := range node.Attr {
		if attr.Key == "class" && slices.Contains(strings.Fields(attr.Val), class) {
			return true
		}
	}
	return false
}
