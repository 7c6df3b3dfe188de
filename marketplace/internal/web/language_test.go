package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
	"bookmarket/marketplace/internal/web/locales"
	"bookmarket/marketplace/internal/web/visitor"
)

// visit returns a page as a browser gets it that prefers languages and holds a cookie.
func visit(t testing.TB, handler http.Handler, path, accept, cookie string) (*http.Response, string) {
	t.Helper()
	request := httptest.NewRequest("GET", path, http.NoBody)
	request.Header.Set("Accept-Language", accept)
	if cookie != "" {
		request.Header.Set("Cookie", cookie)
	}
	resp := get(t, handler, request)
	return resp, body(t, resp)
}

// switchTo sends the switch's form as a browser does.
func switchTo(t testing.TB, handler http.Handler, language, back string, headers ...string) *http.Response {
	t.Helper()
	form := url.Values{"language": {language}, "back": {back}}.Encode()
	request := httptest.NewRequest("POST", "/language", strings.NewReader(form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for pair := range slices.Chunk(headers, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	return get(t, handler, request)
}

func TestLanguages(t *testing.T) {
	server := storefront(t, shelves(shop.Remembered, "a"))
	tests := []struct {
		name, path, accept, cookie string
		language                   string
		says                       []string
	}{
		{"English", "/", "en", "", "en", []string{"<title>Online Books For You</title>", "Mystery books you may like", "Young adult books you may like", "ÉBooks books you may like", "3 shelves", "Skip to the content", "by Zygmunt Zając"}},
		{"Portuguese", "/", "pt-BR", "", "pt-BR", []string{"<title>Online Books For You</title>", "Mistério: livros de que", "Jovem adulto: livros", "ÉBooks: livros", "3 estantes", "Pular para o conteúdo", ", de Zygmunt Zając"}},
		{"nothing known", "/", "tlh", "", "en", []string{"Mystery books"}},
		{"no page", "/x", "en", "", "en", []string{"<title>Page not found · Online Books For You</title>", "To the books"}},
		{"no page, Portuguese", "/x", "pt", "", "pt-BR", []string{"<title>Página não encontrada · Online Books For You</title>", "Ir para os livros", "Online Books For You"}},
		{"chosen", "/", "en", "language=pt-BR", "pt-BR", []string{"Mistério"}},
		{"chosen against the browser", "/x", "pt-BR", "a=b; language=en", "en", []string{"Page not found"}},
		{"a language of nobody's", "/", "pt-BR", "language=tlh", "pt-BR", []string{"Mistério"}},
		{"a bad cookie", "/", "pt-BR", `language="><script>`, "pt-BR", []string{"Mistério"}},
		{"a long cookie", "/", "en", "language=" + strings.Repeat("pt-BR", 1000), "en", []string{"Mystery"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, page := visit(t, server, tt.path, tt.accept, tt.cookie)
			for _, text := range append(tt.says, fmt.Sprintf(`<html lang=%q>`, tt.language), fmt.Sprintf(`value=%q lang=%[1]q aria-current="true"`, tt.language)) {
				if !strings.Contains(page, text) {
					t.Errorf("the page lacks %q:\n%s", text, page)
				}
			}
			if n := strings.Count(page, "aria-current"); n != 1 {
				t.Errorf("%d languages are the page's", n)
			}
			if got := resp.Header.Get("Content-Language"); got != tt.language {
				t.Errorf("Content-Language is %q", got)
			}
			if got := resp.Header.Get("Vary"); got != "Accept-Language, Cookie, Accept-Encoding" {
				t.Errorf("Vary is %q", got)
			}
		})
	}
}

// Every problem has its words in every language.
func TestProblemsInPortuguese(t *testing.T) {
	server := storefront(t, panicking) // its home page panics
	tests := []struct {
		method, path string
		body         int // bytes
		site         string
		title        string
	}{
		{"GET", "/x", 0, "", "Página não encontrada"},
		{"PUT", "/", 0, "", "Isso não funciona aqui"},
		{"POST", "/", 64<<10 + 1, "", "Isso é grande demais"},
		{"POST", "/language", 0, "cross-site", "Isso não veio desta loja"},
		{"GET", "/", 0, "", "Algo deu errado"},
	}
	for _, tt := range tests {
		request := httptest.NewRequest(tt.method, tt.path, bytes.NewReader(make([]byte, tt.body)))
		request.Header.Set("Accept-Language", "pt-BR")
		request.Header.Set("Sec-Fetch-Site", tt.site)
		page := body(t, get(t, server, request))
		if !strings.Contains(page, "<title>"+tt.title+" · Online Books For You</title>") || strings.Contains(page, "<p></p>") {
			t.Errorf("%s %s: want %q\n%s", tt.method, tt.path, tt.title, page)
		}
	}
}

// The switch is kept, by a cookie that nothing but this shop gets to see.
func TestSwitch(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh, "a"))
	resp := switchTo(t, server, "pt-BR", "/x?a=b&c=d", "Origin", "http://example.com", "Sec-Fetch-Site", "same-origin", "Accept-Language", "en")
	cookies := resp.Cookies()
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/x?a=b&c=d" || len(cookies) != 1 {
		t.Fatalf("got %d %v", resp.StatusCode, resp.Header)
	}
	if got, want := resp.Header.Get("Set-Cookie"), "language=pt-BR; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"; got != want {
		t.Errorf("the cookie is %q, want %q", got, want)
	}
	if got := resp.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	if _, page := visit(t, server, "/", "en", cookies[0].Name+"="+cookies[0].Value); !strings.Contains(page, "Mistério") {
		t.Errorf("the choice is not kept:\n%s", page)
	}
}

