package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"bookmarket/recommendations/internal/recommend"
)

// words returns the words of a text as they are searched: as [recommend.Words] does, and "&"
// is the word "and".
func words(text string) []string {
	return recommend.Words(strings.ReplaceAll(text, "&", " and "))
}

// withInitials adds to the words of a text its runs of single letters as one word each, so
// that "jrr tolkien" finds what "J.R.R. Tolkien" wrote.
func withInitials(words []string) []string {
	all := words
	for from := 0; from < len(words); from++ {
		to := from
		for to < len(words) && single(words[to]) {
			to++
		}
		if to-from > 1 {
			all = append(all, strings.Join(words[from:to], ""))
		}
		from = max(from, to)
	}
	return all
}

func single(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return size == len(word) && unicode.IsLetter(r)
}

// letters counts the letters of a word.
func letters(word string) (n int) {
	for _, r := range word {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// withoutArticle returns the words of a title, joined by spaces, without a leading article.
func withoutArticle(title string) string {
	for _, article := range []string{"the ", "a ", "an "} {
		if rest, ok := strings.CutPrefix(title, article); ok {
			return rest
		}
	}
	return title
}
