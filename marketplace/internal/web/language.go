package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bookmarket/marketplace/internal/web/locales"
)

// languageCookie keeps the language that a visitor chose, and for so long.
const (
	languageCookie    = "language"
	languageCookieAge = 365 * 24 * time.Hour
)

// languageOf returns the language that a visitor chose, or else the one that suits the browser.
func languageOf(r *http.Request) *locales.Language {
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if chosen := locales.Named(cookie.Value); chosen != nil {
			return chosen
		}
	}
	return locales.Accepted(r.Header.Get("Accept-Language"))
}

// setLanguage keeps the language that a visitor chose, and returns to the page with the switch.
// A language that the shop does not speak changes nothing.
func (s *Server) setLanguage(w http.ResponseWriter, r *http.Request) error {
	if chosen := locales.Named(r.PostFormValue("language")); chosen != nil {
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // without TLS a secure cookie would not be kept
			Name:     languageCookie,
			Value:    chosen.Tag(),
			Path:     "/",
			MaxAge:   int(languageCookieAge.Seconds()),
			HttpOnly: true,
			Secure:   s.visitors.Way().OverTLS(r),
			SameSite: http.SameSiteLaxMode,
		})
	}
	return seeOther(w, r, localAddress(r.PostFormValue("back")))
}

// asking are the pages whose addresses ask for something, by what they begin with.
var asking = []string{"/search", "/categories/", "/authors/"}

// addressOf returns where a visitor finds the page again that answers a request. What somebody put
// behind the address of a page that asks for nothing is left out: beside what a reader likes, and
// compressed with it, it would tell by the answer's length how like the two are (BREACH).
func addressOf(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return "/"
	}
	asks := func(prefix string) bool { return strings.HasPrefix(r.URL.Path, prefix) }
	if slices.ContainsFunc(asking, asks) {
		return localAddress(r.URL.RequestURI())
	}
	return localAddress(r.URL.EscapedPath())
}

// localAddress returns an address if it is one of this shop, and its home page's otherwise. To
// browsers a second slash, either way round, begins the name of another host.
func localAddress(address string) string {
	local, err := url.Parse(address)
	if err != nil || local.Scheme != "" || local.Host != "" || !strings.HasPrefix(local.Path, "/") || strings.HasPrefix(local.Path, "//") {
		return "/"
	}
	return (&url.URL{Path: local.Path, RawPath: local.RawPath, RawQuery: local.RawQuery}).String()
}
