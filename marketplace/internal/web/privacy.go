package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"bookmarket/marketplace/internal/shop"
)

type privacyView struct {
	layoutView
	Reader       bool   // something may be kept about the visitor on the server
	Seen         int    // how many books the browser remembers
	ReaderCookie string // its name, the way that the visitor comes here
	ImageOrigins []string
}

// privacy says what is kept about visitors, and offers them a copy and the end of it.
func (s *Server) privacy(w http.ResponseWriter, r *http.Request) error {
	visitor := s.visitors.Of(w, r)
	l := languageOf(r)
	view := privacyView{
		layoutView: s.layout(w, r, l.Text("privacy")),
		Reader:     visitor.Reader != 0, Seen: len(visitor.Recent), ReaderCookie: "reader", ImageOrigins: s.imageOrigins,
	}
	if s.visitors.Way().OverTLS(r) {
		view.ReaderCookie = "__Host-reader"
	}
	view.Place = atPrivacy
	view.Head.Canonical = "/privacy"
	view.Head.Description = l.Text("privacy_description")
	return render(w, http.StatusOK, l, privacyPage(view))
}

// imageHosts names those that pictures of covers come from.
func (p privacyView) imageHosts() string {
	hosts := make([]string, len(p.ImageOrigins))
	for i, origin := range p.ImageOrigins {
		hosts[i] = strings.TrimPrefix(origin, "https://")
	}
	return strings.Join(hosts, ", ")
}

// forget removes everything that is kept about a visitor, who has said twice that they want it.
// Their browser forgets last: with the cookie, whoever it may be would lose the way to the rest.
func (s *Server) forget(w http.ResponseWriter, r *http.Request) error {
	if r.PostFormValue("sure") != "yes" {
		s.visitors.Notice(w, r, "not_sure")
		return seeOther(w, r, "/privacy")
	}
	if reader := s.visitors.Of(w, r).Reader; reader != 0 {
		if err := s.shop.Forget(r.Context(), reader); err != nil {
			s.log.WarnContext(r.Context(), "a reader may not be forgotten", "error", err.Error())
			s.visitors.Notice(w, r, "not_forgotten")
			return seeOther(w, r, "/privacy")
		}
	}
	s.visitors.Forget(w, r)
	s.visitors.Notice(w, r, "forgotten")
	return seeOther(w, r, "/privacy")
}

// dataLimit is how long a visitor's copy may take: less than the server gives an answer.
const dataLimit = 10 * time.Second

// A dataHead is what a visitor's copy says before the events.
type dataHead struct {
	About      string     `json:"about"` // for people
	Reader     *int64     `json:"reader,string"`
	ExportedAt string     `json:"exported_at"`
	Language   string     `json:"language,omitempty"` // the one that they chose
	Recent     []dataBook `json:"recent"`
}

// A dataBook is a book in a visitor's copy.
type dataBook struct {
	Book  int64  `json:"book"`
	Title string `json:"title,omitempty"` // where the shop has it at hand
}

// A dataEvent is something that a reader did.
type dataEvent struct {
	dataBook

	Kind   shop.EventKind `json:"kind"`
	Rating int            `json:"rating,omitempty"`
	At     string         `json:"at,omitempty"`
}

// privacyData answers with a copy of all that is kept about a visitor. One that cannot be made
// whole is cut off, so that nobody takes it for whole.
func (s *Server) privacyData(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), dataLimit)
	defer cancel()
	visitor := s.visitors.Of(w, r)
	titles := s.titles(ctx, visitor)
	head, err := json.MarshalIndent(s.dataHead(r, visitor, titles), "", "  ")
	if err != nil {
		return err
	}
	download := dataDownload{w: w, head: head}
	if visitor.Reader != 0 {
		for event, err := range s.shop.Events(ctx, visitor.Reader) {
			if err != nil {
				s.log.WarnContext(ctx, "a reader's copy cannot be made", "error", err.Error())
				if download.begun {
					panic(http.ErrAbortHandler)
				}
				s.visitors.Notice(w, r, "no_data")
				return seeOther(w, r, "/privacy")
			}
			if err := download.event(event, titles); err != nil {
				panic(http.ErrAbortHandler) // the visitor has gone, most likely
			}
		}
	}
	download.end()
	return nil
}

// titles returns the titles of a visitor's books, as far as they are at hand.
func (s *Server) titles(ctx context.Context, visitor shop.Visitor) map[int64]string {
	titles := make(map[int64]string)
	mine := s.shop.MyBooks(ctx, visitor)
	for _, books := range [][]shop.MyBook{mine.Rated, mine.Wanted, mine.Bought, mine.Seen, mine.Waved} {
		for _, book := range books {
			titles[book.Book.ID] = book.Book.Title
		}
	}
	return titles
}

func (s *Server) dataHead(r *http.Request, visitor shop.Visitor, titles map[int64]string) dataHead {
	l := languageOf(r)
	head := dataHead{About: l.Text("data_about_anonymous"), ExportedAt: time.Now().UTC().Format(time.RFC3339), Recent: []dataBook{}}
	if visitor.Reader != 0 {
		head.About, head.Reader = l.Text("data_about"), &visitor.Reader
	}
	if cookie, err := r.Cookie(languageCookie); err == nil && cookie.Value == l.Tag() {
		head.Language = l.Tag()
	}
	for _, book := range visitor.Recent {
		head.Recent = append(head.Recent, dataBook{book, titles[book]})
	}
	return head
}

// A dataDownload writes a visitor's copy, and nothing before the first event has come.
type dataDownload struct {
	w      http.ResponseWriter
	head   []byte
	begun  bool
	events int
}

// begin writes all that stands before the events.
func (d *dataDownload) begin() {
	d.begun = true
	header := d.w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Disposition", `attachment; filename="my-books.json"`)
	header.Set("Cache-Control", "no-store")
	_, _ = d.w.Write(append(bytes.TrimSuffix(d.head, []byte("\n}")), ",\n  \"events\": ["...))
}

// event writes an event.
func (d *dataDownload) event(event shop.Event, titles map[int64]string) error {
	if !d.begun {
		d.begin()
	}
	row := dataEvent{dataBook: dataBook{event.Book, titles[event.Book]}, Kind: event.Kind, Rating: event.Rating}
	if !event.At.IsZero() {
		row.At = event.At.UTC().Format(time.RFC3339Nano)
	}
	separator := ",\n    "
	if d.events == 0 {
		separator = "\n    "
	}
	d.events++
	text, err := json.Marshal(row)
	if err != nil {
		return err
	}
	_, err = d.w.Write(append([]byte(separator), text...))
	return err
}

func (d *dataDownload) end() {
	if !d.begun {
		d.begin()
	}
	end := "]\n}\n"
	if d.events > 0 {
		end = "\n  ]\n}\n"
	}
	_, _ = d.w.Write([]byte(end))
}