func TestCookieIsSecureOverTLS(t *testing.T) {
	tests := map[string]struct {
		way           visitor.Way
		target, proto string
		secure        bool
	}{
		"plain":               {visitor.Way{}, "http://shop.example/language", "", false},
		"TLS":                 {visitor.Way{}, "https://shop.example/language", "", true},
		"TLS, at a proxy":     {visitor.Way{Proxies: 1}, "http://shop.example/language", "https", true},
		"TLS, at no proxy":    {visitor.Way{}, "http://shop.example/language", "https", false},
		"TLS, by the address": {visitor.Way{TLS: true}, "http://shop.example/language", "", true},
	}
	for name, tt := range tests {
		request := httptest.NewRequest("POST", tt.target, strings.NewReader("language=en"))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("X-Forwarded-Proto", tt.proto)
		cookies := get(t, storefrontWith(web.Options{Shop: shelves(shop.Fresh), Way: tt.way}), request).Cookies()
		if len(cookies) != 1 || cookies[0].Secure != tt.secure {
			t.Errorf("%s: %v, want Secure: %v", name, cookies, tt.secure)
		}
	}
}

// Pages send the visitor back to themselves, and pages that cannot be read again to the books.
func TestPagesNameTheirAddress(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh))
	tests := []struct{ method, path, want string }{
		{"GET", "/", "/"},
		{"GET", "/?a=b&c=%22", "/"},
		{"GET", "/my-books?a=b", "/my-books"},
		{"GET", "/search?a=b&c=%22", "/search?a=b&amp;c=%22"},
		{"GET", "/categories/x%2f?sort=title", "/categories/x%2f?sort=title"},
		{"GET", "/no/where%2f?x", "/no/where%2f"},
		{"GET", `/"><script>`, "/%22%3E%3Cscript%3E"},
		{"GET", "//foreign.example/", "/"},
		{"POST", "/", "/"},
		{"DELETE", "/x", "/"},
	}
	for _, tt := range tests {
		request := httptest.NewRequest(tt.method, "/", http.NoBody)
		request.RequestURI = tt.path
		address, err := url.ParseRequestURI(tt.path) // as net/http does
		if err != nil {
			t.Fatal(err)
		}
		request.URL = address
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, request)
		page := answer.Body.String()
		if answer.Code == http.StatusTemporaryRedirect { // the mux tidies the path
			continue
		}
		match := regexp.MustCompile(`name="back" value="([^"]*)"`).FindStringSubmatch(page)
		if len(match) != 2 || match[1] != tt.want {
			t.Errorf("%s %s: the page is at %q, want %q", tt.method, tt.path, match, tt.want)
		}
	}
}

