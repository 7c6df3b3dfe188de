package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestBook(t *testing.T) {
	const away = time.Hour
	type page struct {
		source   Source
		similar  string
		byAuthor []int64
		inSeries []int64
		partial  bool
		known    bool
	}
	others := []int64{4, 5, 6, 7, 8, 9}
	whole := page{Fresh, "like-viewed 2: 12 fresh", others, []int64{1, 2, 3}, false, true}
	with := func(change func(*page)) page {
		p := whole
		change(&p)
		return p
	}
	tests := map[string]struct {
		id     int64
		reader int64
		filled bool
		fails  func(context.Context, string) error
		want   page
		took   time.Duration
	}{
		"whole":              {id: 2, want: whole},
		"a reader's":         {id: 2, reader: reader, want: whole},
		"the only of series": {id: 4, want: page{Fresh, "like-viewed 4: 12 fresh", []int64{1, 2, 3, 5, 6, 7}, nil, false, true}},
		"no series":          {id: 240, want: page{Fresh, "like-viewed 240: 12 fresh", []int64{231, 232, 233, 234, 235, 236}, nil, false, true}},
		"all slow":           {id: 2, reader: reader, fails: takes("", 160*time.Millisecond), want: whole, took: 320 * time.Millisecond},
		"the book is away, and remembered": {
			id: 2, filled: true, fails: takes("Book ", away),
			want: with(func(p *page) { p.source, p.partial = Remembered, true }), took: 250 * time.Millisecond,
		},
		"the book is away": {
			id: 2, fails: takes("Book ", away),
			want: page{Nowhere, "popular: 0 nowhere", nil, nil, true, true}, took: 250 * time.Millisecond,
		},
		"the reader's events are away": {
			id: 2, reader: reader, fails: takes("Events", away),
			want: with(func(p *page) { p.partial, p.known = true, false }), took: 250 * time.Millisecond,
		},
		"similar books are away": {
			id: 2, filled: true, fails: takes("Similar", away),
			want: with(func(p *page) { p.similar, p.partial = "popular: 12 remembered", true }), took: 250 * time.Millisecond,
		},
		"similar books are away, and none is remembered": {
			id: 2, fails: takes("Similar", away),
			want: with(func(p *page) { p.similar, p.partial = "popular: 0 nowhere", true }), took: 250 * time.Millisecond,
		},
		"similar books are not known yet": {
			id: 2, filled: true, fails: only(ErrNotFound, "Similar"),
			want: with(func(p *page) { p.similar = "popular: 0 fresh" }),
		},
		"the author's are away": {
			id: 2, fails: only(errDown, "List {Category: Author:A"),
			want: with(func(p *page) { p.byAuthor, p.partial = nil, true }),
		},
		"the series is away": {
			id: 2, fails: only(errDown, "List {Category: Author: Series:T"),
			want: with(func(p *page) { p.byAuthor, p.inSeries, p.partial = []int64{1, 3, 4, 5, 6, 7}, nil, true }),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := w.shop()
				if test.filled {
					s = w.filled(t)
				}
				w.breaks(test.fails)
				var shown BookPage
				var err error
				took := timed(func() { shown, err = s.Book(t.Context(), Visitor{Reader: test.reader}, test.id) })
				if err != nil {
					t.Fatal(err)
				}
				got := page{shown.Source, lookShelf(shown.Similar), bookIDs(shown.ByAuthor), bookIDs(shown.InSeries), shown.Partial, shown.Yours.Known}
				equal(t, "the page", got, test.want)
				equal(t, "time", took, test.took)
				checkPicks(t, shown.Similar.Picks)
				if (shown.Book == nil) != (shown.Source == Nowhere) {
					t.Errorf("the book from %s is %v", shown.Source, shown.Book)
				}
				if shown.Book != nil && shown.Book.Description != "A book." {
					t.Errorf("the book has the description %q", shown.Book.Description)
				}
				if slices.Contains(pickIDs(shown.Similar.Picks), test.id) {
					t.Error("a book is similar to itself")
				}
			})
		})
	}
}

