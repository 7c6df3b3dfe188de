package catalog

import "iter"

// Search returns the first n books, 1 or more, behind a cursor, or from the beginning with nil,
// that match all words of a query, in a category or, with "", anywhere. Words are sought in
// titles, original titles, authors' names and series, accents and case folded; ISBNs are known
// in either form, with hyphens or without. The last word may be the beginning of one, and in
// words of five letters or more one typing error is forgiven. A query without letters or
// digits finds nothing.
//
// In the order Default, books come by their class, and by popularity in each. The class of a
// book is the same in every catalogue, so a page behind a cursor neither repeats nor leaves out
// books that stayed as they were.
//
// What a search costs grows with the length of the query, which the caller bounds. Where there is
// no such category, the error is [recommend.ErrCategoryNotFound].
func (c *Catalog) Search(query, category string, order Order, after *Cursor, n int) (Page, error) {
	within, err := c.category(category)
	if err != nil {
		return Page{}, err
	}
	q := parse(query)
	m := c.matches.Get().(*matches)
	defer c.matches.Put(m)
	m.find(&c.index, q)
	if category != "" {
		m.keep(within)
	}
	if order == Default {
		return c.page(c.classed(m, q), Popularity, after, n), nil
	}
	return c.page(c.places(m.numbers, order), order, after, n), nil
}

// classed returns where the books that were found stand by class and popularity.
func (c *Catalog) classed(m *matches, q query) iter.Seq[place] {
	ranks := c.orders[Popularity].ranks
	title := withoutArticle(q.title)
	return func(yield func(place) bool) {
		for _, number := range m.numbers {
			if !yield(placeOf(c.index.class(number, m.marks[number], title), ranks[number])) {
				return
			}
		}
	}
}

// class says how well a book matches, the better the lower: an exact title comes before an
// exact original title and those before all else, then whole words before beginnings of words
// before typing errors, and then a match in the title before one in an author's name, in the
// series, and all over the book. Cursors hold it: its numbers only ever change together with
// what it means to be behind a cursor.
func (x *index) class(number uint32, m mark, title string) uint8 {
	const exactTitle, exactOriginal, neither = 0, 1, 2
	exact := uint8(neither)
	if m.quality() == whole && m.fields()&inTitle != 0 {
		switch title {
		case withoutArticle(x.titles[number]):
			exact = exactTitle
		case withoutArticle(x.originals[number]):
			exact = exactOriginal
		}
	}
	var field uint8
	switch in := m.fields(); {
	case in&inTitle != 0:
		field = 0
	case in&inAuthor != 0:
		field = 1
	case in&inSeries != 0:
		field = 2
	default:
		field = 3
	}
	return exact<<4 | uint8(whole-m.quality())<<2 | field
}

// matches are the books that match a query, and the memory that finding them takes.
type matches struct {
	marks   []mark   // by number; those of numbers are valid
	word    []mark   // by number, of one word; 0 between words
	numbers []uint32 // of the books found, ascending
}

func newMatches(books int) *matches {
	return &matches{marks: make([]mark, books), word: make([]mark, books)}
}

// find marks the books that match all words.
func (m *matches) find(x *index, q query) {
	m.numbers = m.numbers[:0]
	spans := make([][]span, len(q.words))
	for i, word := range q.words {
		if spans[i] = x.spans(word); len(spans[i]) == 0 {
			return // without looking at the books of words before it
		}
	}
	for i := range spans {
		m.mark(x, spans[i])
		if i == 0 {
			m.begin()
		} else {
			m.intersect()
		}
		clear(m.word)
		if len(m.numbers) == 0 {
			return
		}
	}
}

// mark marks the books of one word.
func (m *matches) mark(x *index, spans []span) {
	for _, s := range spans {
		for _, p := range x.postings[s.from:s.to] {
			number := p.number()
			m.word[number] = m.word[number].or(newMark(s.quality, p.fields()))
		}
	}
}

// begin finds the books of the first word.
func (m *matches) begin() {
	m.marks, m.word = m.word, m.marks
	for number, mark := range m.marks {
		if mark != 0 {
			m.numbers = append(m.numbers, uint32(number))
		}
	}
}

// intersect keeps the books that also match another word.
func (m *matches) intersect() {
	kept := m.numbers[:0]
	for _, number := range m.numbers {
		if m.word[number] != 0 {
			m.marks[number] = m.marks[number].and(m.word[number])
			kept = append(kept, number)
		}
	}
	m.numbers = kept
}

// keep keeps the books that are among others, whose numbers ascend.
func (m *matches) keep(within []uint32) {
	kept := m.numbers[:0]
	for _, number := range m.numbers {
		for len(within) > 0 && within[0] < number {
			within = within[1:]
		}
		if len(within) > 0 && within[0] == number {
			kept = append(kept, number)
		}
	}
	m.numbers = kept
}