// Whatever the form says, nobody leaves the shop by it.
func TestNoOpenRedirect(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh))
	tests := map[string]string{
		"/books?x=//a.example":     "/books?x=//a.example",
		"":                         "/",
		"books":                    "/",
		"https://foreign.example/": "/",
		"//foreign.example/":       "/",
		`/\foreign.example/`:       "/%5Cforeign.example/",
		`\\foreign.example/`:       "/",
		"/\t/foreign.example/":     "/",
		"\t//foreign.example/":     "/",
		" //foreign.example/":      "/",
		"///foreign.example/":      "/",
		"//foreign.example/books":  "/",
		"/..//foreign.example/":    "/foreign.example/",
		"/.//foreign.example/":     "/foreign.example/",
		"/%2f/foreign.example":     "/",
		"//%2fforeign.example":     "/",
		"javascript:alert(1)":      "/",
		"http:/foreign.example":    "/",
		"http:foreign.example":     "/",
		"//user@foreign.example":   "/",
		"/a\r\nSet-Cookie: a=b":    "/",
		"/%zz":                     "/",
	}
	for back, want := range tests {
		resp := switchTo(t, server, "en", back)
		if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || got != want {
			t.Errorf("back to %q: got %d to %q, want %q", back, resp.StatusCode, got, want)
		}
	}
}

// A language that the shop does not speak is not kept.
func TestUnknownLanguageIsNotKept(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh))
	for _, language := range []string{"", "tlh", "en; Domain=x", "EN"} {
		resp := switchTo(t, server, language, "/")
		if resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) != 0 {
			t.Errorf("%q: got %d %v", language, resp.StatusCode, resp.Header)
		}
	}
	if resp, _ := visit(t, server, "/?language=pt-BR&back=/", "en", ""); len(resp.Cookies()) != 0 || resp.Header.Get("Content-Language") != "en" {
		t.Errorf("a GET changed the language: %v", resp.Header)
	}
}

// No other site can send anything in a visitor's name, to whichever address.
func TestForeignFormsAreRefused(t *testing.T) {
	server := storefront(t, shelves(shop.Fresh))
	for name, headers := range map[string][]string{
		"another site":         {"Sec-Fetch-Site", "cross-site", "Origin", "https://foreign.example"},
		"another subdomain":    {"Sec-Fetch-Site", "same-site", "Origin", "http://a.example.com"},
		"an older browser":     {"Origin", "https://foreign.example"},
		"a page without place": {"Origin", "null"},
	} {
		resp := switchTo(t, server, "pt-BR", "/", headers...)
		page := body(t, resp)
		if resp.StatusCode != http.StatusForbidden || len(resp.Cookies()) != 0 || !strings.Contains(page, "did not come from this shop") {
			t.Errorf("%s: got %d %v", name, resp.StatusCode, resp.Header)
		}
		if resp.Header.Get("Content-Security-Policy") == "" || resp.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: refused without the headers of every answer: %v", name, resp.Header)
		}
	}
	request := httptest.NewRequest("GET", "/", http.NoBody) // a link to the shop
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	if resp := get(t, server, request); resp.StatusCode != http.StatusOK {
		t.Errorf("a link from another site: got %d", resp.StatusCode)
	}
}

// FuzzLanguage chooses a language by whatever a browser sends, and goes back to wherever a form
// says: the page speaks a language of the shop, and nobody leaves it.
func FuzzLanguage(f *testing.F) {
	f.Add("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR", "/books?a=b")
	f.Add("*;q=0", `"en"`, "//foreign.example")
	f.Add("x-y-z,,;q=", "", `/\foreign.example`)
	f.Add("en-u-co-phonebk", "en, language=pt-BR", "/..//foreign.example#x")
	server := storefront(f, shelves(shop.Fresh, "a"))
	base, err := url.Parse("http://shop.example/language")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, accept, chosen, back string) {
		resp, page := visit(t, server, "/", accept, "language="+chosen)
		language := resp.Header.Get("Content-Language")
		if locales.Named(language) == nil || !strings.Contains(page, `<html lang="`+language+`">`) {
			t.Errorf("the page is in %q\n%s", language, page)
		}
		if locales.Named(chosen) != nil && language != chosen {
			t.Errorf("chosen is %s, and the page is in %s", chosen, language)
		}
		resp = switchTo(t, server, chosen, back)
		location := resp.Header.Get("Location")
		target, err := base.Parse(location)
		if err != nil || resp.StatusCode != http.StatusSeeOther || target.Host != base.Host || target.Scheme != base.Scheme ||
			!strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\r\n\t") {
			t.Errorf("back to %q: got %d to %q, %v", back, resp.StatusCode, location, err)
		}
	})
}
