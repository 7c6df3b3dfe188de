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
	errNotFound         = errors.New("not found")
	errMethodNotAllowed = errors.New("method not allowed")
	errTooLarge         = errors.New("request too large")
)

// problems says what visitors are told about each error. What is not in it is our own fault,
// and the visitor is told nothing more.
var problems = []struct {
	is     error
	status int
	view   problemView
}{
	{errNotFound, http.StatusNotFound, problemView{"Page not found", "There is no page at this address. It may have moved, or the address may have a typing error."}},
	{errMethodNotAllowed, http.StatusMethodNotAllowed, problemView{"That does not work here", "This page can be read, but nothing can be sent to it."}},
	{errTooLarge, http.StatusRequestEntityTooLarge, problemView{"That is too much", "The request was larger than this shop accepts."}},
}

var ourFault = problemView{"Something went wrong", "This is our fault, not yours. Please try again in a moment."}

type problemView struct{ Heading, Advice string }

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
	status, view := http.StatusInternalServerError, ourFault
	for _, p := range problems {
		if errors.Is(err, p.is) {
			status, view = p.status, p.view
		}
	}
	if status >= http.StatusInternalServerError {
		s.log.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "error", err.Error())
	}
	err = render(w, status, problemPage, struct {
		layoutView
		problemView
		RequestID string
	}{s.layout(view.Heading), view, telemetry.RequestID(r.Context())})
	if err != nil {
		s.log.ErrorContext(r.Context(), "error page failed", "error", err.Error())
		http.Error(w, view.Heading, status)
	}
}
