package visitor

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	recentName = "recent"
	recentAge  = 90 * 24 * time.Hour
	maxRecent  = 10

	noticeName = "notice"
	noticeAge  = time.Minute // the next page comes at once, or never
)

// Saw notes in the visitor's browser, and nowhere else, that they looked at a book.
func (v *Visitors) Saw(w http.ResponseWriter, r *http.Request, book int64) {
	seen := recent(r)
	if book <= 0 || len(seen) > 0 && seen[0] == book {
		return
	}
	v.setRecent(w, r, append([]int64{book}, without(seen, book)...))
}

// Unsaw takes a book out of those that the visitor looked at.
func (v *Visitors) Unsaw(w http.ResponseWriter, r *http.Request, book int64) {
	if seen := recent(r); slices.Contains(seen, book) {
		v.setRecent(w, r, without(seen, book))
	}
}

func without(books []int64, book int64) []int64 {
	return slices.DeleteFunc(books, func(other int64) bool { return other == book })
}

func (v *Visitors) setRecent(w http.ResponseWriter, r *http.Request, books []int64) {
	texts := make([]string, 0, maxRecent)
	for _, book := range books[:min(len(books), maxRecent)] {
		texts = append(texts, strconv.FormatInt(book, 10))
	}
	age := recentAge
	if len(texts) == 0 {
		age = -1
	}
	v.set(w, r, recentName, strings.Join(texts, "."), age)
}

// recent returns the books that a visitor looked at, the latest first. It is not signed: who
// makes one up changes what they see themselves. What this package did not write counts for nothing.
func recent(r *http.Request) []int64 {
	cookies := r.CookiesNamed(recentName)
	if len(cookies) != 1 {
		return nil
	}
	var books []int64
	for text := range strings.SplitSeq(cookies[0].Value, ".") {
		book, err := strconv.ParseInt(text, 10, 64)
		if err != nil || book <= 0 || strconv.FormatInt(book, 10) != text ||
			slices.Contains(books, book) || len(books) == maxRecent {
			return nil
		}
		books = append(books, book)
	}
	return books
}

// Notice has the visitor's next page say what became of this request. The page looks the name up
// among those that it knows.
func (v *Visitors) Notice(w http.ResponseWriter, r *http.Request, name string) {
	v.set(w, r, noticeName, name, noticeAge)
}

// TakeNotice returns the name of what there is to say, empty where there is nothing. It is said once.
func (v *Visitors) TakeNotice(w http.ResponseWriter, r *http.Request) string {
	cookies := r.CookiesNamed(noticeName)
	if len(cookies) == 0 {
		return ""
	}
	v.set(w, r, noticeName, "", -1)
	if name := cookies[0].Value; len(cookies) == 1 && isNotice(name) {
		return name
	}
	return ""
}

// isNotice reports whether a name is made of what names of notices are made of.
func isNotice(name string) bool {
	outside := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' && c != '.'
	}
	return name != "" && len(name) <= 40 && !strings.ContainsFunc(name, outside)
}

// set sends a cookie to the browser, or takes it away where its age is negative. A second one of
// its name goes in place of the first.
func (v *Visitors) set(w http.ResponseWriter, r *http.Request, name, value string, age time.Duration) {
	cookie := &http.Cookie{ //nolint:gosec // without TLS a secure cookie would not be kept
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   int(age.Seconds()),
		HttpOnly: true,
		Secure:   v.way.OverTLS(r),
		SameSite: http.SameSiteLaxMode,
	}
	if age < 0 {
		cookie.MaxAge = -1
	}
	header := w.Header()
	header["Set-Cookie"] = slices.DeleteFunc(header["Set-Cookie"], func(other string) bool {
		return strings.HasPrefix(other, name+"=")
	})
	http.SetCookie(w, cookie)
}
