package catalog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"bookmarket/recommendations/internal/recommend"
)

// Where a word stands in a book. A book's ISBN counts as its title, which it stands for.
type fields uint8

const (
	inTitle fields = 1 << iota // or in the original title
	inAuthor
	inSeries

	fieldBits = iota
)

// A posting says in which fields of a book a word stands: the book's number above the fields.
type posting uint32

func newPosting(number uint32, in fields) posting { return posting(number)<<fieldBits | posting(in) }

func (p posting) number() uint32 { return uint32(p) >> fieldBits }

func (p posting) fields() fields { return fields(p & (1<<fieldBits - 1)) }

// An index knows which words and ISBNs stand in which books.
type index struct {
	vocabulary vocabulary
	starts     []uint32 // in postings, of each word, and where the last word's end
	isbns      []uint64 // in ascending order; their postings follow those of the words
	postings   []posting
	titles     []string // by number: the words, joined by spaces
	originals  []string // likewise, of the original title
}

// An indexer collects what newIndex sorts.
type indexer struct {
	ids      map[string]int // of words
	words    []string       // by id
	postings [][]posting    // by id, each in ascending order
}

func newIndex(books []*recommend.Book) index {
	x := index{titles: make([]string, len(books)), originals: make([]string, len(books))}
	found := indexer{ids: make(map[string]int)}
	type isbn struct {
		isbn uint64
		posting
	}
	var isbns []isbn
	for i, book := range books {
		number := uint32(i)
		x.titles[i] = found.add(number, inTitle, book.Title)
		x.originals[i] = found.add(number, inTitle, book.OriginalTitle)
		for _, author := range book.Authors {
			found.add(number, inAuthor, author)
		}
		found.add(number, inSeries, book.Series)
		if n, err := strconv.ParseUint(book.ISBN13, 10, 64); err == nil {
			isbns = append(isbns, isbn{n, newPosting(number, inTitle)})
		}
	}
	found.sortInto(&x)
	slices.SortFunc(isbns, func(a, b isbn) int { return cmp.Compare(a.isbn, b.isbn) })
	for _, i := range isbns {
		x.isbns = append(x.isbns, i.isbn)
		x.postings = append(x.postings, i.posting)
	}
	return x
}

// sortInto gives an index the words and their postings.
func (x *indexer) sortInto(to *index) {
	sorted := slices.Sorted(slices.Values(x.words))
	total := 0
	for _, postings := range x.postings {
		total += len(postings)
	}
	to.vocabulary = pack(sorted)
	to.starts = make([]uint32, 0, len(sorted)+1)
	to.postings = make([]posting, 0, total)
	for _, word := range sorted {
		to.starts = append(to.starts, uint32(len(to.postings))) //nolint:gosec // memory holds fewer
		to.postings = append(to.postings, x.postings[x.ids[word]]...)
	}
	to.starts = append(to.starts, uint32(len(to.postings))) //nolint:gosec // memory holds fewer
}

// pack puts words side by side in memory, where searches find them faster.
func pack(words []string) []string {
	text := strings.Join(words, "")
	packed := make([]string, len(words))
	for i, word := range words {
		packed[i], text = text[:len(word)], text[len(word):]
	}
	return packed
}

// add indexes a text of a book and returns its words joined by spaces.
func (x *indexer) add(number uint32, in fields, text string) string {
	words := words(text)
	for _, word := range withInitials(words) {
		id, ok := x.ids[word]
		if !ok {
			id = len(x.words)
			word = strings.Clone(word) // which would keep the whole text in memory
			x.ids[word] = id
			x.words = append(x.words, word)
			x.postings = append(x.postings, nil)
		}
		postings := x.postings[id]
		if last := len(postings) - 1; last >= 0 && postings[last].number() == number {
			postings[last] |= newPosting(number, in)
		} else {
			x.postings[id] = append(postings, newPosting(number, in))
		}
	}
	return strings.Join(words, " ")
}
