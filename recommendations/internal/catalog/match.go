package catalog

import (
	"slices"
	"strconv"
	"strings"
)

// A quality says how well a typed word fits a word of a book.
type quality uint8

const (
	mendedBeginning quality = iota + 1 // the word begins as what was typed, but for one error
	mendedWhole                        // but for one typing error
	beginning                          // the word begins as what was typed
	whole
)

// A mark says how a book matches: the quality above the fields in which it is met. 0 is none.
type mark uint8

func newMark(q quality, in fields) mark { return mark(q)<<fieldBits | mark(in) }

func (m mark) quality() quality { return quality(m >> fieldBits) }

func (m mark) fields() fields { return fields(m & (1<<fieldBits - 1)) }

// or returns the better of two ways in which a book matches one word.
func (m mark) or(other mark) mark {
	switch a, b := m.quality(), other.quality(); {
	case a > b:
		return m
	case a < b:
		return other
	default:
		return m | other
	}
}

// and returns how a book matches that matches two words: as well as the worse one, in the
// fields that have both.
func (m mark) and(other mark) mark {
	if m == 0 || other == 0 {
		return 0
	}
	return newMark(min(m.quality(), other.quality()), m.fields()&other.fields())
}

// A span is some of the postings of an index, and how well their words fit.
type span struct {
	from, to uint32
	quality  quality
}

// forgiven is the number of letters from which on a typing error in a word is forgiven.
const forgiven = 5

// spans returns the postings of everything that a typed word may mean.
func (x *index) spans(t typed) []span {
	begun, mendedBegun := quality(0), quality(0)
	if t.prefix {
		begun, mendedBegun = beginning, mendedBeginning
	}
	spans := x.isbnSpans(t)
	if words := x.vocabulary.beginning(x.vocabulary.all(), t.word); !words.empty() {
		spans = x.split(spans, words, t.word, whole, begun)
	}
	switch n := letters(t.word); {
	case n >= forgiven:
		x.vocabulary.mended(t.word, false, func(word string, words run) {
			spans = x.split(spans, words, word, mendedWhole, mendedBegun)
		})
	case n == forgiven-1: // one of five may be missing
		x.vocabulary.mended(t.word, true, func(word string, words run) {
			spans = x.split(spans, words, word, mendedWhole, 0)
		})
	}
	return spans
}

// split appends the spans of words that begin with a word: of the word itself and, unless begun
// is 0, of those that are longer.
func (x *index) split(spans []span, words run, word string, exact, begun quality) []span {
	if x.vocabulary[words.from] == word {
		spans = append(spans, span{x.starts[words.from], x.starts[words.from+1], exact})
		words.from++
	}
	if begun > 0 && !words.empty() {
		spans = append(spans, span{x.starts[words.from], x.starts[words.to], begun})
	}
	return spans
}

// isbnSpans returns the postings of the ISBNs that a typed word is, or is the beginning of.
func (x *index) isbnSpans(t typed) []span {
	missing := isbnDigits - len(t.word)
	if !t.isbn || missing > 0 && !t.prefix {
		return nil
	}
	low, err := strconv.ParseUint(t.word+strings.Repeat("0", missing), 10, 64)
	if err != nil {
		return nil // cannot happen: an ISBN has 13 digits
	}
	high, _ := strconv.ParseUint(t.word+strings.Repeat("9", missing), 10, 64)
	from, _ := slices.BinarySearch(x.isbns, low)
	to, _ := slices.BinarySearch(x.isbns, high+1)
	if from == to {
		return nil
	}
	base := x.starts[len(x.vocabulary)]
	q := whole
	if missing > 0 {
		q = beginning
	}
	return []span{{base + uint32(from), base + uint32(to), q}} //nolint:gosec // memory holds fewer
}
