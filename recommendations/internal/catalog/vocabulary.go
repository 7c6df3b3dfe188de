package catalog

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A vocabulary is different words in ascending order, as bytes compare. So words that begin
// alike stand side by side.
type vocabulary []string

// A run is neighbours in a vocabulary, from one place up to, but not including, another.
type run struct{ from, to int }

func (r run) empty() bool { return r.from >= r.to }

func (v vocabulary) all() run { return run{0, len(v)} }

// beginning returns the words in a run that begin with a prefix. The prefix itself comes first.
func (v vocabulary) beginning(in run, prefix string) run {
	from, _ := slices.BinarySearch(v[in.from:in.to], prefix)
	from += in.from
	if from == in.to || !strings.HasPrefix(v[from], prefix) {
		return run{from, from}
	}
	behind := sort.Search(in.to-from, func(i int) bool { return !strings.HasPrefix(v[from+i], prefix) })
	return run{from, from + behind}
}

// mended calls found with each word that a typed one becomes when one typing error is mended
// (a letter too many, a missing or a wrong one, or two neighbours exchanged: the
// Damerau-Levenshtein distance 1), where words begin so. With missing it mends only missing
// letters.
//
// It walks down the vocabulary along the typed word as if that were a trie, and at each letter
// tries only those errors after which some word goes on. So it takes no memory, some hundred
// binary searches, and finds the beginnings of words as easily as words.
func (v vocabulary) mended(typed string, missing bool, found func(mended string, words run)) {
	try := func(in run, mended string) {
		if words := v.beginning(in, mended); !words.empty() {
			found(mended, words)
		}
	}
	in := v.all()
	for i, size := 0, 0; i <= len(typed); i += max(size, 1) {
		head, tail := typed[:i], typed[i:]
		if in = v.beginning(in, head); in.empty() {
			return
		}
		var letter rune
		letter, size = utf8.DecodeRuneInString(tail) // 0 bytes behind the last one
		if !missing {
			for _, mended := range rearranged(tail) {
				try(in, head+mended)
			}
		}
		v.branch(in, head, func(next rune, in run) {
			if unicode.IsLetter(next) || !missing {
				try(in, head+string(next)+tail)
			}
			if size > 0 && next != letter && !missing {
				try(in, head+string(next)+tail[size:])
			}
		})
	}
}

// rearranged returns a text without its first letter, and with its first two exchanged.
func rearranged(text string) (texts []string) {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return nil
	}
	texts = append(texts, text[size:])
	if second, width := utf8.DecodeRuneInString(text[size:]); width > 0 && second != first {
		texts = append(texts, string(second)+string(first)+text[size+width:])
	}
	return texts
}

// branch calls next with each letter that follows the head in a run of words that begin with
// it, and with those words.
func (v vocabulary) branch(in run, head string, next func(letter rune, words run)) {
	for at := in.from; at < in.to; {
		letter, size := utf8.DecodeRuneInString(v[at][len(head):])
		if size == 0 {
			at++ // the head itself is a word
			continue
		}
		words := v.beginning(run{at, in.to}, v[at][:len(head)+size])
		next(letter, words)
		at = words.to
	}
}
