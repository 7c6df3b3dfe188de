package recclient

import (
	"net/url"
	"regexp"
	"strings"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

func bookID(b *shop.Book) int64 { return b.ID }

// readBook returns a book without its description, and whether it can be shown. What nobody
// should believe of it is left out.
func readBook(b *bookmarketv1.Book) (*shop.Book, bool) {
	title, ok := line(b.GetTitle())
	if !ok || b.GetId() < 1 {
		return nil, false
	}
	book := &shop.Book{
		ID:             b.GetId(),
		Title:          title,
		OriginalTitle:  optionalLine(b.GetOriginalTitle()),
		Authors:        names(b.GetAuthors(), line),
		Categories:     names(b.GetCategories(), slug),
		Year:           year(b.GetPublicationYear()),
		ISBN13:         isbn13(b.GetIsbn13()),
		Language:       language(b.GetLanguage()),
		Series:         optionalLine(b.GetSeries()),
		SeriesPosition: -1,
		RatingsCount:   count(b.GetRatingsCount()),
		Price:          price(b.GetPrice()),
		CoverURL:       coverURL(b.GetCoverUrl()),
	}
	if book.OriginalTitle == title {
		book.OriginalTitle = ""
	}
	// Neither of these holds of NaN.
	if position := b.GetSeriesPosition(); b.SeriesPosition != nil && book.Series != "" && position >= 0 && position <= 1e6 {
		book.SeriesPosition = position
	}
	if rating := b.GetAverageRating(); rating >= 1 && rating <= 5 {
		book.AverageRating = rating
	}
	return book, true
}

func year(y int32) int {
	if y < -9999 || y > 9999 {
		return 0
	}
	return int(y)
}

// count returns how many readers there are: there are not more of them than people.
func count(n int64) int64 {
	if n < 0 || n > 1e10 {
		return 0
	}
	return n
}

// isbn13 returns an ISBN whose check digit is right: weighed by 1 and 3 in turn, the digits add
// up to tens (ISO 2108).
func isbn13(isbn string) string {
	sum := 0
	for i, c := range []byte(isbn) {
		if len(isbn) != 13 || c < '0' || c > '9' {
			return ""
		}
		sum += int(c-'0') * (1 + i%2*2)
	}
	if sum%10 != 0 {
		return ""
	}
	return isbn
}

// tag has the shape of a language tag, and maxTag its greatest length (RFC 5646, 2.1 and 4.4.1).
var tag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

const maxTag = 35

func language(text string) string {
	if len(text) > maxTag || !tag.MatchString(text) {
		return ""
	}
	return text
}

func price(m *bookmarketv1.Money) shop.Money {
	code := m.GetCurrencyCode()
	isCode := len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	if !isCode || m.GetUnits() < 0 || m.GetNanos() < 0 || m.GetNanos() > 999_999_999 {
		return shop.Money{}
	}
	return shop.Money{Currency: code, Units: m.GetUnits(), Nanos: m.GetNanos()}
}

// coverURL returns an absolute https address that names no user.
func coverURL(text string) string {
	if len(text) > maxLine {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	if address := u.String(); printable(address, maxLine) { // it may have become longer
		return address
	}
	return ""
}
