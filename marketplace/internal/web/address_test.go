package web

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"bookmarket/marketplace/internal/shop"
)

func TestSlug(t *testing.T) {
	tests := map[string]string{
		"The Dune Chronicles":          "the-dune-chronicles",
		"Ender's Game":                 "enders-game",
		"Sophie’s World":               "sophies-world",
		"  1984  ":                     "1984",
		"São Bernardo":                 "sao-bernardo",
		"Cafe\u0301 — Crème (2nd ed.)": "cafe-creme-2nd-ed",
		"Война и мир":                  url.PathEscape("воина-и-мир"), // the accent of й goes, too
		"百年の孤独":                        url.PathEscape("百年の孤独"),
		"!!!":                          "",
		"":                             "",
		"a/b?c#d%e&f":                  "a-b-c-d-e-f",
		"\xff\xfe":                     "",
		"../../etc/passwd":             "etc-passwd",
		strings.Repeat("word ", 30):    strings.TrimSuffix(strings.Repeat("word-", 13), "-"),
		strings.Repeat("x", 500):       strings.Repeat("x", 120),
		"“Surely You're Joking, Mr. Feynman!”":   "surely-youre-joking-mr-feynman",
		"ﬁre \u202e\u200b and\u0000 other\ttabs": url.PathEscape("ﬁre-and-other-tabs"),
	}
	for title, want := range tests {
		if got := slugOf(title); got != want {
			t.Errorf("%q becomes %q, want %q", title, got, want)
		}
	}
}

func TestBookID(t *testing.T) {
	tests := map[string]int64{
		"6": 6, "6-": 6, "6-the-dune-chronicles": 6, "9223372036854775807-x": 9223372036854775807,
		"": 0, "0": 0, "-6": 0, "+6": 0, "06": 0, "6.0": 0, " 6": 0, "six": 0, "9223372036854775808": 0, "6 -x": 0, "٦": 0,
	}
	for segment, want := range tests {
		if got := bookID(segment); got != want {
			t.Errorf("%q is book %d, want %d", segment, got, want)
		}
	}
}

// FuzzAddress checks that a book is found at its address, whatever its title, and that the address
// is one of this shop.
func FuzzAddress(f *testing.F) {
	for _, title := range []string{"Dune", "Café", "../..", "//x.example", "a%2fb", "\x00", "Война", "\u0301"} {
		f.Add(title, int64(6))
	}
	f.Fuzz(func(t *testing.T, title string, id int64) {
		if id < 1 {
			return
		}
		address := bookAddress(&shop.Book{ID: id, Title: title})
		parsed, err := url.Parse(address)
		if err != nil || parsed.Host != "" || parsed.RawQuery != "" || parsed.Fragment != "" || localAddress(address) != address {
			t.Fatalf("%q is at %q: %v", title, address, err)
		}
		segment, ok := strings.CutPrefix(parsed.Path, "/books/")
		if !ok || strings.Contains(segment, "/") || bookID(segment) != id || !isBookAddress(address, segment) || !utf8.ValidString(segment) {
			t.Errorf("%q is at %q, which is book %d", title, address, bookID(segment))
		}
		if strings.ContainsFunc(segment, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) || len(segment) > 400 {
			t.Errorf("%q is at %q", title, segment)
		}
	})
}
