package web

import (
	"net/http"
	"slices"
	"time"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

type myBooksView struct {
	layoutView
	Known     bool // what the reader did could be had
	Partial   bool // some of what is shown could not be had
	More      bool // there is more than is shown
	Anonymous bool // what is shown is the browser's
	Parts     []minePart
}

// A minePart has the books that a reader did one thing with.
type minePart struct {
	ID      string // of its heading
	Heading string
	Count   string // for people
	Kind    shop.EventKind
	Books   []mineView
}

// A mineView is a book of the reader's own.
type mineView struct {
	bookView
	Rating int
	Done   string // what was done and when, in words
	At     time.Time
	Remove string // what the button does, in words
}

// myBooks shows what a visitor did.
func (s *Server) myBooks(w http.ResponseWriter, r *http.Request) error {
	visitor := s.visitors.Of(w, r)
	l := languageOf(r)
	mine := s.shop.MyBooks(r.Context(), visitor)
	view := myBooksView{
		layoutView: s.layout(w, r, l.Text("my_books")),
		Known:      mine.Known, More: mine.More, Anonymous: visitor.Reader == 0,
	}
	view.Place = atMyBooks
	view.Head.Description = l.Text("mine_description")
	for _, part := range []struct {
		kind    shop.EventKind
		heading string
		books   []shop.MyBook
	}{
		{shop.Rated, l.Text("mine_rated"), mine.Rated},
		{shop.Wanted, l.Text("mine_wanted"), mine.Wanted},
		{shop.Bought, l.Text("mine_bought"), mine.Bought},
		{shop.Viewed, l.Text("mine_seen"), mine.Seen},
		{shop.NotInterested, l.Text("mine_waved"), mine.Waved},
	} {
		if len(part.books) == 0 {
			continue
		}
		books := make([]mineView, len(part.books))
		for i, book := range part.books {
			books[i] = s.mine(l, part.kind, book)
			// Where nothing went wrong, it is a book that the catalogue lacks.
			view.Partial = view.Partial || mine.Known && mine.Partial && book.Book.Title == ""
		}
		view.Parts = append(view.Parts, minePart{
			ID: "mine-" + string(part.kind), Heading: part.heading, Count: l.Number(len(books)), Kind: part.kind, Books: books,
		})
	}
	return render(w, http.StatusOK, l, myBooksPage(view))
}

// mine returns how a book looks among a reader's own.
func (s *Server) mine(l *locales.Language, kind shop.EventKind, book shop.MyBook) mineView {
	view := mineView{bookView: s.book(book.Book), At: book.At}
	if view.Title == "" { // its details could not be had
		view.Title = l.Fill("book_number", "Number", itoa(view.ID))
	}
	date := l.Date(book.At)
	switch kind {
	case shop.Rated:
		view.Rating = book.Rating
		view.Done, view.Remove = l.Fill("mine_rated_on", "Date", date), l.Fill("mine_remove_rated", "Title", view.Title)
	case shop.Wanted:
		view.Done, view.Remove = l.Fill("mine_wanted_on", "Date", date), l.Fill("mine_remove_wanted", "Title", view.Title)
	case shop.Bought:
		view.Done, view.Remove = l.Fill("mine_bought_on", "Date", date), l.Fill("mine_remove_bought", "Title", view.Title)
	case shop.Viewed:
		view.Done, view.Remove = l.Fill("mine_seen_on", "Date", date), l.Fill("mine_remove_seen", "Title", view.Title)
	case shop.NotInterested:
		view.Done, view.Remove = l.Fill("mine_waved_on", "Date", date), l.Fill("mine_remove_waved", "Title", view.Title)
	}
	if book.At.IsZero() {
		view.Done = ""
	}
	return view
}

// removeMine takes back what a visitor did with a book.
func (s *Server) removeMine(w http.ResponseWriter, r *http.Request) error {
	kinds := []shop.EventKind{shop.Rated, shop.Wanted, shop.Bought, shop.Viewed, shop.NotInterested}
	book, kind := bookID(r.PostFormValue("book")), shop.EventKind(r.PostFormValue("what"))
	if book == 0 || !slices.Contains(kinds, kind) {
		return errBadRequest
	}
	visitor := s.visitors.Of(w, r)
	// Of somebody whom the shop does not know only the browser has anything, and of what they
	// looked at alone: that a rating is gone cannot be promised to them.
	removed := kind == shop.Viewed
	if visitor.Reader != 0 {
		err := s.shop.Undo(r.Context(), visitor.Reader, book, kind)
		if removed = err == nil; !removed {
			s.log.WarnContext(r.Context(), "what a reader did may not be removed", "error", err.Error())
		}
	}
	if removed && kind == shop.Viewed {
		s.visitors.Unsaw(w, r, book)
	}
	if removed {
		s.visitors.Notice(w, r, "removed")
	} else {
		s.visitors.Notice(w, r, "not_removed")
	}
	back := "/my-books"
	if from := r.PostFormValue("back"); from != "" {
		back = localAddress(from)
	}
	return seeOther(w, r, back)
}
