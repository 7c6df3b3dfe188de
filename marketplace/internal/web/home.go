package web

import (
	"net/http"
	"strconv"

	"bookmarket/marketplace/internal/shop"
)

type homeView struct {
	layoutView
	Shelves []shelfView
	Stale   int // how many shelves show remembered books
}

type shelfView struct {
	ID      string // of its heading
	Heading string
	Books   []bookView
}

type bookView struct {
	Title  string
	Author string
	Class  string // of its cover
}

// covers are the classes that the style sheet has for covers.
var covers = [...]string{"book tone-0", "book tone-1", "book tone-2", "book tone-3", "book tone-4", "book tone-5"}

// home shows a shelf for each category.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	view := newHomeView(s.layout(r, s.title), s.shop.Shelves(r.Context()))
	return render(w, http.StatusOK, view.Language, homePage(view))
}

func newHomeView(layout layoutView, shelves []shop.Shelf) homeView {
	view := homeView{layoutView: layout}
	for i, shelf := range shelves {
		if shelf.Source == shop.Remembered {
			view.Stale++
		}
		// Slugs are the catalogue's, and any of them may be the id of something else here.
		shown := shelfView{
			ID:      "shelf-" + strconv.Itoa(i+1),
			Heading: view.Language.Shelf(shelf.Category.Slug, shelf.Category.Name),
		}
		for _, book := range shelf.Books {
			shown.Books = append(shown.Books, bookView{Title: book.Title, Author: book.Author, Class: cover(book.ID)})
		}
		view.Shelves = append(view.Shelves, shown)
	}
	return view
}

// cover gives a book the same colour wherever it stands.
func cover(id int64) string {
	const n = int64(len(covers))
	return covers[(id%n+n)%n]
}
