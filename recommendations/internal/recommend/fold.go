package recommend

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unmarked are letters that Unicode does not decompose, and what people type for them.
var unmarked = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "ł", "l", "þ", "th", "ı", "i",
	"’", "'", "‘", "'",
)

// Fold returns the text in the form in which texts are compared: in lower case, without
// accents, in Unicode's compatibility decomposition (UAX 15).
func Fold(text string) string {
	if plain(text) {
		return strings.ToLower(text)
	}
	lower := strings.ToLower(norm.NFKD.String(text))
	return unmarked.Replace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, lower))
}

func plain(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Words returns the words of a text, folded: runs of letters and digits, and what stands
// behind an apostrophe belongs to the word before it ("Ender's" is enders).
func Words(text string) []string {
	text = strings.ReplaceAll(Fold(text), "'", "")
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Slug returns the words of a text with hyphens between them, to stand in an address.
func Slug(text string) string { return strings.Join(Words(text), "-") }
