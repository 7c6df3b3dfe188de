package shop

import "time"

// What the pages show. Each has what there was within the page's time; what is missing is said.

// A Home is the home page.
type Home struct {
	Shelves []Shelf // those from Nowhere, and no others, have no books
}

// A ShelfKind is what books a shelf has.
type ShelfKind string

// Kinds of shelves.
const (
	ForYou      ShelfKind = "for-you"     // what suits the visitor best
	LikeLiked   ShelfKind = "like-liked"  // what goes with Shelf.Like, which the reader liked
	LikeViewed  ShelfKind = "like-viewed" // what goes with Shelf.Like, which the visitor looked at
	PopularNow  ShelfKind = "popular"     // what is read most, in place of what would suit the visitor
	TrendingNow ShelfKind = "trending"    // what is read most lately
	OfCategory  ShelfKind = "category"    // what suits the visitor best of Shelf.Category
)

// A Shelf is a row of books.
type Shelf struct {
	Kind     ShelfKind
	Category Category // of OfCategory
	Like     *Book    // of LikeLiked and LikeViewed
	Picks    []Pick
	Source   Source
}

// A Source says where what is shown comes from.
type Source string

// Sources, best first.
const (
	Fresh      Source = "fresh"      // made for this page
	Remembered Source = "remembered" // what is popular, or what was shown before, from memory
	Nowhere    Source = "nowhere"    // there is nothing now
)

// A BookPage is a book and what goes with it.
type BookPage struct {
	Book     *Book
	Source   Source // of the book itself; Nowhere: Book is nil, and Similar has popular books
	Yours    Yours
	Similar  Shelf   // LikeViewed, or PopularNow where nothing is known to go with it; Picks may be empty
	ByAuthor []*Book // by the main author; this book, and those of InSeries, not among them
	InSeries []*Book // in their order, this book among them; empty where it is the only one
	Partial  bool    // something that belongs here could not be had
}

// Yours is what a reader did with a book.
type Yours struct {
	Known         bool // false: it could not be had
	Rating        int  // the latest; 0: none
	Wanted        bool // and not rated, bought or waved away since
	NotInterested bool
	Bought        bool
}

// A Listing is a page of a list that a visitor browses.
type Listing struct {
	List
	Source     Source     // Remembered: Popular in place of the list; Nowhere: none at all
	Category   Category   // of a category's page, and of a search in one
	Categories []Category // to choose from
	Popular    []Pick     // where there is no list, or a search found nothing: what to look at instead
}

// MyBooks is what a reader did, the newest first.
type MyBooks struct {
	Known   bool     // false: it could not be had
	Partial bool     // there is more than is shown, of events or of their books
	More    bool     // it does not fit; otherwise it could not be had
	Rated   []MyBook // each book's latest
	Wanted  []MyBook
	Bought  []MyBook
	Waved   []MyBook // not interested
	Seen    []MyBook // an anonymous visitor's come from the browser
}

// A MyBook is a book that a reader did something with.
type MyBook struct {
	Book   *Book     // of one that the catalogue lacks, or that cannot be had, there is only the id
	Rating int       // of a rated one
	At     time.Time // zero: nobody knows
}
