package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

type searchView struct {
	layoutView
	Asked      bool
	Categories []choiceView
	Sorts      []choiceView
	Books      resultView
	Nothing    bool     // nothing was found
	Everywhere linkView // the same search in all categories, or none
	Popular    shelfView
	Browse     []categoryView // where nothing was asked
}

// search finds books by words.
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	asked := r.URL.Query()
	q := shop.SearchQuery{
		Text:     searchText(asked.Get("q")),
		Category: asked.Get("category"),
		Order:    orderOf(asked.Get("sort"), searchOrders),
		Page:     asked.Get("page"),
	}
	listing, err := s.shop.Search(r.Context(), q)
	if errors.Is(err, shop.ErrNotFound) && q.Category != "" {
		q.Category, q.Page = "", ""
		return seeOther(w, r, searchAddress(q))
	}
	if err != nil {
		return s.noList(w, r, err)
	}
	title := languageOf(r).Text("search")
	if q.Text != "" {
		title = languageOf(r).Fill("search_for", "Query", q.Text)
	}
	view := s.newSearchView(s.layout(w, r, title), listing, q)
	return render(w, http.StatusOK, view.Language, searchPage(view))
}

func (s *Server) newSearchView(layout layoutView, listing shop.Listing, q shop.SearchQuery) searchView {
	l := layout.Language
	layout.Query = q.Text
	layout.Head.Description = l.Fill("search_description", "Shop", s.title)
	categories := categoriesByName(l, listing.Categories)
	category := ""
	if q.Category != "" {
		category = l.Category(q.Category, cmp.Or(listing.Category.Name, q.Category))
	}
	view := searchView{
		layoutView: layout,
		Asked:      q.Text != "",
		Books:      s.result(l, listing),
		Popular:    s.instead(l, category, listing.Popular),
	}
	if !view.Asked {
		view.Books.Count = ""
		view.Browse = categories
		return view
	}
	view.Categories = choicesOf(l, categories, q.Category)
	for _, order := range searchOrders {
		key := string(order)
		if order == shop.ByDefault {
			key = "match"
		}
		view.Sorts = append(view.Sorts, choiceView{Value: string(order), Text: l.Text("sort." + key), Chosen: order == q.Order})
	}
	switch {
	case listing.Source != shop.Fresh:
		view.Books.Count = l.Text("search_away")
	case listing.Total == 0:
		view.Nothing = true
		view.Books.Count = l.Fill("nothing_found", "Query", q.Text)
		if q.Category != "" {
			view.Books.Count = l.Fill("nothing_found_in", "Query", q.Text, "Category", category)
			everywhere := q
			everywhere.Category, everywhere.Page = "", ""
			view.Everywhere = linkView{searchAddress(everywhere), l.Text("search_everywhere")}
		}
	}
	if q.Page != "" {
		first := q
		first.Page = ""
		view.Books.First = searchAddress(first)
	}
	if listing.Next != "" {
		next := q
		next.Page = listing.Next
		view.Books.Next = searchAddress(next)
		view.Head.Next = view.Books.Next
	}
	return view
}

// choicesOf returns the categories to search in, all of them first. The chosen one is there also
// while they cannot be had.
func choicesOf(l *locales.Language, categories []categoryView, chosen string) []choiceView {
	choices := []choiceView{{Text: l.Text("all_categories"), Chosen: chosen == ""}}
	known := chosen == ""
	for _, category := range categories {
		choices = append(choices, choiceView{Value: category.Slug, Text: category.Name, Chosen: category.Slug == chosen})
		known = known || category.Slug == chosen
	}
	if !known {
		choices = append(choices, choiceView{Value: chosen, Text: l.Category(chosen, chosen), Chosen: true})
	}
	return choices
}

func searchAddress(q shop.SearchQuery) string {
	return withQuery("/search", url.Values{
		"q": {q.Text}, "category": {q.Category}, "sort": {string(q.Order)}, "page": {q.Page},
	})
}

// searchText returns what to search for: words with a space between them.
func searchText(text string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(text, " "), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	letters := []rune(strings.Join(words, " "))
	return strings.TrimSpace(string(letters[:min(shop.MaxSearch, len(letters))]))
}
