package web

import (
	"encoding/xml"
	"net/http"
	"time"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/delivery"
)

// An atomFeed is a feed of books (RFC 4287).
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Language string      `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Updated  string      `xml:"updated"`
	Author   atomPerson  `xml:"author"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string       `xml:"id"`
	Title   string       `xml:"title"`
	Updated string       `xml:"updated"`
	Authors []atomPerson `xml:"author,omitempty"`
	Link    atomLink     `xml:"link"`
	Summary string       `xml:"summary"`
}

// feed is what is trending today. Its times are the beginning of the day: a book counts as new on
// each day that it is trending.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) error {
	l, origin := languageOf(r), s.originOf(r)
	today := time.Now().UTC().Truncate(24 * time.Hour).Format(time.RFC3339)
	feed := atomFeed{
		Language: l.Tag(),
		ID:       origin + "/trending.atom",
		Title:    l.Fill("feed_title", "Shop", s.title),
		Updated:  today,
		Author:   atomPerson{s.title},
		Links: []atomLink{
			{"self", "application/atom+xml", origin + "/trending.atom"},
			{"alternate", "text/html", origin + "/"},
		},
	}
	for _, pick := range s.shop.Trending(r.Context()).Picks {
		feed.Entries = append(feed.Entries, s.entry(pick, origin, today, func(reason shop.Reason) string { return why(l, reason, nil) }))
	}
	body, err := xml.MarshalIndent(feed, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept-Language, Cookie")
	w.Header().Set("Content-Language", l.Tag())
	delivery.Cached(w, r, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
}

func (s *Server) entry(pick shop.Pick, origin, today string, why func(shop.Reason) string) atomEntry {
	address := origin + bookAddress(pick.Book)
	entry := atomEntry{
		ID:      address,
		Title:   pick.Book.Title,
		Updated: today,
		Link:    atomLink{"alternate", "text/html", address},
		Summary: why(pick.Reason),
	}
	for _, name := range pick.Book.Authors {
		entry.Authors = append(entry.Authors, atomPerson{name})
	}
	return entry
}
