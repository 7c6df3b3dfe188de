package catalog

import (
	"strconv"
	"strings"
)

const (
	isbnDigits = 13
	// minISBN is how many digits the beginning of an ISBN has at least: shorter numbers are
	// more likely those of titles.
	minISBN = 7
)

var separators = strings.NewReplacer("-", "", "‐", "", "‑", "", "‒", "", "–", "", " ", "")

// isbnOf returns the digits of the ISBN-13 that a text is, or is the beginning of, or "". An
// ISBN-10 becomes the ISBN-13 that is printed beside it.
func isbnOf(text string) string {
	text = separators.Replace(text)
	if isbn := isbn13(text); isbn != "" {
		return isbn
	}
	known := strings.HasPrefix(text, "978") || strings.HasPrefix(text, "979")
	switch n := len(text); {
	case !number(text) || n > isbnDigits || n < minISBN:
		return ""
	case n == isbnDigits || known:
		return text
	default:
		return ""
	}
}

// isbn13 returns the ISBN-13 of an ISBN-10, or "" where the text is none: its digits, with
// weights from 10 down to 1, add up to a multiple of 11, and the last may be X for 10.
func isbn13(text string) string {
	if len(text) != 10 {
		return ""
	}
	body, check := text[:9], text[9]
	sum := int(check - '0')
	if check == 'X' || check == 'x' {
		sum = 10
	}
	if !number(body) || sum < 0 || sum > 10 {
		return ""
	}
	for i, c := range []byte(body) {
		sum += int(c-'0') * (10 - i)
	}
	if sum%11 != 0 {
		return ""
	}
	body = "978" + body
	sum = 0
	for i, c := range []byte(body) {
		sum += int(c-'0') * (1 + i%2*2)
	}
	return body + strconv.Itoa((10-sum%10)%10)
}

func number(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
