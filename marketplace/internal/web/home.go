package web

import (
	"net/http"

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
	Title string
	Tone  int64 // of its cover
}

// tones is how many colours the style sheet has for covers.
const tones = 6

var shelfHeadings = map[shop.Category]string{
	shop.Mystery:        "Mystery books you may like",
	shop.ScienceFiction: "Science fiction books you may like",
	shop.SelfHelp:       "Self-help books you may like",
}

// home shows a shelf for each category.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	return render(w, http.StatusOK, homePage, s.homeView(s.shop.Shelves(r.Context())))
}

func (s *Server) homeView(shelves []shop.Shelf) homeView {
	view := homeView{layoutView: s.layout(s.title)}
	for _, shelf := range shelves {
		view.Stale = view.Stale || shelf.Source == shop.Remembered
		shown := shelfView{ID: string(shelf.Category), Heading: shelfHeadings[shelf.Category]}
		for _, book := range shelf.Books {
			shown.Books = append(shown.Books, bookView{Title: book.Title, Tone: tone(book.ID)})
		}
		view.Shelves = append(view.Shelves, shown)
	}
	return view
}

// tone gives a book the same colour wherever it stands.
func tone(id int64) int64 { return (id%tones + tones) % tones }
