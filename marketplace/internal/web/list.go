package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

// A listView is a list of books: those of a category, or those by an author.
type listView struct {
	layoutView
	Parent  linkView     // to the page above, or none
	Sorts   []choiceView // none where there is no list to sort
	Books   resultView
	Popular shelfView // what there is to see in the list's place
}

// A resultView is a page of books out of many.
type resultView struct {
	Count       string // of the books on all pages, in words; or why there are none
	Books       []bookView
	First, Next string // addresses, or ""
}

// class is that of the count's paragraph.
func (r resultView) class() string {
	if len(r.Books) == 0 {
		return "total none"
	}
	return "total"
}

// A choiceView is one of several things to choose from.
type choiceView struct {
	Value, Address, Text string
	Chosen               bool
}

// Orders that visitors choose from. A list's first is what is read most, so that only a search
// has both.
var (
	listOrders   = []shop.Order{shop.ByDefault, shop.ByRating, shop.ByYear, shop.ByTitle}
	searchOrders = []shop.Order{shop.ByDefault, shop.ByPopularity, shop.ByRating, shop.ByYear, shop.ByTitle}
)

// category shows the books of a category.
func (s *Server) category(w http.ResponseWriter, r *http.Request) error {
	slug := r.PathValue("category")
	q := listQuery(r)
	q.Category = slug
	listing, err := s.shop.Category(r.Context(), q)
	if err != nil {
		return s.noList(w, r, err)
	}
	name := languageOf(r).Category(slug, cmp.Or(listing.Category.Name, strings.ReplaceAll(slug, "-", " ")))
	view := s.newListView(s.layout(w, r, name), listing, q, categoryAddress(slug), name)
	view.Parent = linkView{"/categories", view.Language.Text("categories")}
	view.Head.Description = view.Language.Fill("category_description", "Category", name, "Shop", s.title)
	return render(w, http.StatusOK, view.Language, listPage(view))
}

// author shows the books by an author, whose page has the name that the books spell.
func (s *Server) author(w http.ResponseWriter, r *http.Request) error {
	q := listQuery(r)
	q.Author = r.PathValue("author")
	listing, err := s.shop.Author(r.Context(), q)
	if err != nil {
		return s.noList(w, r, err)
	}
	if name := spelling(listing.Books, q.Author); name != q.Author {
		return moved(w, r, withQuery(authorAddress(name), r.URL.Query()))
	}
	view := s.newListView(s.layout(w, r, q.Author), listing, q, authorAddress(q.Author), "")
	view.Head.Description = view.Language.Fill("author_description", "Author", q.Author, "Shop", s.title)
	return render(w, http.StatusOK, view.Language, listPage(view))
}

// spelling returns an author's name as books spell it. Where one spells it as it was asked for,
// or none has it, that is how.
func spelling(books []*shop.Book, name string) string {
	asked, found := slugOf(name), ""
	for _, book := range books {
		if slices.Contains(book.Authors, name) {
			return name
		}
		for _, author := range book.Authors {
			if found == "" && asked != "" && slugOf(author) == asked {
				found = author
			}
		}
	}
	return cmp.Or(found, name)
}

// listQuery returns the page of a list that a request asks for, in an order that there is.
func listQuery(r *http.Request) shop.ListQuery {
	asked := r.URL.Query()
	return shop.ListQuery{Order: orderOf(asked.Get("sort"), listOrders), Page: asked.Get("page")}
}

func orderOf(name string, orders []shop.Order) shop.Order {
	if order := shop.Order(name); slices.Contains(orders, order) {
		return order
	}
	return shop.ByDefault
}

// noList answers where a list cannot be shown at its address. A page that is gone, since the
// catalogue or the order of its books changed, is no reason not to show the list.
func (s *Server) noList(w http.ResponseWriter, r *http.Request, err error) error {
	asked := r.URL.Query()
	switch {
	case errors.Is(err, shop.ErrNotFound):
		return errNotFound
	case errors.Is(err, shop.ErrBadPage) && asked.Has("page"):
		asked.Del("page")
		return seeOther(w, r, localAddress(withQuery(r.URL.EscapedPath(), asked)))
	}
	return err
}

// newListView shows a listing, of a category or with "" of anything else. address is that of its
// first page in the first order.
func (s *Server) newListView(layout layoutView, listing shop.Listing, q shop.ListQuery, address, category string) listView {
	l := layout.Language
	at := func(order shop.Order, page string) string {
		return withQuery(address, url.Values{"sort": {string(order)}, "page": {page}})
	}
	view := listView{layoutView: layout, Books: s.result(l, listing)}
	if q.Page == "" { // the others have no address that lasts
		view.Head.Canonical = address
	}
	if listing.Source != shop.Fresh {
		view.Books.Count = l.Text("list_away")
		view.Popular = s.instead(l, category, listing.Popular)
		return view
	}
	if len(listing.Books) > 1 || q.Page != "" {
		for _, order := range listOrders {
			view.Sorts = append(view.Sorts, choiceView{
				Address: at(order, ""),
				Text:    l.Text("sort." + cmp.Or(string(order), string(shop.ByPopularity))),
				Chosen:  order == q.Order,
			})
		}
	}
	if q.Page != "" {
		view.Books.First = at(q.Order, "")
	}
	if listing.Next != "" {
		view.Books.Next = at(q.Order, listing.Next)
		view.Head.Next = view.Books.Next
	}
	return view
}

// result returns how the books of a listing look, without the way to the next ones.
func (s *Server) result(l *locales.Language, listing shop.Listing) resultView {
	view := resultView{Count: l.Count("books", listing.Total), Books: s.books(listing.Books)}
	for i, book := range listing.Books {
		if book.AverageRating > 0 {
			view.Books[i].Rating = l.Decimal(book.AverageRating, 1)
			view.Books[i].Stars = l.Fill("out_of_five", "Average", view.Books[i].Rating)
		}
		if book.Year != 0 {
			view.Books[i].Year = l.Year(book.Year)
		}
	}
	return view
}

// instead returns a shelf of what is popular, of a category or of all, in place of what there is not.
func (s *Server) instead(l *locales.Language, category string, picks []shop.Pick) shelfView {
	view := shelfView{
		ID:      "popular",
		Heading: headingView{Before: l.Text("popular_now")},
		Books:   s.picks(picks, func(reason shop.Reason) string { return why(l, reason, nil) }),
	}
	if category != "" {
		view.Heading.Before = l.Fill("popular_in", "Category", category)
	}
	return view
}

// withQuery returns an address with what it asks for, but for what is empty.
func withQuery(path string, query url.Values) string {
	for name, values := range query {
		if len(values) == 0 || values[0] == "" {
			query.Del(name)
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
