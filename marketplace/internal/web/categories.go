package web

import (
	"cmp"
	"net/http"
	"slices"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

type categoriesView struct {
	layoutView
	Categories []categoryView
	Known      bool // false: they cannot be had
}

// A categoryView is a category to choose.
type categoryView struct {
	Slug, Address string
	Name          string // in the visitor's language
	Count         string // of its books, in words, or ""
}

// categories lists the categories.
func (s *Server) categories(w http.ResponseWriter, r *http.Request) error {
	listing := s.shop.Categories(r.Context())
	view := categoriesView{layoutView: s.layout(w, r, languageOf(r).Text("categories")), Known: listing.Source != shop.Nowhere}
	view.Place = atCategories
	view.Head = headView{Description: view.Language.Fill("categories_description", "Shop", s.title), Canonical: "/categories"}
	view.Categories = categoriesByName(view.Language, listing.Categories)
	return render(w, http.StatusOK, view.Language, categoriesPage(view))
}

// categoriesByName returns categories by their names, accents and case aside.
func categoriesByName(l *locales.Language, categories []shop.Category) []categoryView {
	views := make([]categoryView, len(categories))
	for i, category := range categories {
		views[i] = categoryView{Slug: category.Slug, Address: categoryAddress(category.Slug), Name: l.Category(category.Slug, category.Name)}
		if category.Count > 0 {
			views[i].Count = l.Count("books", category.Count)
		}
	}
	slices.SortFunc(views, func(a, b categoryView) int {
		return cmp.Or(cmp.Compare(slugOf(a.Name), slugOf(b.Name)), cmp.Compare(a.Slug, b.Slug))
	})
	return views
}
