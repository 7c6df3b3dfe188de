package web

import (
	"errors"
	"net/http"

	"bookmarket/internal/telemetry"
)

// A page answers a request, or returns an error and leaves the answer to problem.
type page func(w http.ResponseWriter, r *http.Request) error

// What can be wrong with a request.
var (
	errBadRequest       = errors.New("not understood") // a form that no page of this shop sends
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
	{errNotFound, http.StatusNotFound, problemWords{"not_found", "not_found_advice"}},
	{errMethodNotAllowed, http.StatusMethodNotAllowed, problemWords{"not_allowed", "not_allowed_advice"}},
	{errTooLarge, http.StatusRequestEntityTooLarge, problemWords{"too_large", "too_large_advice"}},
	{errTooMany, http.StatusTooManyRequests, problemWords{"too_many", "too_many_advice"}},
	{errForeign, http.StatusForbidden, problemWords{"foreign", "foreign_advice"}},
}

var ourFault = problemWords{"our_fault", "our_fault_advice"}

// problemWords are the keys of what a page says of a problem.
type problemWords struct{ heading, advice string }

type problemView struct {
	layoutView
	Advice    string
	RequestID string
}

// page turns the errors of a page into answers.
func (s *Server) page(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := p(w, r); err != nil {
			s.problem(w, r, err)
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
	view.Title, view.Advice = view.Language.Text(words.heading), view.Language.Text(words.advice)
	if err := render(w, status, view.Language, problemPage(view)); err != nil {
		s.log.ErrorContext(r.Context(), "error page failed", "error", err.Error())
		http.Error(w, view.Title, status)
	}
}
