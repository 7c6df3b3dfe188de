package goodbooks

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"bookmarket/recommendations/internal/recommend"
)

// Book returns the book that a row of books.csv describes, or a [recommend.FieldError] for each
// fault, joined. column returns the row's text in the column of a name, "" where there is none.
//
// The book has no cover, for those that the file names are on somebody else's host, and no
// category or description, which the file does not have.
func Book(column func(name string) string) (recommend.Book, error) {
	r := &row{column: column}
	id := parse(r, "book_id", "a whole number of 1 or more", parseID)
	title := parseTitle(column("title"))
	shown, original := titles(id, title.text, parseTitle(column("original_title")).text)
	book := recommend.Book{
		ID:             BookID(id),
		Title:          shown,
		OriginalTitle:  original,
		Authors:        authors(column("authors")),
		Year:           parseBlank(r, "original_publication_year", "a year", parseYear),
		ISBN13:         isbn13(column("isbn")),
		Language:       parseBlank(r, "language_code", "the code of a language", parseLanguage),
		Series:         title.series,
		SeriesPosition: title.position,
		AverageRating:  parseBlank(r, "average_rating", "a number", parseFloat),
		RatingsCount:   parseBlank(r, "ratings_count", "a whole number", parseInt),
	}
	if len(r.faults) > 0 {
		return recommend.Book{}, errors.Join(r.faults...)
	}
	return book, nil
}

// A row is what is read of a row, and what is wrong with it.
type row struct {
	column func(name string) string
	faults []error
}

// parse returns what a column holds.
func parse[T any](r *row, name, want string, parse func(string) (T, error)) T {
	value := r.column(name)
	parsed, err := parse(value)
	if err != nil {
		r.faults = append(r.faults, &recommend.FieldError{Field: name, Problem: fmt.Sprintf("must be %s, got %q", want, value)})
	}
	return parsed
}

// parseBlank returns what a column holds, or the zero value where it is blank.
func parseBlank[T any](r *row, name, want string, parser func(string) (T, error)) T {
	return parse(r, name, want, func(value string) (T, error) {
		if value == "" {
			var nothing T
			return nothing, nil
		}
		return parser(value)
	})
}

func parseID(value string) (int64, error) {
	id, err := parseInt(value)
	if err == nil && (id < 1 || id > math.MaxInt64-firstID) {
		err = strconv.ErrRange
	}
	return id, err
}

func parseInt(value string) (int64, error) { return strconv.ParseInt(value, 10, 64) }

func parseFloat(value string) (float64, error) { return strconv.ParseFloat(value, 64) }

// parseYear reads "1965.0", and "-762.0" for 762 BCE.
func parseYear(value string) (int, error) { return strconv.Atoi(strings.TrimSuffix(value, ".0")) }

// parseLanguage returns the BCP 47 tag of a code, which is one of ISO 639-2 ("eng", "fre") or
// a tag already ("en-US").
func parseLanguage(code string) (string, error) {
	tag, err := language.Parse(code)
	if err != nil {
		return "", err
	}
	return tag.String(), nil
}

// titles returns the title to show and the original one, where that has other words. The
// tutorial's books have the tutorial's title, and what goodbooks-10k calls them beside it.
func titles(id int64, title, original string) (shown, other string) {
	candidates := []string{title, original}
	if book, ok := tutorial[id]; ok {
		candidates = []string{book.title, title, original}
	}
	shown = candidates[0]
	for _, candidate := range candidates[1:] {
		if candidate != "" && !slices.Equal(recommend.Words(candidate), recommend.Words(shown)) {
			return shown, candidate
		}
	}
	return shown, ""
}

// authors returns the names in a list, the main author first, as many as a book may have.
// Translators and illustrators are among them.
func authors(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ", ") {
		name = squeeze(name)
		if name != "" && !slices.Contains(names, name) && len(names) < recommend.MaxNames {
			names = append(names, name)
		}
	}
	return names
}
