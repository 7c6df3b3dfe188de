package cover_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"bookmarket/marketplace/internal/web/cover"
)

var update = flag.Bool("update", false, "write testdata/covers.html anew")

// The golden file opens in a browser. What changes here changes on every page of every shop:
// look at it before it is written anew.
func TestGolden(t *testing.T) {
	page := "<!DOCTYPE html><meta charset=utf-8><title>Covers</title>\n"
	for _, book := range [][2]string{
		{"The Hound of the Baskervilles", "Arthur Conan Doyle"},
		{"Gone Girl", "Gillian Flynn"},
		{"1984", "George Orwell"},
		{"Pride and Prejudice", "Jane Austen"},
		{"The Da Vinci Code", "Dan Brown"},
		{"Animal Farm", "George Orwell"},
		{"Twilight", "Stephenie Meyer"},
		{"The Great Gatsby", "F. Scott Fitzgerald"},
		{"City of Bones", "Cassandra Clare"},
		{"The Kite Runner", "Khaled Hosseini"},
		{"Jane Eyre", "Charlotte Brontë"},
		{"New Moon", "Stephenie Meyer"},
		{"The Help", "Kathryn Stockett"},
		{"Freakonomics: A Rogue Economist Explores the Hidden Side of Everything", "Steven D. Levitt"},
		{strings.Repeat("A title of five hundred letters ", 16), strings.Repeat("An author ", 30)},
		{strings.Repeat("Donaudampfschifffahrt", 8), "Ö. Ü."},
		{"الأسود يليق بك", "أحلام مستغانمي"},
		{"百年の孤独、そして長い長い題名のための長い長い文", "ガルシア＝マルケス"},
		{"", ""},
	} {
		page += string(cover.Append(nil, book[0], book[1])) + "\n"
	}
	name := filepath.Join("testdata", "covers.html")
	if *update {
		if err := os.WriteFile(name, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	was := strings.Split(string(golden), "\n")
	for i, line := range strings.Split(page, "\n") {
		if i >= len(was) || line != was[i] {
			t.Errorf("line %d is now\n%s\n(go test ./marketplace/internal/web/cover -update)", i+1, line)
		}
	}
}

// What is appended leaves alone what was there, and is the same for the same book alone.
func TestAppend(t *testing.T) {
	first := string(cover.Append([]byte("before "), "Dune", "Frank Herbert"))
	if !strings.HasPrefix(first, "before <svg ") || !strings.HasSuffix(first, "</svg>") {
		t.Errorf("got %s", first)
	}
	for _, other := range [][2]string{{"Dune", "Frank Herbert"}, {"Dune", "Brian Herbert"}, {"Dune Messiah", "Frank Herbert"}} {
		same := other == [2]string{"Dune", "Frank Herbert"}
		if got := "before " + string(cover.Append(nil, other[0], other[1])); (got == first) != same {
			t.Errorf("the cover of %q is the first one: %v, want %v", other, got == first, same)
		}
	}
}

// Covers that are drawn at once do not get into each other's way.
func TestDrawn(t *testing.T) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 100 {
				title := strconv.Itoa(100*i + j)
				var svg strings.Builder
				if err := (cover.Drawn{Title: title, Author: "Author"}).Render(t.Context(), &svg); err != nil || svg.String() != string(cover.Append(nil, title, "Author")) {
					t.Errorf("%s: got %v, %s", title, err, svg.String())
				}
			}
		})
	}
	all.Wait()
	if err := (cover.Drawn{}).Render(t.Context(), broken{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the visitor has gone: got %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Every reader can read what is written on every cover.
func TestContrast(t *testing.T) {
	for i, p := range cover.Palettes() {
		if contrast := contrast(t, p[0], p[1]); contrast < 4.5 {
			t.Errorf("palette %d: %s on %s contrasts by %.2f", i, p[1], p[0], contrast)
		}
	}
	if white := contrast(t, "#ffffff", "#000000"); white != 21 {
		t.Errorf("black and white contrast by %g", white)
	}
}

// The words of a cover have only these two colours, and each is on the other one.
func TestColoursOfWords(t *testing.T) {
	for i := range 2000 {
		svg := string(cover.Append(nil, "Title "+strconv.Itoa(i), "Author"))
		ground := regexp.MustCompile(`^<svg[^>]*><path fill="(#[0-9a-f]{6})" d="M0 0h200v300H0z"/>`).FindStringSubmatch(svg)
		if ground == nil {
			t.Fatalf("no ground in %s", svg)
		}
		colours := slices.IndexFunc(cover.Palettes(), func(p [2]string) bool { return p[0] == ground[1] })
		ink := cover.Palettes()[colours][1]
		texts := regexp.MustCompile(`<text[^>]*fill="(#[0-9a-f]{6})"`).FindAllStringSubmatch(svg, -1)
		if len(texts) != 2 || texts[0][1] != ink {
			t.Fatalf("the title is not in %s: %s", ink, svg)
		}
		if onInk := strings.Contains(svg, `V300H0z"/><text`); onInk != (texts[1][1] == ground[1]) || !onInk && texts[1][1] != ink {
			t.Fatalf("the author's name is in %s: %s", texts[1][1], svg)
		}
	}
}

// All palettes and all pictures are used, and none much more than the others.
func TestVariety(t *testing.T) {
	pictures, n := cover.Pictures(), 20000
	seen := make(map[int]int)
	for i := range n {
		palette, picture := cover.Choice("Title "+strconv.Itoa(i), "Author")
		seen[palette*pictures+picture]++
	}
	kinds := len(cover.Palettes()) * pictures
	if len(seen) != kinds {
		t.Errorf("%d of %d pairs of palette and picture are in use", len(seen), kinds)
	}
	for pair, times := range seen {
		if mean := n / kinds; times > 2*mean || times < mean/2 {
			t.Errorf("pair %d comes %d times, the mean is %d", pair, times, mean)
		}
	}
}

func TestWords(t *testing.T) {
	family := "👨‍👩‍👧‍👦"
	tests := map[string]struct {
		title, author string
		want          []string // whatever the lines
		contains      string
	}{
		"plain":           {"The Dune Chronicles", "Frank Herbert", []string{"The Dune Chronicles", "Frank Herbert"}, "Frank Herbert<"},
		"spaces":          {"  spaced \t out\n", " ", []string{"spaced out"}, ""},
		"no words":        {"", "", nil, ""},
		"subtitle":        {"2001: A Space Odyssey", "", []string{"2001", "A Space Odyssey"}, ""},
		"nothing before":  {": A Space Odyssey", "", []string{"A Space Odyssey"}, ""},
		"markup":          {`<b>"'&amp;{{.}}`, "a<b", []string{`<b>"'&amp;{{.}}`, "a<b"}, ""},
		"control":         {"a\x00b\x1bc\u0085d\uFFFEe", "\x7f", []string{"abc de"}, "abc de<"},
		"broken":          {"a\xffb", "\xc3", []string{"a\uFFFDb", "\uFFFD"}, ""},
		"combining marks": {"Z\u0338\u0322a\u0335lgo", "", []string{"Z\u0338\u0322a\u0335lgo"}, ""},
		"one long word":   {strings.Repeat("é", 60), "", []string{strings.Repeat("é", 60)}, ""},
		"marks stay":      {strings.Repeat("e\u0301", 60), "", []string{strings.Repeat("e\u0301", 60)}, ""},
		"emoji":           {strings.Repeat(family, 20), "", []string{strings.Repeat(family, 20)}, "<tspan"},
		"Chinese":         {"百年の孤独、そして長い長い題名のための", "", []string{"百年の孤独、そして長い長い題名のための"}, ">百"},
		"Arabic":          {"الأسود يليق بك", "أحلام", []string{"الأسود يليق بك", "أحلام"}, ""},
		"Russian":         {"Преступление и наказание", "", []string{"Преступление и наказание"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			svg := string(cover.Append(nil, tt.title, tt.author))
			got := parse(t, svg)
			if whole(got) != whole(tt.want) || len(got) != len(tt.want) {
				t.Errorf("the cover says %q, want %q\n%s", got, tt.want, svg)
			}
			if !strings.Contains(svg, tt.contains) {
				t.Errorf("the cover lacks %q\n%s", tt.contains, svg)
			}
		})
	}
}

// whole joins texts as if no line had ended.
func whole(texts []string) string { return strings.ReplaceAll(strings.Join(texts, "|"), " ", "") }

// Arabic and Hebrew begin on the right, unless they are centred.
func TestRightToLeft(t *testing.T) {
	for i := range 200 {
		number := strconv.Itoa(i)
		svg := string(cover.Append(nil, "ספר "+number, "Author"+number))
		title, author := `<text direction="rtl" x="184"`, `<text x="16"`
		if strings.Contains(svg, "text-anchor") {
			title, author = `<text text-anchor="middle" x="100"`, `<text text-anchor="middle" x="100"`
		}
		if !strings.Contains(svg, title) || !strings.Contains(svg, author) {
			t.Errorf("got %s", svg)
		}
	}
}

// No title is so long that it leaves the place for titles, and what is cut ends in an ellipsis.
func TestLongTitles(t *testing.T) {
	for name, title := range map[string]string{
		"words": strings.Repeat("word ", 100), "one word": strings.Repeat("W", 500), "accents": strings.Repeat("ü", 500),
		"Chinese": strings.Repeat("長", 500), "subtitle": "Short: " + strings.Repeat("and long ", 60),
	} {
		for i := range 50 { // with all layouts
			svg := string(cover.Append(nil, title, "Author "+strconv.Itoa(i)))
			texts := parse(t, svg)
			if len(texts) < 2 || !strings.HasSuffix(texts[len(texts)-2], "…") || !strings.HasPrefix(title, texts[0][:3]) {
				t.Fatalf("%s: the cover says %q", name, texts)
			}
			if strings.Contains(svg, strings.Repeat("W", 14)) {
				t.Errorf("%s: a line is longer than the cover is wide: %s", name, svg)
			}
			if len(svg) > 2000 {
				t.Errorf("%s: the cover has %d bytes", name, len(svg))
			}
		}
	}
}

// A page has many covers.
func TestSize(t *testing.T) {
	sum := 0
	for i := range 1000 {
		svg := cover.Append(nil, "The Hitchhiker's Guide to the Galaxy "+strconv.Itoa(i), "Douglas Adams")
		if sum += len(svg); len(svg) > 1200 {
			t.Errorf("a cover has %d bytes: %s", len(svg), svg)
		}
	}
	if sum > 800*1000 {
		t.Errorf("a cover has %d bytes in the mean", sum/1000)
	}
}

// FuzzAppend draws covers of anything: always an element that XML's grammar allows, in which
// nothing stands but what draws a cover.
func FuzzAppend(f *testing.F) {
	for _, seed := range []string{"Dune", "A: B", "<svg onload=alert(1)>", "]]>", "&#0;", "a\x00\xff\u202e", "百年の孤独", strings.Repeat("M", 100), "e\u0301\u200d-- --"} {
		f.Add(seed, "Frank Herbert")
		f.Add("Dune", seed)
	}
	f.Fuzz(func(t *testing.T, title, author string) {
		svg := cover.Append(nil, title, author)
		if !utf8.Valid(svg) {
			t.Errorf("%q is not UTF-8", svg)
		}
		parse(t, string(svg))
	})
}

// What a cover may be made of.
var (
	elements   = regexp.MustCompile(`^(svg|g|path|circle|text|tspan)$`)
	attributes = regexp.MustCompile(`^(viewBox|aria-hidden|focusable|font-family|font-size|fill|stroke(-width|-linecap|-dasharray)?|pathLength|d|c?[xy]|dy|r|text-anchor|direction)$`)
	values     = regexp.MustCompile(`^[#A-Za-z0-9 ,-]*$`)
)

// parse fails the test unless a cover is well-formed and made of what it may be made of, and
// returns its texts, of several lines each.
func parse(t *testing.T, svg string) (texts []string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	depth, inText := 0, false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatalf("%v in %q", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			if !elements.MatchString(token.Name.Local) || (depth == 1) != (token.Name.Local == "svg") {
				t.Errorf("an element %q in %q", token.Name.Local, svg)
			}
			for _, a := range token.Attr {
				if !attributes.MatchString(a.Name.Local) || !values.MatchString(a.Value) {
					t.Errorf("an attribute %s=%q in %q", a.Name.Local, a.Value, svg)
				}
			}
			if token.Name.Local == "text" {
				inText, texts = true, append(texts, "")
			}
		case xml.EndElement:
			depth--
			inText = inText && token.Name.Local != "text"
		case xml.CharData:
			if !inText {
				t.Errorf("%q outside of a text in %q", token, svg)
				continue
			}
			texts[len(texts)-1] += string(token)
		default:
			t.Errorf("a %T in %q", token, svg)
		}
	}
}

// contrast is WCAG 2.2's.
func contrast(t *testing.T, one, other string) float64 {
	t.Helper()
	a, b := luminance(t, one), luminance(t, other)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 24)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(c uint64) float64 {
		if s := float64(c) / 255; s > 0.04045 {
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return float64(c) / 255 / 12.92
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8&255) + 0.0722*linear(rgb&255)
}
