package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"bookmarket/e2e/internal/browsertest"
	"bookmarket/e2e/internal/payloads"
)

// A hostile catalogue has payloads for each text of each of its books.
const (
	firstHostile = 1000 // the id of its first book
	longest      = 500  // characters of a title; a name has less than half of that
	perPage      = 24   // books of a list, or fewer
)

// writeHostile writes the catalogue as a books file, and returns the books' titles.
func writeHostile(t *testing.T, file string) (titles []string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // Encode has written, and the shop reads it
	lines := json.NewEncoder(f)
	for _, texts := range pack(hostileTexts(), longest) {
		i, all, categories := len(titles), strings.Join(texts, " "), []string{"Mystery"}
		if i%10 == 0 {
			categories = append(categories, texts[0])
		}
		titles = append(titles, all)
		err := lines.Encode(map[string]any{
			"id": firstHostile + i, "title": all, "original_title": texts[0], "authors": packed(texts, mostShown), "categories": categories, "year": 2000,
			"description": all, "series": texts[len(texts)-1], "series_position": 1, "average_rating": 4.5, "ratings_count": 5000 - i,
			"cover_url": "https://books.invalid/cover.png",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return titles
}

// hostileTexts are the payloads as a books file can hold them. What no import lets in has its place in
// the tests of imports.
func hostileTexts() (texts []string) {
	for _, text := range payloads.HTML() {
		texts = append(texts, strings.Join(strings.FieldsFunc(text, isControl), " "))
	}
	return texts
}

// isControl tells what is no part of a text, but changes its direction or its line.
func isControl(r rune) bool { return r < ' ' || unicode.Is(unicode.Bidi_Control, r) }

// What comes with a catalogue is text on every page: no script of it runs, no dialog opens, nothing is
// asked of another host, and the page does not even try, so that the content security policy has
// nothing to report.
func TestImportedPayloadsStayTexts(t *testing.T) { //nolint:tparallel // the shop is shared, and ends behind all of them
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.jsonl")
	titles := writeHostile(t, file)
	shop := &sharedShop{}
	t.Cleanup(shop.wait)
	if err := shop.start(t.Context(), "RECOMMENDATIONS_CATALOG="+file); err != nil {
		t.Fatal(err)
	}
	const workers = 2
	t.Run("pages", func(t *testing.T) {
		for worker := range workers {
			t.Run(strconv.Itoa(worker), func(t *testing.T) {
				t.Parallel()
				visitor := hostileVisitor{chromium.Open(t, shop.url, browsertest.Look{})}
				paths := hostileLists(titles)
				for i := worker; i < len(paths); i += workers {
					visitor.visit(t, paths[i])
				}
				for i := worker; i < len(titles); i += workers {
					visitor.visit(t, "/books/"+strconv.Itoa(firstHostile+i))
					visitor.heading(t, titles[i])
				}
			})
		}
	})
}

// hostileLists are the addresses of pages with many payloads each.
func hostileLists(titles []string) []string {
	paths := []string{"/", "/categories", "/search?q=alert&page=2"}
	for page := range (len(titles) + perPage - 1) / perPage {
		paths = append(paths, fmt.Sprintf("/categories/mystery?page=%d", page+1))
	}
	for i, texts := range pack(hostileTexts(), longest) {
		if author := packed(texts, mostShown)[0]; i%5 == 0 {
			paths = append(paths, "/authors/"+url.PathEscape(author), "/search?"+url.Values{"q": {author}}.Encode())
		}
	}
	return paths
}

type hostileVisitor struct{ tab *browsertest.Tab }

// visit opens a page and reports what came through.
func (v hostileVisitor) visit(t *testing.T, path string) {
	t.Helper()
	if status := v.tab.Visit(path); status != http.StatusOK {
		t.Errorf("%s: status %d", path, status)
	}
	v.check(t, path)
}

// check reports what came through to the page that is open.
func (v hostileVisitor) check(t *testing.T, sent string) {
	t.Helper()
	if browsertest.Eval[bool](v.tab, "'"+payloads.Canary+"' in window") {
		t.Errorf("%s: a script of it ran", sent)
	}
	for _, problem := range v.tab.Problems() {
		t.Errorf("%s: %s", sent, problem)
	}
}

// heading reports whether the page shows a title as it is.
func (v hostileVisitor) heading(t *testing.T, title string) {
	t.Helper()
	const read = `document.querySelector("h1").textContent`
	if got := browsertest.Eval[string](v.tab, read); !slices.Equal(strings.Fields(got), strings.Fields(title)) {
		t.Errorf("the heading is %q, want %q", got, title)
	}
}