// What is nowhere is not looked for, and a book that has gone is not remembered.
func TestBookNotFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.filled(t)
		w.breaks(takes("Similar", time.Hour))
		for _, id := range []int64{999, 7} {
			w.books = slices.DeleteFunc(w.books, func(b *Book) bool { return b.ID == 7 })
			var err error
			took := timed(func() { _, err = s.Book(t.Context(), Visitor{Reader: reader}, id) })
			if !errors.Is(err, ErrNotFound) || took != 0 {
				t.Errorf("book %d: %v after %v", id, err, took)
			}
		}
		w.breaks(refuse)
		if shown, err := s.Book(t.Context(), Visitor{}, 7); err != nil || shown.Source != Nowhere {
			t.Errorf("a book that has gone: %v from %s", err, shown.Source)
		}
	})
}

func TestBookAmongPopular(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.filled(t)
		w.breaks(refuse)
		tests := []struct {
			book int64
			want []int64
		}{
			{6, []int64{5, 11, 12, 17, 18, 23, 24, 29, 30, 35, 36, 41}}, // of poetry, without itself
			{999, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
		}
		for _, test := range tests {
			shown, err := s.Book(t.Context(), Visitor{}, test.book)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, fmt.Sprint("popular books at ", test.book), pickIDs(shown.Similar.Picks), test.want)
		}
		delete(s.memory.popular, "poetry")
		shown, _ := s.Book(t.Context(), Visitor{}, 6)
		equal(t, "popular books where the category has none", pickIDs(shown.Similar.Picks)[:6], []int64{1, 2, 3, 4, 5, 7})
	})
}

func TestNothingIsSimilarToItself(t *testing.T) {
	w := newWorld()
	w.lies(func(call string) any {
		if strings.HasPrefix(call, "Similar") {
			return []Pick{{Book: w.books[6]}, {Book: w.books[7]}}
		}
		return nil
	})
	s := w.shop()
	shown, err := s.Book(t.Context(), Visitor{}, 7)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "similar books on its page", pickIDs(shown.Similar.Picks), []int64{8})
	home := s.Home(t.Context(), Visitor{Recent: []int64{7}})
	equal(t, "the shelf", lookShelf(home.Shelves[1]), "like-viewed 7: 1 fresh")
}

// A shelf promises what it has: what recommendations adds because it is popular is not like a book.
func TestOnlyPopularIsSimilar(t *testing.T) {
	w := newWorld()
	similar := []Pick{
		{w.books[7], Reason{SimilarContent, []*Book{w.books[6]}}},
		{w.books[8], Reason{Kind: Popular}},
		{w.books[9], Reason{Kind: Trending}},
	}
	w.lies(func(call string) any {
		if strings.HasPrefix(call, "Similar") {
			return similar
		}
		return nil
	})
	s := w.shop()
	look := func(onBook string, books []int64, onHome string) {
		t.Helper()
		shown, err := s.Book(t.Context(), Visitor{}, 7)
		if err != nil || shown.Partial {
			t.Errorf("%v, partial: %v", err, shown.Partial)
		}
		equal(t, "on its page", lookShelf(shown.Similar), onBook)
		equal(t, "books", pickIDs(shown.Similar.Picks), books)
		equal(t, "on the home page", lookShelf(s.Home(t.Context(), Visitor{Recent: []int64{7}}).Shelves[1]), onHome)
	}
	look("like-viewed 7: 1 fresh", []int64{8}, "like-viewed 7: 1 fresh")
	similar = similar[1:] // no model is learned yet
	look("popular: 2 fresh", []int64{9, 10}, "trending: 6 fresh")
}

// In a long series, a book is among the others wherever it stands.
func TestLongSeries(t *testing.T) {
	w := newWorld()
	for i, book := range w.books {
		book.Series, book.SeriesPosition = "Endless", float64(i+1)
	}
	shown, err := w.shop().Book(t.Context(), Visitor{}, 200)
	if err != nil {
		t.Fatal(err)
	}
	if got := bookIDs(shown.InSeries); len(got) != 101 || got[0] != 1 || got[99] != 100 || got[100] != 200 {
		t.Errorf("the series is %v", got)
	}
	if len(shown.ByAuthor) != 6 || shown.Partial {
		t.Errorf("%d others by the author, partial: %v", len(shown.ByAuthor), shown.Partial)
	}
}

func TestAnonymousBook(t *testing.T) {
	w := newWorld()
	w.books[6].Authors, w.books[6].Categories = nil, nil
	shown, err := w.shop().Book(t.Context(), Visitor{}, 7)
	if err != nil || len(shown.ByAuthor) > 0 || shown.Partial {
		t.Errorf("%v, %d others by nobody, partial: %v", err, len(shown.ByAuthor), shown.Partial)
	}
	if n := w.asked("List"); n > 0 {
		t.Errorf("asked for %d lists of nobody's books", n)
	}
}

