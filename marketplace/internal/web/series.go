package web

import (
	"slices"
	"strconv"
	"strings"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

// longSeries is of how many books of a series a book's page shows at once; the others unfold.
const longSeries = 12

// A seriesView says where a book stands in a series, and which books it has.
type seriesView struct {
	Before, Name, After string
	Volumes             []volumeView
	Near                []volumeView // those around the book, of a series that is long
}

// A volumeView is a book of a series.
type volumeView struct {
	bookView
	Position string
	Year     string
	Current  bool // the page is of this one
}

// seriesOf says where a book stands among the books of its series.
func (s *Server) seriesOf(l *locales.Language, book *shop.Book, volumes []*shop.Book) seriesView {
	view := seriesView{Name: book.Series}
	switch {
	case book.Series == "":
		return view
	case book.SeriesPosition >= 0:
		const here = "\x00" // no title has it
		words := l.Fill("series_position", "Position", positionOf(l, book), "Series", here)
		view.Before, view.After, _ = strings.Cut(words, here)
	default:
		view.Before, view.After = l.Around("series_part")
	}
	for _, volume := range volumes {
		v := volumeView{bookView: s.book(volume), Current: volume.ID == book.ID}
		if volume.Year != 0 {
			v.Year = l.Year(volume.Year)
		}
		if volume.SeriesPosition >= 0 {
			v.Position = positionOf(l, volume)
		}
		view.Volumes = append(view.Volumes, v)
	}
	if len(view.Volumes) > longSeries {
		here := slices.IndexFunc(view.Volumes, func(v volumeView) bool { return v.Current })
		first := min(max(0, here-longSeries/2), len(view.Volumes)-longSeries)
		view.Near = view.Volumes[first : first+longSeries]
	}
	return view
}

// positionOf returns a position in a series: most are whole, a novella may be the 1.5th.
func positionOf(l *locales.Language, book *shop.Book) string {
	text := strconv.FormatFloat(book.SeriesPosition, 'f', -1, 64)
	_, fraction, _ := strings.Cut(text, ".")
	return l.Decimal(book.SeriesPosition, len(fraction))
}
