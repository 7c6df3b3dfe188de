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
	fresh := false // the latest word was not typed before
	for part := range strings.FieldsSeq(text) {
		found, isbn := words(part), isbnOf(part)
		if isbn != "" {
			found = []string{isbn}
		}
		for _, word := range found {
			fresh = !slices.ContainsFunc(q.words, func(t typed) bool { return t.word == word })
			if fresh {
				q.words = append(q.words, typed{word: word, isbn: isbn != ""})
			}
		}
		all = append(all, found...)
	}
	// Where the last word was typed before, it is wanted whole already.
	q.words[len(q.words)-1].prefix = fresh
	q.title = strings.Join(all, " ")
	return q
}
