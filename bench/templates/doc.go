// Package templates holds one page, a shop's home with 48 books, twice: in html/template and in
// templ. Its benchmark is what the choice between them was made by (docs/adr).
package templates

import (
	_ "embed"
	"fmt"
	"html/template"
)

//go:embed page.html
var source string

var standard = template.Must(template.New("page").Parse(source))

type page struct {
	Language, Title string
	Shelves         []shelf
}

type shelf struct {
	ID, Heading string
	Books       []book
}

type book struct{ Title, Author, Class string }

// home has 16 shelves of 3 books.
func home() page {
	p := page{Language: "en", Title: "Online Books For You"}
	for i := range 16 {
		s := shelf{ID: fmt.Sprintf("shelf-%d", i+1), Heading: fmt.Sprintf("Category %d books you may like", i+1)}
		for j := range 3 {
			s.Books = append(s.Books, book{
				Title:  fmt.Sprintf("The Hitchhiker's Guide to <Galaxy> %d", i*3+j),
				Author: "Ana & João",
				Class:  fmt.Sprintf("book tone-%d", j),
			})
		}
		p.Shelves = append(p.Shelves, s)
	}
	return p
}
