package web

import (
	"net/http"
	"strconv"
	"unicode"
	"unicode/utf8"

	"bookmarket/marketplace/internal/shop"
)

type homeView struct {
	layoutView
	Shelves []shelfView
	Stale   bool // some shelf shows remembered books
}

type shelfView struct {
	ID      string // of its heading
	Heading string
	Books   []bookView
}

type bookView struct {
	Title  string
	Author string
	Tone   int64 // of its cover
}

// tones is how many colours the style sheet has for covers.
const tones = 6

// home shows a shelf for each category.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	return render(w, http.StatusOK, homePage, s.homeView(s.shop.Shelves(r.Context())))
}

func (s *Server) homeView(shelves []shop.Shelf) homeView {
	view := homeView{layoutView: s.layout(s.title)}
	for i, shelf := range shelves {
		view.Stale = view.Stale || shelf.Source == shop.Remembered
		// Slugs are the catalogue's, and any of them may be the id of something else here.
		shown := shelfView{ID: "shelf-" + strconv.Itoa(i+1), Heading: heading(shelf.Category)}
		for _, book := range shelf.Books {
			shown.Books = append(shown.Books, bookView{Title: book.Title, Author: book.Author, Tone: tone(book.ID)})
		}
		view.Shelves = append(view.Shelves, shown)
	}
	return view
}

// heading begins with a capital; the rest of a category's name is as the catalogue spells it.
func heading(category shop.Category) string {
	first, size := utf8.DecodeRuneInString(category.Name)
	return string(unicode.ToTitle(first)) + category.Name[size:] + " books you may like"
}

// tone gives a book the same colour wherever it stands.
func tone(id int64) int64 { return (id%tones + tones) % tones }
