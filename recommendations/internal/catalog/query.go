package catalog

import (
	"slices"
	"strings"

	"bookmarket/recommendations/internal/recommend"
)

// A query is what is searched.
type query struct {
	title string // all words as typed, as the index has those of titles
	words []typed
}

// A typed word is to be found in every book of the answer.
type typed struct {
	word   string
	prefix bool // may be the beginning of a word
	isbn   bool // is an ISBN, or the beginning of one
}

// parse reads a query. Its last word may be the beginning of one, even where a space follows:
// whole words come first anyway, and so what is found does not jump at the space.
func parse(text string) query {
	if len(recommend.Words(text)) == 0 {
		return query{} // "&" alone is no word
	}
	if isbn := isbnOf(text); isbn != "" {
		return query{words: []typed{{isbn, true, true}}} // with spaces in it, too
	}
	var all []string
	var q query
	for part := range strings.FieldsSeq(text) {
		found, isbn := words(part), isbnOf(part)
		if isbn != "" {
			found = []string{isbn}
		}
		for _, word := range found {
			if !slices.ContainsFunc(q.words, func(t typed) bool { return t.word == word }) {
				q.words = append(q.words, typed{word: word, isbn: isbn != ""})
			}
		}
		all = append(all, found...)
	}
	// A word that was typed before is known whole already.
	if last := len(q.words) - 1; q.words[last].word == all[len(all)-1] {
		q.words[last].prefix = true
	}
	q.title = strings.Join(all, " ")
	return q
}
