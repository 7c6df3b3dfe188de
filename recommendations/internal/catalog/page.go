package catalog

import (
	"iter"
	"slices"

	"bookmarket/recommendations/internal/recommend"
)

// A Page is a part of a list.
type Page struct {
	Books []*recommend.Book
	Next  *Cursor // of the last book; nil where nothing comes behind it
	Total int     // how many books all pages have
}

// A place is where a book stands in an answer: its class, the better the lower, above its rank
// in the order that was asked for. So places are compared as numbers.
type place uint64

func placeOf(class uint8, rank uint32) place { return place(class)<<32 | place(rank) }

func (p place) class() uint8 { return uint8(p >> 32) } //nolint:gosec // as placeOf put it there

func (p place) rank() uint32 { return uint32(p) } //nolint:gosec // the lower half

// page returns the first n books, 1 or more, behind a cursor, or from the beginning with nil.
// places are those of all books of the list, in any sequence and each once.
func (c *Catalog) page(places iter.Seq[place], order Order, after *Cursor, n int) Page {
	var from place
	if after != nil {
		from = place(after.Class)<<32 + place(c.behind(order, after)) //nolint:gosec // not negative
	}
	first := lowest{n: n + 1} // one more tells whether another page follows
	total := 0
	for p := range places {
		total++
		if p >= from {
			first.add(p)
		}
	}
	found := first.sorted()
	page := Page{Total: total}
	more := len(found) > n
	if more {
		found = found[:n]
	}
	for _, p := range found {
		page.Books = append(page.Books, c.books[c.orders[order].numbers[p.rank()]])
	}
	if more {
		last := found[n-1]
		next := c.key(order, c.orders[order].numbers[last.rank()])
		next.Class = last.class()
		page.Next = &next
	}
	return page
}

// lowest keeps the n lowest places of those that are added. It sorts only when twice as many
// have come together, and most never come in.
type lowest struct {
	n      int
	places []place
	full   bool  // n places below limit, or at it, have come
	limit  place // the highest of them
}

func (l *lowest) add(p place) {
	if l.full && p > l.limit {
		return
	}
	if l.places = append(l.places, p); len(l.places) == 2*l.n {
		l.sorted()
	}
}

// sorted returns the lowest places in ascending order.
func (l *lowest) sorted() []place {
	slices.Sort(l.places)
	if len(l.places) >= l.n {
		l.places = l.places[:l.n]
		l.limit, l.full = l.places[l.n-1], true
	}
	return l.places
}
