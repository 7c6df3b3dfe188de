// Package locales holds what pages say, in every language of the shop: a file for each, named
// by its tag.
package locales

import (
	"embed"
	"io/fs"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

//go:embed *.json
var files embed.FS

// all has the languages, English first: who asks for none of them reads that.
var (
	all     = load()
	matcher = language.NewMatcher(tags())
)

// A Language is one that pages speak.
type Language struct {
	tag       language.Tag
	printer   *message.Printer
	localizer *i18n.Localizer
	texts     map[string]string   // those that are always the same, by key
	blanks    map[string][]string // those to be filled: text and name of a blank by turns
	shelves   map[string]string   // headings, by the slugs of the categories that it has names for
}

// All returns the languages. The first is what pages speak where nobody asks for another.
func All() []*Language { return all }

// Named returns the language with exactly this tag, or nil where the shop does not speak it.
func Named(tag string) *Language {
	for _, l := range all {
		if l.Tag() == tag {
			return l
		}
	}
	return nil
}

// maxAccepted bounds the time that goes into a header. With ten languages it has 120 bytes.
const maxAccepted = 500

// Accepted returns the language that suits a browser's Accept-Language header best.
func Accepted(header string) *Language {
	if len(header) > maxAccepted {
		return all[0]
	}
	_, i := language.MatchStrings(matcher, header)
	return all[i]
}

// Tag returns the language's tag, as it stands in pages and headers.
func (l *Language) Tag() string { return l.tag.String() }

// Text returns what is always the same.
func (l *Language) Text(key string) string { return l.texts[key] }

// Fill returns a text with its blanks filled: names and what stands there, by turns.
func (l *Language) Fill(key string, filling ...string) string {
	var b strings.Builder
	for i, part := range l.blanks[key] {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		for pair := 0; pair+1 < len(filling); pair += 2 {
			if filling[pair] == part {
				b.WriteString(filling[pair+1])
			}
		}
	}
	return b.String()
}

// Around returns what stands before and behind the one blank of a text.
func (l *Language) Around(key string) (before, after string) {
	if parts := l.blanks[key]; len(parts) == 3 {
		return parts[0], parts[2]
	}
	return "", ""
}

// Count returns a text about a number of things.
func (l *Language) Count(key string, n int) string {
	return l.localize(&i18n.LocalizeConfig{
		MessageID:    key,
		PluralCount:  n,
		TemplateData: map[string]string{"Count": l.Number(n)},
	})
}

// Number returns a whole number as the language writes it.
func (l *Language) Number(n int) string { return l.printer.Sprint(number.Decimal(n)) }

// Decimal returns a number with so many digits behind the point.
func (l *Language) Decimal(x float64, digits int) string {
	return l.printer.Sprint(number.Decimal(x, number.Scale(digits)))
}

// Date returns the day of a time, in UTC.
func (l *Language) Date(t time.Time) string {
	t = t.UTC()
	return l.Fill("date", "Day", strconv.Itoa(t.Day()), "Month", l.Text("month."+strconv.Itoa(int(t.Month()))), "Year", strconv.Itoa(t.Year()))
}

// Category returns the name of a category. One that the language has no name for is called what
// the catalogue calls it.
func (l *Language) Category(slug, name string) string {
	if known, ok := l.texts["category."+slug]; ok {
		return known
	}
	return capital(name)
}

// Shelf returns the heading of a category's shelf. A category that the language has no name
// for is called what the catalogue calls it.
func (l *Language) Shelf(slug, name string) string {
	if heading, ok := l.shelves[slug]; ok {
		return heading
	}
	return l.shelfOf(capital(name))
}

func (l *Language) shelfOf(category string) string {
	return l.Fill("shelf_of", "Category", category)
}

// localize returns a message. Its errors are those of the files, which the tests have read;
// what there is in spite of one is better than no page.
func (l *Language) localize(config *i18n.LocalizeConfig) string {
	text, _ := l.localizer.Localize(config)
	return text
}

// capital spells a word as the first of a line; the rest is as the catalogue spells it.
func capital(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	if size == 0 {
		return ""
	}
	return string(unicode.ToTitle(first)) + word[size:]
}

// load reads the files and makes every text that needs nothing else.
func load() []*Language {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		panic(err) // only a bad pattern can be the reason
	}
	bundle := i18n.NewBundle(language.English)
	languages := make([]*Language, 1, len(names))
	var messages []*i18n.Message // of the language that has them all
	for _, name := range names {
		file, err := bundle.LoadMessageFileFS(files, name)
		if err != nil {
			panic(err) // it is compiled in
		}
		l := &Language{
			tag:       file.Tag,
			printer:   message.NewPrinter(file.Tag),
			localizer: i18n.NewLocalizer(bundle, file.Tag.String()),
			texts:     make(map[string]string),
			blanks:    make(map[string][]string),
			shelves:   make(map[string]string),
		}
		for _, m := range file.Messages {
			if m.One == "" && strings.Contains(m.Other, "{{") {
				l.blanks[m.ID] = cutBlanks(m.Other)
			}
		}
		if file.Tag == language.English {
			languages[0], messages = l, file.Messages
		} else {
			languages = append(languages, l)
		}
	}
	for _, l := range languages {
		l.prepare(messages)
	}
	return languages
}

func (l *Language) prepare(messages []*i18n.Message) {
	for _, m := range messages {
		if m.One == "" && !strings.Contains(m.Other, "{{") {
			l.texts[m.ID] = l.localize(&i18n.LocalizeConfig{MessageID: m.ID})
		}
	}
	for key, name := range l.texts {
		slug, ok := strings.CutPrefix(key, "category.")
		if !ok {
			continue
		}
		heading, ok := l.texts["shelf."+slug]
		if !ok {
			heading = l.shelfOf(name)
		}
		l.shelves[slug] = heading
	}
}

// cutBlanks cuts a text at its blanks, {{.Name}}.
func cutBlanks(text string) []string {
	var parts []string
	for {
		before, rest, ok := strings.Cut(text, "{{.")
		parts = append(parts, before)
		if !ok {
			return parts
		}
		name, after, _ := strings.Cut(rest, "}}")
		parts, text = append(parts, name), after
	}
}

func tags() []language.Tag {
	list := make([]language.Tag, len(all))
	for i, l := range all {
		list[i] = l.tag
	}
	return list
}
