package shop

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestMyBooks(t *testing.T) {
	type parts struct{ rated, wanted, bought, waved, seen []int64 }
	tests := map[string]struct {
		recent []int64
		did    []Event // the newest last
		want   parts
	}{
		"nothing":                         {},
		"everything once":                 {nil, []Event{{Kind: Rated, Book: 1}, {Kind: Wanted, Book: 2}, {Kind: Bought, Book: 3}, {Kind: NotInterested, Book: 4}, {Kind: Viewed, Book: 5}}, parts{[]int64{1}, []int64{2}, []int64{3}, []int64{4}, []int64{5}}},
		"the newest first":                {nil, []Event{{Kind: Rated, Book: 1}, {Kind: Rated, Book: 2}, {Kind: Viewed, Book: 3}, {Kind: Viewed, Book: 4}}, parts{rated: []int64{2, 1}, seen: []int64{4, 3}}},
		"each once":                       {nil, []Event{{Kind: Rated, Book: 1}, {Kind: Rated, Book: 2}, {Kind: Rated, Book: 1}, {Kind: Viewed, Book: 3}, {Kind: Viewed, Book: 3}}, parts{rated: []int64{1, 2}, seen: []int64{3}}},
		"rated is not wanted":             {nil, []Event{{Kind: Wanted, Book: 1}, {Kind: Rated, Book: 1}}, parts{rated: []int64{1}}},
		"bought is not wanted":            {nil, []Event{{Kind: Wanted, Book: 1}, {Kind: Bought, Book: 1}}, parts{bought: []int64{1}}},
		"waved away is not wanted":        {nil, []Event{{Kind: Wanted, Book: 1}, {Kind: NotInterested, Book: 1}}, parts{waved: []int64{1}}},
		"wanted again":                    {nil, []Event{{Kind: Rated, Book: 1}, {Kind: Wanted, Book: 1}}, parts{rated: []int64{1}, wanted: []int64{1}}},
		"bought and rated are both":       {nil, []Event{{Kind: Bought, Book: 1}, {Kind: Rated, Book: 1}}, parts{rated: []int64{1}, bought: []int64{1}}},
		"done with is more than seen":     {[]int64{1, 2}, []Event{{Kind: Viewed, Book: 1}, {Kind: Rated, Book: 1}, {Kind: Wanted, Book: 2}, {Kind: Viewed, Book: 2}, {Kind: NotInterested, Book: 3}, {Kind: Viewed, Book: 3}}, parts{rated: []int64{1}, wanted: []int64{2}, waved: []int64{3}}},
		"the browser's are the latest":    {[]int64{9, 8, 9}, []Event{{Kind: Viewed, Book: 7}}, parts{seen: []int64{9, 8, 7}}},
		"the browser's are known already": {[]int64{9, 7}, []Event{{Kind: Viewed, Book: 7}, {Kind: Viewed, Book: 6}}, parts{seen: []int64{9, 6, 7}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			for _, event := range test.did {
				if event.Kind == Rated {
					event.Rating = 4
				}
				w.did(event.Kind, event.Book, event.Rating)
			}
			mine := w.shop().MyBooks(t.Context(), Visitor{Reader: reader, Recent: test.recent})
			got := parts{myIDs(mine.Rated), myIDs(mine.Wanted), myIDs(mine.Bought), myIDs(mine.Waved), myIDs(mine.Seen)}
			equal(t, "my books", got, test.want)
			if !mine.Known || mine.Partial {
				t.Errorf("known: %v, partial: %v", mine.Known, mine.Partial)
			}
			for _, book := range mine.Rated {
				if book.Rating != 4 || book.At.IsZero() || book.Book.Title == "" {
					t.Errorf("a book is %+v", book)
				}
			}
		})
	}
}

func TestMyBooksOfNobody(t *testing.T) {
	w := newWorld()
	w.did(Rated, 7, 5)
	mine := w.shop().MyBooks(t.Context(), Visitor{Recent: []int64{9, 8}})
	equal(t, "seen", myIDs(mine.Seen), []int64{9, 8})
	equal(t, "title", mine.Seen[0].Book.Title, "Book 9")
	if !mine.Known || mine.Partial || len(mine.Rated) > 0 || w.asked("Events") > 0 {
		t.Errorf("of nobody something is known: %+v", mine)
	}
}

// Each part shows a hundred; a page looks at five thousand events.
func TestManyOfMyBooks(t *testing.T) {
	w := newWorld()
	for id := range int64(150) {
		w.did(Viewed, id+1)
	}
	mine := w.shop().MyBooks(t.Context(), Visitor{Reader: reader})
	if len(mine.Seen) != 100 || mine.Seen[0].Book.ID != 150 || !mine.Partial || !mine.Known {
		t.Errorf("%d seen, partial: %v, known: %v", len(mine.Seen), mine.Partial, mine.Known)
	}
	for range historyEvents {
		w.did(Viewed, 8)
	}
	mine = w.shop().MyBooks(t.Context(), Visitor{Reader: reader})
	if len(mine.Seen) != 1 || !mine.Partial || !mine.Known {
		t.Errorf("%d seen, partial: %v, known: %v", len(mine.Seen), mine.Partial, mine.Known)
	}
}

// What cannot be had is said; what can be had is shown.
func TestMyBooksPartly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.did(Wanted, 1)
		w.did(Wanted, 999)
		w.did(Rated, 2, 5)
		w.perPage = 2
		s := w.shop()
		look := func(known, partial bool, want []int64, title string, took time.Duration) {
			t.Helper()
			var mine MyBooks
			d := timed(func() { mine = s.MyBooks(t.Context(), Visitor{Reader: reader, Recent: []int64{3}}) })
			if mine.Known != known || mine.Partial != partial || d != took {
				t.Errorf("known: %v, partial: %v, took %v", mine.Known, mine.Partial, d)
			}
			equal(t, "wanted", myIDs(mine.Wanted), want)
			equal(t, "seen", myIDs(mine.Seen), []int64{3})
			equal(t, "title", mine.Seen[0].Book.Title, title)
		}
		w.breaks(takes("Books", time.Hour))
		look(true, true, []int64{999, 1}, "", 250*time.Millisecond)
		w.breaks(only(errDown, "Events 1099511627776 2"))
		look(false, true, []int64{999}, "Book 3", 0)
		w.breaks(takes("Events", time.Hour))
		s = w.shop()
		look(false, true, nil, "Book 3", 250*time.Millisecond)
		w.breaks(takes("Events", 130*time.Millisecond)) // each page; together too long
		look(false, true, []int64{999}, "Book 3", 250*time.Millisecond)
		w.breaks(nil)
		look(true, false, []int64{999, 1}, "Book 3", 0) // what the catalogue lacks is the reader's all the same
	})
}
