package recommend

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Book is what is recommended. Only ID and Title are always set; what nobody knows is the
// zero value. Its JSON form is how stores write it down: renaming a key takes a migration.
type Book struct {
	ID             int64      `json:"-"`
	Title          string     `json:"title"`
	OriginalTitle  string     `json:"original_title,omitzero"`
	Authors        []string   `json:"authors,omitzero"`    // the main author first
	Categories     []Category `json:"categories,omitzero"` // the most fitting first
	Year           int        `json:"year,omitzero"`       // of the first publication; negative: BCE
	ISBN13         string     `json:"isbn13,omitzero"`
	Language       string     `json:"language,omitzero"` // BCP 47
	Description    string     `json:"description,omitzero"`
	Series         string     `json:"series,omitzero"`
	SeriesPosition *float64   `json:"series_position,omitzero"`
	AverageRating  float64    `json:"average_rating,omitzero"` // 1 to 5
	RatingsCount   int64      `json:"ratings_count,omitzero"`
	Price          Money      `json:"price,omitzero"`
	CoverURL       string     `json:"cover_url,omitzero"`
}

// Money is an amount in a currency, in the shape of google.type.Money.
type Money struct {
	Currency string `json:"currency"` // ISO 4217
	Units    int64  `json:"units,omitzero"`
	Nanos    int32  `json:"nanos,omitzero"` // 0 to 999,999,999
}

// Limits of a book's texts, in bytes, and lists: with them a page of a hundred books, without
// their descriptions, fits in a message.
const (
	MaxTitle       = 500
	MaxName        = 200 // of an author, a category or a series
	MaxNames       = 15  // authors or categories of a book
	MaxDescription = 8 << 10
	MaxURL         = 1 << 10
)

// A FieldError says what is wrong with one field, by the field's name in files.
type FieldError struct{ Field, Problem string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

// faults are the FieldErrors of one value.
type faults []error

func (f *faults) add(field, format string, args ...any) {
	*f = append(*f, &FieldError{field, fmt.Sprintf(format, args...)})
}

func (f *faults) text(field, value string, most int) {
	if problem := textProblem(value, most); problem != "" {
		f.add(field, "%s", problem)
	}
}

// Validate returns a [FieldError] for each fault, joined, or nil.
func (b *Book) Validate() error {
	var f faults
	if b.ID <= 0 {
		f.add("id", "must be 1 or more, got %d", b.ID)
	}
	if strings.TrimSpace(b.Title) == "" {
		f.add("title", "must not be empty")
	}
	f.text("title", b.Title, MaxTitle)
	f.text("original_title", b.OriginalTitle, MaxTitle)
	f.text("description", b.Description, MaxDescription)
	f.text("series", b.Series, MaxName)
	f.text("language", b.Language, 35) // RFC 5646, 4.4.1: enough for every registered tag
	b.validateNames(&f)
	b.validateNumbers(&f)
	if b.ISBN13 != "" && !validISBN13(b.ISBN13) {
		f.add("isbn13", "must have 13 digits, the last of them the check digit, got %q", b.ISBN13)
	}
	if b.Price != (Money{}) && !b.Price.valid() {
		f.add("price", "must be an amount of 0 or more and a currency of three letters")
	}
	if problem := urlProblem(b.CoverURL); problem != "" {
		f.add("cover_url", "%s", problem)
	}
	return errors.Join(f...)
}

func (b *Book) validateNames(f *faults) {
	if len(b.Authors) > MaxNames {
		f.add("authors", "must be %d or fewer, got %d", MaxNames, len(b.Authors))
	}
	for _, author := range b.Authors {
		if author == "" {
			f.add("authors", "must not have an empty name")
		}
		f.text("authors", author, MaxName)
	}
	if len(b.Categories) > MaxNames {
		f.add("categories", "must be %d or fewer, got %d", MaxNames, len(b.Categories))
	}
	for _, category := range b.Categories {
		if category.Slug == "" {
			f.add("categories", "%q has neither a letter nor a digit", category.Name)
		}
		f.text("categories", category.Name, MaxName)
	}
}

func (b *Book) validateNumbers(f *faults) {
	if b.Year < -9999 || b.Year > 9999 {
		f.add("year", "must be between -9999 and 9999, got %d", b.Year)
	}
	if p := b.SeriesPosition; p != nil && !(*p >= 0 && *p <= 1e6) {
		f.add("series_position", "must be between 0 and 1000000, got %v", *p)
	}
	if b.AverageRating != 0 && !(b.AverageRating >= 1 && b.AverageRating <= 5) {
		f.add("average_rating", "must be between 1 and 5, got %v", b.AverageRating)
	}
	if b.RatingsCount < 0 {
		f.add("ratings_count", "must not be below 0, got %d", b.RatingsCount)
	}
}

func textProblem(value string, most int) string {
	switch {
	case !utf8.ValidString(value):
		return "must be valid UTF-8"
	case len(value) > most:
		return fmt.Sprintf("must have %d bytes or fewer, got %d", most, len(value))
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return "must not have control characters"
	}
	return ""
}

func urlProblem(value string) string {
	if value == "" {
		return ""
	}
	if problem := textProblem(value, MaxURL); problem != "" {
		return problem
	}
	if u, err := url.Parse(value); err != nil || u.Scheme != "https" || u.Host == "" {
		return "must be an absolute https address"
	}
	return ""
}

func (m Money) valid() bool {
	isCode := len(m.Currency) == 3 && strings.Trim(m.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	return isCode && m.Units >= 0 && m.Nanos >= 0 && m.Nanos <= 999_999_999
}

// validISBN13 checks the digits' sum with weights 1 and 3 in turn (ISO 2108).
func validISBN13(isbn string) bool {
	if len(isbn) != 13 {
		return false
	}
	sum := 0
	for i, c := range []byte(isbn) {
		if c < '0' || c > '9' {
			return false
		}
		sum += int(c-'0') * (1 + i%2*2)
	}
	return sum%10 == 0
}

// In reports whether the book belongs to a category.
func (b *Book) In(category Category) bool {
	return slices.ContainsFunc(b.Categories, func(c Category) bool { return c.Slug == category.Slug })
}
