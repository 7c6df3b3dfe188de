package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bookmarket/marketplace/internal/shop"
)

// maxSlug is how many bytes of a title an address shows.
const maxSlug = 60

// bookAddress returns the one address of a book's page.
func bookAddress(book *shop.Book) string { return "/books/" + bookSegment(book) }

// bookSegment returns what names a book in addresses: its id, and its title for people.
func bookSegment(book *shop.Book) string {
	id := strconv.FormatInt(book.ID, 10)
	if slug := slugOf(book.Title); slug != "" {
		return id + "-" + slug
	}
	return id
}

// bookID returns the id in what names a book in an address, whatever stands behind it, or 0.
func bookID(segment string) int64 {
	digits, _, _ := strings.Cut(segment, "-")
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id < 1 || digits != strconv.FormatInt(id, 10) {
		return 0
	}
	return id
}

func categoryAddress(slug string) string { return "/categories/" + url.PathEscape(slug) }

func authorAddress(name string) string { return "/authors/" + url.PathEscape(name) }

// slugOf returns a title for an address: its letters and digits in lower case, without accents,
// joined by hyphens, cut at a word. What is not Latin stays as it is, escaped.
func slugOf(title string) string {
	var b strings.Builder
	b.Grow(maxSlug)
	gap, plain := false, true
	for _, r := range norm.NFD.String(title) {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			// most are
		case r == '\'', r == '’', r >= utf8.RuneSelf && unicode.Is(unicode.Mn, r):
			continue // part of the letter before it, or of the word
		case !unicode.IsLetter(r) && !unicode.IsDigit(r), r == utf8.RuneError:
			gap = true
			continue
		}
		if b.Len() >= maxSlug && gap || b.Len() >= 2*maxSlug {
			break
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap, plain = false, plain && r < utf8.RuneSelf
		b.WriteRune(unicode.ToLower(r))
	}
	if plain {
		return b.String()
	}
	return url.PathEscape(norm.NFC.String(b.String()))
}

// seeOther sends a visitor on to an address of this shop, after a form or where there is no such
// page of a list.
func seeOther(w http.ResponseWriter, r *http.Request, address string) error {
	return redirect(w, r, address, http.StatusSeeOther)
}

// moved sends a visitor on to what a page's address is. Titles and names change, and may change
// back: browsers that remembered both ways would go in circles.
func moved(w http.ResponseWriter, r *http.Request, address string) error {
	return redirect(w, r, address, http.StatusMovedPermanently)
}

func redirect(w http.ResponseWriter, r *http.Request, address string, status int) error {
	w.Header().Set("Cache-Control", "no-store") // it may bring cookies
	http.Redirect(w, r, address, status)        //nolint:gosec // made by localAddress, or in this package
	return nil
}

// showsImage reports whether pages may show the picture at an address: their
// Content-Security-Policy lets browsers load those of the shop's image origins.
func (s *Server) showsImage(address string) bool {
	for _, origin := range s.imageOrigins {
		if strings.HasPrefix(address, origin+"/") {
			return true
		}
	}
	return false
}