// The latest word on a book counts; those on others do not.
func TestYours(t *testing.T) {
	tests := map[string]struct {
		did  []Event // the newest last
		want Yours
	}{
		"nothing":                 {nil, Yours{Known: true}},
		"another book":            {[]Event{{Kind: Rated, Book: 8, Rating: 5}}, Yours{Known: true}},
		"the last of two ratings": {[]Event{{Kind: Rated, Rating: 5}, {Kind: Rated, Rating: 2}}, Yours{Known: true, Rating: 2}},
		"wanted":                  {[]Event{{Kind: Viewed}, {Kind: Wanted}, {Kind: Viewed}}, Yours{Known: true, Wanted: true}},
		"wanted, then rated":      {[]Event{{Kind: Wanted}, {Kind: Rated, Rating: 3}}, Yours{Known: true, Rating: 3}},
		"wanted, then bought":     {[]Event{{Kind: Wanted}, {Kind: Bought}}, Yours{Known: true, Bought: true}},
		"rated, then wanted":      {[]Event{{Kind: Wanted}, {Kind: Rated, Rating: 3}, {Kind: Wanted}}, Yours{Known: true, Rating: 3, Wanted: true}},
		"wanted, then waved away": {[]Event{{Kind: Wanted}, {Kind: NotInterested}}, Yours{Known: true, NotInterested: true}},
		"waved away, then wanted": {[]Event{{Kind: NotInterested}, {Kind: Wanted}}, Yours{Known: true, NotInterested: true, Wanted: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			for _, event := range test.did {
				w.did(event.Kind, max(event.Book, 7*(1-min(1, event.Book))), event.Rating)
			}
			shown, err := w.shop().Book(t.Context(), Visitor{Reader: reader}, 7)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "yours", shown.Yours, test.want)
		})
	}
}

// Of a reader who did more than a page looks at, it does not pretend to know.
func TestYoursOfMany(t *testing.T) {
	w := newWorld()
	w.did(Wanted, 7)
	w.did(Bought, 9)
	for range historyEvents - 1 {
		w.did(Viewed, 8)
	}
	s := w.shop()
	for id, want := range map[int64]Yours{7: {}, 9: {Known: true, Bought: true}} {
		shown, err := s.Book(t.Context(), Visitor{Reader: reader}, id)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, fmt.Sprint("yours of ", id), shown.Yours, want)
		equal(t, "partial", shown.Partial, !want.Known)
	}
	equal(t, "pages of events", w.asked("Events"), 10)
}

// Books that were seen lately are not asked for; older ones are, and serve when nobody answers.
func TestBooksByID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		get := func(wantErr error, want string, ids ...int64) {
			t.Helper()
			found, err := s.booksByID(t.Context(), ids)
			var titles []string
			for _, id := range ids {
				if found[id] != nil {
					titles = append(titles, found[id].Title)
				}
			}
			if got := strings.Join(titles, ", "); got != want || !errors.Is(err, wantErr) {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		}
		get(nil, "Book 1, Book 2, Book 1", 1, 999, 2, 1, 0, -1)
		equal(t, "asked for", w.calls, []string{"Books [1 999 2]"})
		w.reset()
		get(nil, "Book 2, Book 1", 2, 1)
		equal(t, "asked for what was seen", w.asked("Books"), 0)
		w.books[0] = &Book{ID: 1, Title: "Renamed"}
		time.Sleep(bookAge + 1)
		w.breaks(refuse)
		get(errDown, "Book 1, Book 2", 1, 2)
		w.breaks(nil)
		get(nil, "Renamed, Book 2", 1, 2)

		// As many as there are, a hundred a call, side by side.
		w.reset()
		w.breaks(takes("Books", 200*time.Millisecond))
		s = w.shop()
		var all []int64
		for id := range int64(worldBooks) {
			all = append(all, id+1)
		}
		took := timed(func() {
			if found, err := s.booksByID(t.Context(), all); len(found) != worldBooks || err != nil {
				t.Errorf("got %d books, %v", len(found), err)
			}
		})
		equal(t, "calls", w.asked("Books"), 3)
		equal(t, "time", took, 200*time.Millisecond)
	})
}
