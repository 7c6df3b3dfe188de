package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"bookmarket/marketplace/internal/shop"
)

// rateBook keeps how many stars a visitor gives a book.
func (s *Server) rateBook(w http.ResponseWriter, r *http.Request) error {
	rating, err := strconv.Atoi(r.PostFormValue("rating"))
	if err != nil || rating < 1 || rating > 5 {
		return errBadRating
	}
	return s.act(w, r, "rated", func(reader, book int64) error {
		return s.shop.Rate(r.Context(), reader, book, rating)
	})
}

// wantBook puts a book on a visitor's list of books to read.
func (s *Server) wantBook(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "wanted", func(reader, book int64) error {
		return s.shop.Want(r.Context(), reader, book)
	})
}

// waveBookAway keeps a book from being recommended to a visitor.
func (s *Server) waveBookAway(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "waved", func(reader, book int64) error {
		return s.shop.WaveAway(r.Context(), reader, book)
	})
}

// act keeps what a visitor does with the book of the address, and returns to its page, which
// says what became of it. It does not ask whether there is such a book: the page does, and what
// readers do must be kept also while the catalogue does not answer.
func (s *Server) act(w http.ResponseWriter, r *http.Request, done string, keep func(reader, book int64) error) error {
	segment := r.PathValue("book")
	book := bookID(segment)
	if book == 0 {
		return errNotFound
	}
	if err := keep(s.enter(w, r), book); err != nil {
		s.log.WarnContext(r.Context(), "what a reader did may not be kept", "error", err.Error())
		done = "not_kept"
	}
	s.visitors.Notice(w, r, done)
	return seeOther(w, r, "/books/"+url.PathEscape(segment))
}

// enter returns the id of a visitor who acts. With the first act they become a reader, and what
// they looked at until then is the reader's.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) int64 {
	before := s.visitors.Of(w, r)
	reader := s.visitors.Enter(w, r)
	if before.Reader == 0 {
		for _, book := range slices.Backward(before.Recent) { // the latest last
			s.shop.Saw(shop.Visitor{Reader: reader}, book)
		}
	}
	return reader
}
