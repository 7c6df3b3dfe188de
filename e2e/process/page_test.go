package process

import (
	"slices"
	"testing"
	"time"

	"bookmarket/e2e/internal/pagetest"
	"bookmarket/e2e/internal/proctest"
)

// tutorialShelves are the page's shelves with the tutorial's books.
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
		for i, shelf := range page.Shelves {
			want := tutorialShelves[i]
			slices.Sort(shelf.Books)
			if shelf.Heading != want.Heading || !slices.Equal(shelf.Books, want.Books) {
				t.Errorf("shelf %d holds %q, want %q in any order", i, shelf, want)
			}
		}
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
