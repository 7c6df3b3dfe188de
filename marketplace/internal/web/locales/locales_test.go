package locales_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"bookmarket/marketplace/internal/web/locales"
)

// messages reads the files as translators write them: each language's messages by key.
func messages(t *testing.T) map[string]map[string]*i18n.Message {
	t.Helper()
	names, err := fs.Glob(os.DirFS("."), "*.json")
	if err != nil || len(names) < 2 {
		t.Fatalf("found the files %q, %v", names, err)
	}
	languages := make(map[string]map[string]*i18n.Message)
	for _, name := range names {
		file, err := i18n.NewBundle(language.English).LoadMessageFile(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		byKey := make(map[string]*i18n.Message)
		for _, m := range file.Messages {
			if byKey[m.ID] != nil {
				t.Errorf("%s says %q twice", name, m.ID)
			}
			byKey[m.ID] = m
		}
		languages[strings.TrimSuffix(name, ".json")] = byKey
	}
	return languages
}

// forms returns what a message says, by number.
func forms(m *i18n.Message) map[string]string {
	all := map[string]string{"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other}
	maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
	return all
}

// formsOf returns the plurals that a language has for whole numbers, by CLDR.
func formsOf(t *testing.T, tag string) []string {
	t.Helper()
	bundle := i18n.NewBundle(language.MustParse(tag))
	all := &i18n.Message{ID: "form", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}
	if err := bundle.AddMessages(language.MustParse(tag), all); err != nil {
		t.Fatal(err)
	}
	numbers := []int{1_000_000}
	for n := range 200 {
		numbers = append(numbers, n)
	}
	var found []string
	for _, n := range numbers {
		form, err := i18n.NewLocalizer(bundle, tag).Localize(&i18n.LocalizeConfig{MessageID: "form", PluralCount: n})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(found, form) {
			found = append(found, form)
		}
	}
	return found
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// placeholders returns what a message has to be filled with, whichever of its forms it is in.
func placeholders(m *i18n.Message) []string {
	var found []string
	for _, text := range forms(m) {
		found = append(found, placeholder.FindAllString(text, -1)...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Every language says everything, about the same things.
func TestLanguagesAgree(t *testing.T) {
	languages := messages(t)
	english := languages["en"]
	for tag, all := range languages {
		for key := range english {
			if all[key] == nil || all[key].Other == "" {
				t.Errorf("%s.json lacks %q", tag, key)
			}
		}
		for key, m := range all {
			switch {
			case english[key] == nil:
				t.Errorf("%s.json has %q, which en.json has not", tag, key)
			case !slices.Equal(placeholders(m), placeholders(english[key])):
				t.Errorf("%q has the placeholders %q in %s.json and %q in en.json", key, placeholders(m), tag, placeholders(english[key]))
			case (len(forms(m)) > 1) != (len(forms(english[key])) > 1):
				t.Errorf("%q depends on a number in one of %s.json and en.json", key, tag)
			case len(forms(m)) > 1:
				for _, form := range formsOf(t, tag) {
					if forms(m)[form] == "" {
						t.Errorf("%s.json does not say %q in the form %q, which some numbers need", tag, key, form)
					}
				}
			}
		}
	}
}

// Pages say everything that the files have, and nothing that they have not.
func TestKeysAreUsed(t *testing.T) {
	english := messages(t)["en"]
	var sources []string
	for _, pattern := range []string{"../*.go", "../*.templ", "*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, names...)
	}
	used := make(map[string]bool)
	use := regexp.MustCompile(`\.(Text|Count|Fill|Around)\("([^"]*)"|MessageID: "([^"]*)"|problemWords\{"([^"]*)", "([^"]*)"\}`)
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range use.FindAllStringSubmatch(string(source), -1) {
			for _, key := range match[2:] {
				if key == "" {
					continue
				}
				used[key] = true
				if strings.HasSuffix(key, ".") {
					continue // any of a group
				}
				m := english[key]
				switch method := match[1]; {
				case m == nil:
					t.Errorf("%s says %q, which no language has", name, key)
				case method == "Text" && (len(forms(m)) > 1 || len(placeholders(m)) > 0):
					t.Errorf("%s says %q without what it has to be filled with", name, key)
				case method == "Fill" && (len(forms(m)) > 1 || len(placeholders(m)) == 0):
					t.Errorf("%s fills %q, which has no blanks or depends on a number", name, key)
				case method == "Count" && len(forms(m)) == 1:
					t.Errorf("%s counts with %q, which does not depend on a number", name, key)
				}
			}
		}
	}
	for key := range english {
		prefix, slug, ofGroup := strings.Cut(key, ".")
		switch {
		case ofGroup && prefix == "shelf":
			if english["category."+slug] == nil {
				t.Errorf("%q is the heading of a category without a name", key)
			}
		case ofGroup && prefix == "category":
		case ofGroup && used[prefix+"."]:
		case !used[key]:
			t.Errorf("nothing says %q", key)
		}
	}
}

// Every language names the categories of the bundled catalogue. The list of them is the other
// service's, and only this test looks there.
func TestBundledCategories(t *testing.T) {
	golden, err := os.ReadFile("../../../../recommendations/internal/dataset/bundled/testdata/categories.golden")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^(\S.*) \(\d+ books\)$`).FindAllSubmatch(golden, -1)
	english := messages(t)["en"]
	for _, match := range names {
		name := strings.ReplaceAll(string(match[1]), "'", "’")
		slug := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "’", ""), " ", "-")
		if m := english["category."+slug]; m == nil || m.Other != name {
			t.Errorf("en.json calls the category %s %v, want %q", slug, m, name)
		}
	}
	n := 0
	for key := range english {
		if strings.HasPrefix(key, "category.") {
			n++
		}
	}
	if n != len(names) || n == 0 {
		t.Errorf("%d categories have names, and the catalogue has %d", n, len(names))
	}
}

func TestCount(t *testing.T) {
	tests := []struct {
		tag  string
		n    int
		want string
	}{
		{"en", 0, "for 0 shelves"},
		{"en", 1, "for one shelf"},
		{"en", 1234, "for 1,234 shelves"},
		{"pt-BR", 0, "para uma estante"}, // by CLDR; there is no such page
		{"pt-BR", 1, "para uma estante"},
		{"pt-BR", 2, "para 2 estantes"},
		{"pt-BR", 1234, "para 1.234 estantes"},
		{"pt-BR", 2_000_000, "para 2.000.000 de estantes"},
	}
	for _, tt := range tests {
		if got := locales.Named(tt.tag).Count("stale", tt.n); !strings.Contains(got, tt.want) {
			t.Errorf("%d in %s: %q", tt.n, tt.tag, got)
		}
	}
	for _, l := range locales.All() { // no form is missing
		for n := range 200 {
			if l.Count("stale", n) == "" {
				t.Errorf("%s says nothing of %d", l.Tag(), n)
			}
		}
	}
}

func TestShelf(t *testing.T) {
	tests := []struct{ tag, slug, name, want string }{
		{"en", "mystery", "Mystery", "Mystery books you may like"},
		{"en", "childrens-books", "Children's books", "Children’s books you may like"},
		{"en", "ebooks", "éBooks", "ÉBooks books you may like"},
		{"en", "x", "<b>{{.Category}}</b>", "<b>{{.Category}}</b> books you may like"},
		{"pt-BR", "mystery", "Mystery", "Mistério: livros de que você pode gostar"},
		{"pt-BR", "classics", "Classics", "Clássicos de que você pode gostar"},
		{"pt-BR", "culinaria", "culinária", "Culinária: livros de que você pode gostar"},
	}
	for _, tt := range tests {
		if got := locales.Named(tt.tag).Shelf(tt.slug, tt.name); got != tt.want {
			t.Errorf("%s in %s: %q, want %q", tt.slug, tt.tag, got, tt.want)
		}
	}
}

func TestAccepted(t *testing.T) {
	tests := map[string]string{
		"":                                 "en",
		"en":                               "en",
		"en-GB,en;q=0.9":                   "en",
		"pt-BR":                            "pt-BR",
		"pt-BR,pt;q=0.9,en;q=0.8":          "pt-BR",
		"pt":                               "pt-BR",
		"pt-PT":                            "pt-BR",
		"PT-br":                            "pt-BR",
		"en;q=0.5, pt-BR;q=0.9":            "pt-BR",
		"pt-BR;q=0.1, en":                  "en",
		"pt-BR;q=0, tlh":                   "en",
		"tlh, pt;q=0.3":                    "pt-BR",
		"tlh, tlh-AQ":                      "en",
		"*":                                "en",
		";;;,,,":                           "en",
		"pt-BR;q=x":                        "en",
		"\x00\xff":                         "en",
		strings.Repeat("pt-BR,", 10<<10/6): "en", // nobody's browser
	}
	for header, want := range tests {
		if got := locales.Accepted(header).Tag(); got != want {
			t.Errorf("%.40q gets %s, want %s", header, got, want)
		}
	}
}

// A header of 10 KB, which browsers do not send, costs nothing.
func TestHostileHeaders(t *testing.T) {
	for _, entry := range []string{"fr,", "a-b-c-d-", "x", "en-u-", ",", "pt;q=0.000001,", "zh-Hant-TW-x-"} {
		header := strings.Repeat(entry, 10<<10/len(entry))
		if n := testing.AllocsPerRun(10, func() { locales.Accepted(header) }); n > 0 {
			t.Errorf("%q again and again is looked at, with %v allocations", entry, n)
		}
	}
}

func TestNamed(t *testing.T) {
	for _, l := range locales.All() {
		if locales.Named(l.Tag()) != l {
			t.Errorf("%s is not found by its tag", l.Tag())
		}
	}
	for _, tag := range []string{"", "pt", "EN", "pt_BR", "en ", "tlh"} {
		if l := locales.Named(tag); l != nil {
			t.Errorf("%q is %s", tag, l.Tag())
		}
	}
	if first := locales.All()[0].Tag(); first != "en" {
		t.Errorf("the first language is %s", first)
	}
}

// What costs the most of the headers that are looked at.
func BenchmarkAccepted(b *testing.B) {
	for name, header := range map[string]string{
		"browser": "pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7",
		"hostile": strings.Repeat("fr,", 166),
		"10 KB":   strings.Repeat("fr,", 3413),
	} {
		b.Run(fmt.Sprintf("%s-%dB", name, len(header)), func(b *testing.B) {
			for b.Loop() {
				locales.Accepted(header)
			}
		})
	}
}
