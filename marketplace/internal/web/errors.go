package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"bookmarket/internal/telemetry"
	"bookmarket/marketplace/internal/web/locales"
)

// A page answers a request, or returns an error and leaves the answer to problem.
type page func(w http.ResponseWriter, r *http.Request) error

// What can be wrong with a request.
var (
	errBadRequest       = errors.New("not understood") // a form that no page of this shop sends
	errBadRating        = errors.New("no number of stars")
	errNotFound         = errors.New("not found")
	errMethodNotAllowed = errors.New("method not allowed")
	errTooLarge         = errors.New("request too large")
	errForeign          = errors.New("form of another site")
	errTooMany          = errors.New("too many requests")
)

// problems says what visitors are told about each error. What is not in it is our own fault,
// and the visitor is told nothing more.
var problems = []struct {
	is     error
	status int
	words  problemWords
}{
	{errBadRequest, http.StatusBadRequest, problemWords{"bad_request", "bad_request_advice"}},
	{errBadRating, http.StatusBadRequest, problemWords{"bad_rating", "bad_rating_advice"}},
	{errNotFound, http.StatusNotFound, problemWords{"not_found", "not_found_advice"}},
	{errMethodNotAllowed, http.StatusMethodNotAllowed, problemWords{"not_allowed", "not_allowed_advice"}},
	{errTooLarge, http.StatusRequestEntityTooLarge, problemWords{"too_large", "too_large_advice"}},
	{errTooMany, http.StatusTooManyRequests, problemWords{"too_many", "too_many_advice"}},
	{errForeign, http.StatusForbidden, problemWords{"foreign", "foreign_advice"}},
}

var ourFault = problemWords{"our_fault", "our_fault_advice"}

// missing says what is not found, by what stands before its name in addresses.
var missing = []struct {
	prefix string
	words  problemWords
}{
	{"/books/", problemWords{"no_book", "no_book_advice"}},
	{"/categories/", problemWords{"no_category", "no_category_advice"}},
	{"/authors/", problemWords{"no_author", "no_author_advice"}},
}

// problemWords are the keys of what a page says of a problem.
type problemWords struct{ heading, advice string }

type problemView struct {
	layoutView
	Advice     string
	Categories []linkView // to go on with, where a page was not found
	RequestID  string
}

// waysOn is how many categories a page offers in place of one that is not found.
const waysOn = 8

// pageLimit is how long a page waits for all that it asks the shop. The shop keeps to it in each
// answer; a page that asks twice has to, too.
const pageLimit = 330 * time.Millisecond

// page turns the errors of a page into answers.
func (s *Server) page(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), pageLimit)
		defer cancel()
		if err := p(w, r); err != nil {
			s.problem(w, r.WithContext(ctx), err)
		}
	})
}

// problem answers with an error's page.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, err error) {
	status, words := http.StatusInternalServerError, ourFault
	for _, p := range problems {
		if errors.Is(err, p.is) {
			status, words = p.status, p.words
		}
	}
	if status >= http.StatusInternalServerError {
		s.log.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "error", err.Error())
	}
	view := problemView{layoutView: s.layout(w, r, ""), RequestID: telemetry.RequestID(r.Context())}
	if status == http.StatusNotFound {
		for _, m := range missing {
			name, below := strings.CutPrefix(r.URL.EscapedPath(), m.prefix)
			if below && (r.Method == http.MethodPost || !strings.Contains(name, "/")) { // beyond a name only forms go
				words = m.words
			}
		}
		view.Categories = s.waysOn(r, view.Language)
	}
	view.Title, view.Advice = view.Language.Text(words.heading), view.Language.Text(words.advice)
	if err := render(w, status, view.Language, problemPage(view)); err != nil {
		s.log.ErrorContext(r.Context(), "error page failed", "error", err.Error())
		http.Error(w, view.Title, status)
	}
}

// waysOn returns links to the largest categories.
func (s *Server) waysOn(r *http.Request, l *locales.Language) []linkView {
	categories := s.shop.Categories(r.Context()).Categories
	links := make([]linkView, min(waysOn, len(categories)))
	for i := range links {
		links[i] = linkView{categoryAddress(categories[i].Slug), l.Category(categories[i].Slug, categories[i].Name)}
	}
	return links
}
