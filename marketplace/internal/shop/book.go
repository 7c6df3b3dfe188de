package shop

import "time"

// A Category is a part of the catalogue: requests name it by its slug, people by its name.
type Category struct {
	Slug, Name string
	Count      int // of its books; 0 where it is not known
}

// A Book is what the shop shows. Only its id and title are always there; what nobody knows is
// empty or zero. Nobody changes a book that has left its maker.
type Book struct {
	ID             int64
	Title          string
	OriginalTitle  string   // the fuller one, where there is one
	Authors        []string // the main one first
	Categories     []string // slugs, the most fitting first
	Year           int      // of the first publication; negative: BCE
	ISBN13         string
	Language       string // BCP 47
	Description    string // plain text; only of a book that was asked for by itself
	Series         string
	SeriesPosition float64 // 1 is the first; negative: unknown
	AverageRating  float64 // 1 to 5
	RatingsCount   int64
	Price          Money
	CoverURL       string // an absolute https address
}

// Author returns the main author, or "" where nobody knows one.
func (b *Book) Author() string {
	if len(b.Authors) == 0 {
		return ""
	}
	return b.Authors[0]
}

// Money is an amount in a currency; without a currency it is not known.
type Money struct {
	Currency string // ISO 4217
	Units    int64
	Nanos    int32 // billionths of a unit
}

// A Pick is a book that is recommended, and why.
type Pick struct {
	Book   *Book
	Reason Reason
}

// A Reason is why a book is recommended.
type Reason struct {
	Kind    ReasonKind
	Because []*Book // the reader's own books that weighed most, the heaviest first
}

// A ReasonKind is what weighed most.
type ReasonKind string

// Reasons. The shop says nothing where it knows of none.
const (
	NoReason         ReasonKind = ""
	BecauseYouLiked  ReasonKind = "liked"    // readers of the books in Because liked it
	BecauseYouViewed ReasonKind = "viewed"   // likewise, but the visitor has only looked at them
	SimilarContent   ReasonKind = "similar"  // it resembles the books in Because
	Popular          ReasonKind = "popular"  // many readers read it
	Trending         ReasonKind = "trending" // many readers read it lately
)

// An Order is one in which books are listed.
type Order string

// Orders. The first is the best match of a search, and what is read most of anything else.
const (
	ByDefault    Order = ""
	ByPopularity Order = "popular"
	ByRating     Order = "rating"
	ByYear       Order = "newest"
	ByTitle      Order = "title"
)

// A Visitor is who looks at a page.
type Visitor struct {
	Reader int64   // 0: nobody that anything is kept about
	Recent []int64 // the books that were looked at last, by the browser's own account, newest first
}

// Known reports whether anything of the visitor is known that books could be chosen by.
func (v Visitor) Known() bool { return v.Reader != 0 || len(v.Recent) > 0 }

// An EventKind is what a reader did with a book.
type EventKind string

// What readers do.
const (
	Viewed        EventKind = "view"
	Wanted        EventKind = "want"
	Rated         EventKind = "rating"
	Bought        EventKind = "purchase"
	NotInterested EventKind = "not-interested"
)

// An Event is something that a reader did.
type Event struct {
	ID     string // made by the shop; the same one twice counts once
	Reader int64
	Book   int64
	Kind   EventKind
	Rating int       // 1 to 5 of [Rated], otherwise 0
	At     time.Time // zero: nobody knows
}

// likes reports whether somebody who does this likes the book.
func (e Event) likes() bool {
	return e.Kind == Wanted || e.Kind == Bought || e.Kind == Rated && e.Rating >= 4
}
