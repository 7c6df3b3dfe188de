package catalog_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
)

// maxQuery is what the contract allows.
const maxQuery = 200

func TestEveryTitleFindsItsBookFirst(t *testing.T) {
	books := bundledBooks(t)
	c := catalog.New(books, nil, 1)
	for i := range books {
		title := books[i].Title
		if utf8.RuneCountInString(title) > maxQuery {
			continue
		}
		page, err := c.Search(title, "", catalog.Default, nil, 20)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.Index(ids(page.Books), books[i].ID)
		if at < 0 {
			t.Errorf("%q does not find book %d", title, books[i].ID)
		}
		for _, before := range page.Books[:max(at, 0)] {
			if withoutArticle(referenceWords(before.Title)) != withoutArticle(referenceWords(title)) {
				t.Errorf("%q finds %q first", title, before.Title)
			}
		}
	}
}

func TestOneTypingErrorInATitleIsForgiven(t *testing.T) {
	books := bundledBooks(t)
	c := catalog.New(books, nil, 1)
	random := rand.New(rand.NewPCG(5, 6))
	tried := 0
	for i := range books {
		words := recommend.Words(books[i].Title)
		at := slices.IndexFunc(words, isLong)
		if at < 0 {
			continue
		}
		tried++
		words[at] = mistype(random, words[at])
		query := strings.Join(words, " ")
		page, err := c.Search(query, "", catalog.Default, nil, len(books))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(ids(page.Books), books[i].ID) {
			t.Errorf("%q does not find %q", query, books[i].Title)
		}
	}
	if tried < len(books)/2 {
		t.Errorf("only %d titles have a long word", tried)
	}
}

func isLong(word string) bool {
	return utf8.RuneCountInString(word) >= 5 && !strings.ContainsAny(word, "0123456789")
}

// mistype makes one typing error in a word.
func mistype(random *rand.Rand, word string) string {
	runes := []rune(word)
	letter := rune("abcdefghijklmnopqrstuvwxyz"[random.IntN(26)])
	switch i := random.IntN(len(runes) - 1); random.IntN(4) {
	case 0:
		return string(slices.Delete(runes, i, i+1))
	case 1:
		return string(slices.Insert(runes, i, letter))
	case 2:
		runes[i] = letter
	default:
		runes[i], runes[i+1] = runes[i+1], runes[i]
	}
	return string(runes)
}

// What people type when they look for the best known books.
func TestWellKnownBooksComeFirst(t *testing.T) {
	c := catalog.New(bundledBooks(t), nil, 1)
	tests := map[string]string{
		"dune":                   "The Dune Chronicles", // the tutorial's title; it was "Dune"
		"hobbit":                 "The Hobbit",
		"hitchhikers guide":      "The Hitchhiker's Guide to the Galaxy",
		"enders":                 "Ender's Game",
		"hary poter":             "Harry Potter and the Sorcerer's Stone",
		"philosophers stone":     "Harry Potter and the Sorcerer's Stone",
		"jk rowling":             "Harry Potter and the Sorcerer's Stone",
		"tolkein fellowship":     "The Fellowship of the Ring",
		"stephen king":           "The Shining",
		"1984":                   "1984",
		"pride and prejudic":     "Pride and Prejudice",
		"gatsby":                 "The Great Gatsby",
		"to kill a mock":         "To Kill a Mockingbird",
		"lord of the rings":      "The Lord of the Rings",
		"it":                     "It",
		"agatha cristie orient":  "Murder on the Orient Express",
		"gabriel garcia marquez": "One Hundred Years of Solitude",
	}
	for query, want := range tests {
		t.Run(query, func(t *testing.T) {
			page, err := c.Search(query, "", catalog.Default, nil, 5)
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, book := range page.Books {
				titles = append(titles, book.Title)
			}
			if len(titles) == 0 || titles[0] != want {
				t.Errorf("the first five are %q, want %q first", titles, want)
			}
		})
	}
}
