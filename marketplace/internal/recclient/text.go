package recclient

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what is taken from an answer, whoever gave it. The service keeps less.
const (
	maxLine        = 1 << 10  // bytes of a title, a name or an address
	maxDescription = 16 << 10 // bytes
	maxNames       = 15       // authors or categories of a book
)

// line returns a text of one line that people read, and whether there is one.
func line(text string) (string, bool) {
	text = strings.TrimSpace(clean(text, ""))
	return text, text != "" && len(text) <= maxLine
}

// optionalLine returns a text of one line, or "" where there is none to be read.
func optionalLine(text string) string {
	if text, ok := line(text); ok {
		return text
	}
	return ""
}

// paragraphs returns a text of several lines, or what fits of it.
func paragraphs(text string) string {
	text = clean(cut(text, maxDescription), "\n\t")
	return strings.TrimSpace(strings.Clone(cut(text, maxDescription))) // a cut text would keep all of it in memory
}

// clean puts spaces in the place of control characters, but those to be kept, and takes out
// those that turn what stands behind them around (UAX 9): a title must not touch the sentence
// it stands in.
func clean(text, keep string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) && !strings.ContainsRune(keep, r):
			return ' '
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, text)
}

// cut returns the beginning of a text, up to so many bytes, in whole characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// slug returns what names a category in addresses, and whether it can.
func slug(text string) (string, bool) {
	other := func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return text, text != "" && len(text) <= maxLine && !strings.ContainsFunc(text, other)
}

// names returns the names up to the first that is none: those behind it would move up to a
// place that is not theirs.
func names(list []string, read func(string) (string, bool)) []string {
	var good []string
	for _, text := range list[:min(maxNames, len(list))] {
		name, ok := read(text)
		if !ok {
			break
		}
		good = append(good, name)
	}
	return good
}

// maxAsked is how many characters the service takes of a text that asks for something.
const maxAsked = 200

// askable reports whether anything can be called by a name; the service refuses other ones.
func askable(name string) bool {
	return utf8.ValidString(name) && utf8.RuneCountInString(name) <= maxAsked
}

// searchable returns what of a text the service takes for a search.
func searchable(text string) string {
	n := 0
	text = strings.ToValidUTF8(text, " ")
	for i := range text {
		if n == maxAsked {
			return text[:i]
		}
		n++
	}
	return text
}

// maxToken is how many bytes a page token or an event's id may have; the service takes no
// longer ones.
const (
	maxToken   = 4 << 10
	maxEventID = 128
)

// printable reports whether a text has no more than so many bytes, all of them ASCII that can
// be seen.
func printable(text string, most int) bool {
	return len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return r < '!' || r > '~' })
}

// nextPage returns what names the page after one that was asked for and has so many parts, or
// "" where a visitor could not go on from it.
func nextPage(token, asked string, parts int) string {
	if parts == 0 || token == asked || !printable(token, maxToken) {
		return ""
	}
	return token
}
