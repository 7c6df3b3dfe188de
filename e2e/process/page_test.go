package process

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"bookmarket/e2e/internal/pagetest"
	"bookmarket/e2e/internal/proctest"
)

// tutorialShelves are the page's shelves of categories with the tutorial's books.
var tutorialShelves = []pagetest.Shelf{
	{Heading: "Mystery books you may like", Books: []string{"Murder on the Orient Express", "The Hound of the Baskervilles", "The Maltese Falcon"}},
	{Heading: "Science fiction books you may like", Books: []string{"Ender's Game", "The Dune Chronicles", "The Hitchhiker's Guide to the Galaxy"}},
	{Heading: "Self-help books you may like", Books: []string{"How to Win Friends and Influence People", "Man's Search for Meaning", "The 7 Habits of Highly Effective People"}},
}

func TestPage(t *testing.T) {
	t.Parallel()
	_, _, url := startShop(t)
	for range 20 {
		page := pagetest.Prompt(t, url)
		if !page.Fresh() || page.Title != "Online Books For You" {
			t.Fatalf("not the shop's home page: %v", page)
		}
		for _, want := range tutorialShelves {
			books := page.Shelf(want.Heading).Books
			slices.Sort(books)
			if !slices.Equal(books, want.Books) {
				t.Errorf("%s: %q, want %q in any order", want.Heading, books, want.Books)
			}
		}
	}
}

// What a browser prefers holds until its reader chooses, and then the choice does.
func TestPageSpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	_, _, url := startShop(t)
	const english, portuguese = "Mystery books you may like", "Mistério: livros de que você pode gostar"
	read := func(want string, headers ...string) {
		t.Helper()
		page := pagetest.Prompt(t, url, headers...)
		if !page.Fresh() || page.Title != "Online Books For You" || len(page.Shelf(want).Books) == 0 {
			t.Errorf("want the shelf %q: %v", want, page)
		}
	}
	read(english)
	read(portuguese, "Accept-Language", "pt-BR,pt;q=0.9,en;q=0.8")
	const form, encoded = "language=pt-BR&back=%2Fbasket", "application/x-www-form-urlencoded"
	chosen, err := do(t, http.MethodPost, url+"language", strings.NewReader(form), "Content-Type", encoded, "Sec-Fetch-Site", "same-origin")
	if err != nil {
		t.Fatal(err)
	}
	defer chosen.Body.Close() //nolint:errcheck // only its headers matter
	if chosen.StatusCode != http.StatusSeeOther || chosen.Header.Get("Location") != "/basket" || len(chosen.Cookies()) != 1 {
		t.Fatalf("choosing a language: %s %v", chosen.Status, chosen.Header)
	}
	read(portuguese, "Accept-Language", "en", "Cookie", chosen.Cookies()[0].Name+"="+chosen.Cookies()[0].Value)
	forged, err := do(t, http.MethodPost, url+"language", strings.NewReader(form), "Content-Type", encoded, "Sec-Fetch-Site", "cross-site")
	if err != nil {
		t.Fatal(err)
	}
	defer forged.Body.Close() //nolint:errcheck // only its headers matter
	if forged.StatusCode != http.StatusForbidden || len(forged.Cookies()) != 0 {
		t.Errorf("another site's form: %s %v", forged.Status, forged.Header)
	}
}

func TestTitleIsASetting(t *testing.T) {
	t.Parallel()
	_, _, url := startShop(t, "MARKETPLACE_TITLE=Ana & João's <Books>")
	if page := pagetest.Prompt(t, url); page.Title != "Ana & João's <Books>" {
		t.Errorf("the title is %q", page.Title)
	}
}

// The marketplace needs nobody to start, and finds recommendations when it comes.
func TestStartOrder(t *testing.T) {
	t.Parallel()
	addr := proctest.FreeAddr(t)
	_, url := startMarketplace(t, addr)
	for range 5 {
		if page := pagetest.Prompt(t, url); !page.Sorry() {
			t.Fatalf("recommendations was never there, and the page is %v", page)
		}
		time.Sleep(300 * time.Millisecond) // let the attempts to connect become rare
	}
	start(t, recommendations, "RECOMMENDATIONS_GRPC_ADDR="+addr)
	pagetest.FreshAgain(t, url, time.Now())
}
