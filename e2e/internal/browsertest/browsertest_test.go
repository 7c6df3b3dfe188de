package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// chromium is what the package's own tests share.
var chromium *Browser

func TestMain(m *testing.M) {
	var err error
	if chromium, err = Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	chromium.Close()
	os.Exit(code)
}

// serve returns the address of a site with one page; the page's files do not exist.
func serve(t *testing.T, body string, headers ...string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for pair := range slices.Chunk(headers, 2) {
			w.Header().Set(pair[0], pair[1])
		}
		switch r.URL.Path {
		case "/":
		case "/favicon.ico": // asked for by the browser, sooner or later
			return
		default:
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html lang=en><title>A page</title>"+body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Every test of pages trusts the tab to notice what is wrong.
func TestProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		headers    []string
		want       string // in the one problem or in each; none where empty
		noScript   bool
	}{
		{name: "a good page", body: "<p>Hello<script>console.log('hello')</script>"},
		{name: "console", body: "<script>console.error('broken', 7)</script>", want: `console (error): "broken" 7`},
		{name: "exception", body: "<script>nothing.at.all()</script>", want: "nothing is not defined"},
		{name: "rejected promise", body: "<script>Promise.reject(new Error('late'))</script>", want: "late"},
		{name: "dialog", body: "<script>alert('hello')</script>", want: "dialog (alert): hello"},
		{name: "another origin", body: "<img src=http://books.invalid/a.png alt>", want: "books.invalid"},
		{name: "a missing file", body: "<img src=/a.png alt>", want: "answered with 404"},
		{name: "inline script", body: "<script>alert(1)</script>", headers: []string{"Content-Security-Policy", "script-src 'self'"}, want: "script-src"},
		{name: "inline style", body: "<p style='color: red'>Hello", headers: []string{"Content-Security-Policy", "style-src 'self'"}, want: "style-src"},
		{name: "inline style without scripts", body: "<p style='color: red'>Hello", headers: []string{"Content-Security-Policy", "style-src 'self'"}, want: "style-src", noScript: true},
		{name: "no scripts", body: "<script>alert(1)</script>", noScript: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tab := chromium.Open(t, serve(t, tt.body, tt.headers...), Look{NoScript: tt.noScript})
			if status := tab.Visit("/"); status != http.StatusOK {
				t.Errorf("status %d", status)
			}
			problems := tab.Problems()
			if tt.want == "" && len(problems) > 0 {
				t.Errorf("problems of a good page: %q", problems)
			}
			if tt.want != "" && !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, tt.want) }) {
				t.Errorf("problems %q, want %q", problems, tt.want)
			}
		})
	}
}

// A page that is built badly is told from one that is not.
func TestChecks(t *testing.T) {
	t.Parallel()
	const good = `<meta name=viewport content="width=device-width"><header>Shop</header><main><h1>Books</h1><h2>New</h2><a href=/>Home</a></main><footer>Us</footer>`
	tests := []struct {
		name, body                string
		sideways, outline, hidden bool // whether that is wrong
	}{
		{name: "a good page", body: good},
		{name: "too wide", body: good + `<p style="width: 2000px">Wide</p>`, sideways: true},
		{name: "cut off", body: `<style>body { overflow-x: hidden }</style>` + good + `<p style="width: 2000px">Wide</p>`, sideways: true},
		{name: "put aside", body: good + `<p style="position: absolute; left: -1000px">Aside</p>`},
		{name: "scrolls by itself", body: good + `<div style="overflow-x: auto"><p style="width: 2000px">Wide</p></div>`},
		{name: "two main headings", body: good + `<h1>Again</h1>`, outline: true},
		{name: "a heading left out", body: strings.ReplaceAll(good, "h2", "h4"), outline: true},
		{name: "no main", body: strings.ReplaceAll(good, "main", "div"), outline: true},
		{name: "two navigations of one name", body: good + `<nav>A</nav><nav>B</nav>`, outline: true},
		{name: "focus unseen", body: `<style>a:focus { outline: none }</style>` + good, hidden: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tab := chromium.Open(t, serve(t, tt.body), Look{Device: Narrow})
			tab.Visit("/")
			if problems := tab.Sideways(); len(problems) > 0 != tt.sideways {
				t.Errorf("sideways: %q", problems)
			}
			if problems := tab.Outline().Problems(); len(problems) > 0 != tt.outline {
				t.Errorf("outline: %q", problems)
			}
			tab.Press(kb.Tab)
			if e := tab.Focused(); e.Role != "link" || e.Name != "Home" {
				t.Fatalf("the focus is on %v", e)
			}
			// One of the browser's own is as good as the page's.
			if problem := tab.FocusProblem(); problem != "" != tt.hidden {
				t.Errorf("focus: %q", problem)
			}
		})
	}
}

// Whoever asked for less motion gets none.
func TestMotion(t *testing.T) {
	t.Parallel()
	const moves = `<style>p { transition: color .3s; animation: a 1s } @keyframes a { to { opacity: .5 } } html { scroll-behavior: smooth }`
	for name, tt := range map[string]struct {
		style string
		want  int
	}{
		"regardless":   {moves + `</style>`, 3},
		"with respect": {moves + `@media (prefers-reduced-motion) { p { transition: none; animation: none } html { scroll-behavior: auto } }</style>`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := chromium.Open(t, serve(t, tt.style+"<p>Hello"), Look{Still: true})
			tab.Visit("/")
			if found := tab.Motion(); len(found) != tt.want {
				t.Errorf("moving: %q", found)
			}
		})
	}
}

// The page is told how its visitor looks at it.
func TestLook(t *testing.T) {
	t.Parallel()
	const ask = `[innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(prefers-reduced-motion: reduce)").matches ? "still" : "moving", navigator.language, "ontouchstart" in window].join(" ")`
	for _, tt := range []struct {
		look Look
		want string
	}{
		{Look{}, "1280 false moving en false"},
		{Look{Device: Phone, Dark: true, Language: "pt-BR"}, "390 true moving pt-BR true"},
		{Look{Device: Zoomed, Still: true}, "640 false still en false"},
	} {
		t.Run(tt.look.String(), func(t *testing.T) {
			t.Parallel()
			tab := chromium.Open(t, serve(t, "<meta name=viewport content='width=device-width'>"), tt.look)
			tab.Visit("/")
			if got := Eval[string](tab, ask); got != tt.want {
				t.Errorf("the page sees %q, want %q", got, tt.want)
			}
		})
	}
}

// A page that moves under its visitor's eyes is noticed.
func TestLayoutShift(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]bool{"still": false, "moving": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := "<div id=a></div><p>" + strings.Repeat("Words. ", 400)
			if script {
				body += "<script>setTimeout(() => a.style.height = '400px', 100)</script>"
			}
			tab := chromium.Open(t, serve(t, body), Look{})
			tab.Visit("/")
			Eval[bool](tab, "new Promise(done => setTimeout(() => done(true), 300))")
			if shift := tab.LayoutShift(); shift.Sum >= 0.01 != script {
				t.Errorf("the page moved by %v", shift)
			}
		})
	}
}
