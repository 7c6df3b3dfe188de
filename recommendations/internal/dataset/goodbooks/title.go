package goodbooks

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// A title is what a title column says.
type title struct {
	text     string // without the series
	series   string
	position *float64
}

// position finds a number behind the # of a series, and the first number of a range.
var position = regexp.MustCompile(`^ *(\d+(?:\.\d+)?)`)

// parseTitle takes the series off a title that ends with it in parentheses, as in "Dune (Dune
// Chronicles #1)". Of several series it takes the first. Parentheses without a # stay: they
// hold a publisher's series, an edition or a joke as often as a series of books.
func parseTitle(value string) title {
	value = squeeze(value)
	before, inside, ok := lastParentheses(value)
	if !ok {
		return title{text: value}
	}
	name, number, _ := strings.Cut(inside, "#")
	found := position.FindStringSubmatch(number)
	name = strings.TrimPrefix(strings.TrimRight(name, ", "), "Includes: ")
	name = strings.TrimSuffix(name, " Part") // "Imajica Part #1/2"
	if found == nil || name == "" {
		return title{text: value}
	}
	at, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		return title{text: value}
	}
	return title{before, name, &at}
}

// lastParentheses splits a text that ends with something in parentheses, which may hold others.
func lastParentheses(text string) (before, inside string, ok bool) {
	if !strings.HasSuffix(text, ")") {
		return "", "", false
	}
	depth := 0
	for i := len(text) - 1; i > 0; i-- {
		switch text[i] {
		case ')':
			depth++
		case '(':
			depth--
		}
		if depth == 0 {
			return strings.TrimSpace(text[:i]), text[i+1 : len(text)-1], true
		}
	}
	return "", "", false
}

// squeeze makes every run of spaces one, and removes those around the text and the invisible
// marks of its direction.
func squeeze(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
