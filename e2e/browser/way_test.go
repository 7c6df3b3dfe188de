package browser

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"bookmarket/e2e/internal/browsertest"
)

// words are the names by which a visitor finds things, and what the shop says. They are patterns.
type words struct {
	search, field, star, rated, myBooks, ratedBooks, privacy, sure, forget, forgotten, nothing string
}

var speech = map[string]words{
	"en": {
		search: "^Search$", field: "^Search books", star: "^4 stars$", rated: "Your rating is kept",
		myBooks: "^My books$", ratedBooks: "^Rated$", privacy: "^Privacy$",
		sure: "^Yes, forget", forget: "^Forget me$", forgotten: "^Forgotten", nothing: "^Your books will stand here",
	},
	"pt-BR": {
		search: "^Buscar$", field: "^Busque livros", star: "^4 estrelas$", rated: "Sua avaliação foi guardada",
		myBooks: "^Meus livros$", ratedBooks: "^Avaliados$", privacy: "^Privacidade$",
		sure: "^Sim, apaguem", forget: "^Apagar meus dados$", forgotten: "^Tudo apagado", nothing: "^Aqui ficarão os seus livros",
	},
}

// dune is a book that everybody finds.
const dune = "The Dune Chronicles"

// A visitor goes the way by mouse and finger, or by nothing but the keyboard.
type visitor struct {
	*browsertest.Tab

	t        *testing.T
	keyboard bool
	noScript bool
	words    words
}

// use clicks an element, or goes to it by keyboard and presses a key.
func (v visitor) use(role, name, key string) {
	v.t.Helper()
	if v.keyboard {
		v.TabTo(role, name)
		v.Press(key)
		return
	}
	v.Click(v.Get(role, name))
}

// follow uses a link or a button that leads to another page.
func (v visitor) follow(role, name string) {
	v.t.Helper()
	v.Follow(func() { v.use(role, name, kb.Enter) })
}

// search looks for a book by the field that every page has.
func (v visitor) search(text string) {
	v.t.Helper()
	v.use("searchbox", v.words.field, "")
	v.Press(text)
	if v.keyboard {
		v.Follow(func() { v.Press(kb.Enter) })
		return
	}
	v.follow("button", v.words.search)
}

// act uses a button whose effect the page tells. With scripts the page stays.
func (v visitor) act(button, told string) {
	v.t.Helper()
	if v.noScript {
		v.follow("button", button)
	} else {
		v.use("button", button, kb.Enter)
	}
	v.AwaitTold(told)
}

// hear checks what a screen reader says of a page: its landmarks, and a heading.
func (v visitor) hear(heading string) {
	v.t.Helper()
	o := v.Outline()
	for _, problem := range o.Problems() {
		v.t.Errorf("%s: %s", v.Address(), problem)
	}
	for _, role := range []string{"banner", "navigation", "search", "main", "contentinfo"} {
		if !slices.ContainsFunc(o.Landmarks, func(e browsertest.Element) bool { return e.Role == role }) {
			v.t.Errorf("%s has no landmark %s", v.Address(), role)
		}
	}
	v.Get("heading", heading)
}

// at checks where the visitor is.
func (v visitor) at(path string) {
	v.t.Helper()
	if at, _, _ := strings.Cut(v.Address(), "#"); at != path {
		v.t.Fatalf("the visitor is at %s, want %s", at, path)
	}
}

// The way that the shop is for, with each value of each of these, and each pair of two values.
func TestWay(t *testing.T) {
	t.Parallel()
	ways := []struct {
		look     browsertest.Look
		keyboard bool
	}{
		{look: browsertest.Look{Language: "en"}},
		{look: browsertest.Look{Language: "en"}, keyboard: true},
		{look: browsertest.Look{Device: browsertest.Phone, Dark: true, Language: "pt-BR"}},
		{look: browsertest.Look{Device: browsertest.Phone, Dark: true, Language: "en", NoScript: true}},
		{look: browsertest.Look{Device: browsertest.Phone, Language: "pt-BR", NoScript: true}},
		{look: browsertest.Look{Dark: true, Language: "pt-BR", NoScript: true}},
		{look: browsertest.Look{Dark: true, Language: "pt-BR", NoScript: true}, keyboard: true},
	}
	for _, way := range ways {
		name := way.look.String()
		if way.keyboard {
			name += "-keyboard"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := visitor{chromium.Open(t, bundled, way.look), t, way.keyboard, way.look.NoScript, speech[way.look.Language]}
			if status := v.Visit("/"); status != http.StatusOK {
				t.Fatalf("the home page: %d", status)
			}
			v.hear("")
			v.goTheWay()
		})
	}
}

func (v visitor) goTheWay() {
	v.t.Helper()
	v.search("dune")
	v.at("/search?q=dune")
	v.hear("dune")
	v.follow("link", "^"+dune)
	v.at("/books/6-the-dune-chronicles")
	v.hear("^" + dune)

	v.act(v.words.star, v.words.rated)
	v.at("/books/6-the-dune-chronicles")
	v.Get("button", v.words.star)

	v.follow("link", v.words.myBooks)
	v.at("/my-books")
	v.hear(v.words.ratedBooks)
	v.Get("link", "^"+dune)

	v.follow("link", v.words.privacy)
	v.at("/privacy")
	v.hear(v.words.privacy)
	v.use("checkbox", v.words.sure, " ")
	v.follow("button", v.words.forget)
	v.AwaitTold(v.words.forgotten)

	v.follow("link", v.words.myBooks)
	v.hear(v.words.myBooks)
	if found := v.Find("heading", v.words.ratedBooks); found != nil {
		v.t.Errorf("the shop remembers: %v", found)
	}
	if text := browsertest.Eval[string](v.Tab, `document.querySelector("main").innerText`); !regexp.MustCompile("(?m)" + v.words.nothing).MatchString(text) {
		v.t.Errorf("the shop does not say that it knows nothing: %.500s", text)
	}
}

// learnLimit is how soon a new shop must know what goes with a book.
const learnLimit = 3 * time.Minute

// Two clicks on two books change what the home page shows to who clicked, with the reason.
func TestTwoClicksChangeTheHomePage(t *testing.T) {
	t.Parallel()
	tab := chromium.Open(t, bundled, browsertest.Look{})
	visitFresh(t, tab, "/")
	before := names(tab.Find("link", "."))
	for _, book := range []string{"/books/6-the-dune-chronicles", "/books/5-enders-game"} {
		if status := tab.Visit(book); status != http.StatusOK {
			t.Errorf("%s: %d", book, status)
		}
	}
	visitFresh(t, tab, "/")
	reasons := names(tab.Find("StaticText", "^Because you "))
	for until := time.Now().Add(learnLimit); len(reasons) == 0 && time.Now().Before(until); reasons = names(tab.Find("StaticText", "^Because you ")) {
		time.Sleep(time.Second)
		visitFresh(t, tab, "/")
	}
	t.Logf("the home page says %q", reasons)
	if after := names(tab.Find("link", ".")); slices.Equal(after, before) || len(reasons) == 0 {
		t.Errorf("the home page does not show that two books were looked at: %q", names(tab.Find("StaticText", ".")))
	}
}

func names(elements []browsertest.Element) (names []string) {
	for _, e := range elements {
		names = append(names, e.Name)
	}
	return names
}
