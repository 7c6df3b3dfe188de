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

// A browsed is what matters of a listing.
type browsed struct {
	source   Source
	books    int
	first    int64
	total    int
	next     string
	category string
	popular  int
	of       int // categories to choose from
}

func browse(l Listing) browsed {
	b := browsed{l.Source, len(l.Books), 0, l.Total, l.Next, l.Category.Name, len(l.Popular), len(l.Categories)}
	if len(l.Books) > 0 {
		b.first = l.Books[0].ID
	}
	return b
}

func TestLists(t *testing.T) {
	type listing = func(ctx context.Context, s *Shop) (Listing, error)
	category := func(q ListQuery) listing {
		return func(ctx context.Context, s *Shop) (Listing, error) { return s.Category(ctx, q) }
	}
	author := func(q ListQuery) listing {
		return func(ctx context.Context, s *Shop) (Listing, error) { return s.Author(ctx, q) }
	}
	search := func(q SearchQuery) listing {
		return func(ctx context.Context, s *Shop) (Listing, error) { return s.Search(ctx, q) }
	}
	poetry := category(ListQuery{Category: "poetry"})
	tests := map[string]struct {
		get   listing
		empty bool // memory
		fails func(context.Context, string) error
		want  browsed
		err   error
		took  time.Duration
	}{
		"category":               {get: poetry, want: browsed{Fresh, 24, 5, 80, "24", "Poetry", 0, 6}},
		"category's last page":   {get: category(ListQuery{Category: "poetry", Page: "72"}), want: browsed{Fresh, 8, 221, 80, "", "Poetry", 0, 6}},
		"category of a new shop": {get: poetry, empty: true, want: browsed{Fresh, 24, 5, 80, "24", "Poetry", 0, 6}},
		"bad page":               {get: category(ListQuery{Category: "poetry", Page: "x"}), err: ErrBadPage},
		"bad page of no text":    {get: category(ListQuery{Category: "poetry", Page: "\xff"}), err: ErrBadPage},
		"no such category":       {get: category(ListQuery{Category: "x"}), err: ErrNotFound},
		"no category":            {get: category(ListQuery{}), err: ErrNotFound},
		"a category of no text":  {get: category(ListQuery{Category: "\xff"}), err: ErrNotFound},
		"a category too long":    {get: category(ListQuery{Category: strings.Repeat("x", 201)}), err: ErrNotFound},
		"only a category's":      {get: category(ListQuery{Category: "poetry", Author: "Author 0", Series: "Trilogy"}), want: browsed{Fresh, 24, 5, 80, "24", "Poetry", 0, 6}},
		"category, down":         {get: poetry, fails: refuse, want: browsed{Remembered, 0, 0, 0, "", "Poetry", 24, 6}},
		"category, away":         {get: poetry, fails: late, want: browsed{Remembered, 0, 0, 0, "", "Poetry", 24, 6}, took: 250 * time.Millisecond},
		"category, nothing known": {
			get: poetry, empty: true, fails: refuse, want: browsed{Nowhere, 0, 0, 0, "", "poetry", 0, 0},
		},
		"category, away, nothing known": {
			get: poetry, empty: true, fails: late, want: browsed{Nowhere, 0, 0, 0, "", "poetry", 0, 0}, took: 330 * time.Millisecond,
		},
		"no such category, down":                {get: category(ListQuery{Category: "x"}), fails: refuse, err: ErrNotFound},
		"no such category, down, nothing known": {get: category(ListQuery{Category: "x"}), empty: true, fails: refuse, want: browsed{Nowhere, 0, 0, 0, "", "x", 0, 0}},
		"categories away": {
			get: poetry, empty: true, fails: takes("Categories", time.Hour),
			want: browsed{Fresh, 24, 5, 80, "24", "poetry", 0, 0}, took: 250 * time.Millisecond,
		},
		"author":                {get: author(ListQuery{Author: "Author 2"}), want: browsed{Fresh, 10, 21, 10, "", "", 0, 6}},
		"nobody":                {get: author(ListQuery{Author: "Nobody"}), err: ErrNotFound},
		"nobody's name":         {get: author(ListQuery{Author: " "}), err: ErrNotFound},
		"an author's bad page":  {get: author(ListQuery{Author: "Author 2", Page: "x"}), err: ErrBadPage},
		"a page after the last": {get: author(ListQuery{Author: "Author 2", Page: "99"}), want: browsed{Fresh, 0, 0, 10, "", "", 0, 6}},
		"author, down":          {get: author(ListQuery{Author: "Nobody"}), fails: refuse, want: browsed{Remembered, 0, 0, 0, "", "", 24, 6}},
		"author, nothing known": {get: author(ListQuery{Author: "Nobody"}), empty: true, fails: refuse, want: browsed{Nowhere, 0, 0, 0, "", "", 0, 0}},
		"search":                {get: search(SearchQuery{Text: " 23 "}), want: browsed{Fresh, 13, 23, 13, "", "", 0, 6}},
		"search in a category":  {get: search(SearchQuery{Text: "23", Category: "poetry"}), want: browsed{Fresh, 4, 23, 4, "", "Poetry", 0, 6}},
		"search for nothing":    {get: search(SearchQuery{Text: " \t"}), want: browsed{Fresh, 0, 0, 0, "", "", 12, 6}},
		"search for nothing in a category": {
			get: search(SearchQuery{Category: "poetry"}), want: browsed{Fresh, 0, 0, 0, "", "Poetry", 12, 6},
		},
		"search for nothing in no category": {get: search(SearchQuery{Category: "x"}), err: ErrNotFound},
		"search for no text":                {get: search(SearchQuery{Text: "\xff"}), want: browsed{Fresh, 0, 0, 0, "", "", 12, 6}},
		"search for a long text":            {get: search(SearchQuery{Text: strings.Repeat("é", 300)}), want: browsed{Fresh, 0, 0, 0, "", "", 12, 6}},
		"nothing found":                     {get: search(SearchQuery{Text: "x"}), want: browsed{Fresh, 0, 0, 0, "", "", 12, 6}},
		"nothing found, in a new shop":      {get: search(SearchQuery{Text: "x"}), empty: true, want: browsed{Fresh, 0, 0, 0, "", "", 12, 6}},
		"nothing found, in a new shop that has nothing popular": {
			get: search(SearchQuery{Text: "x"}), empty: true, fails: takes("Popular", time.Hour),
			want: browsed{Fresh, 0, 0, 0, "", "", 0, 6}, took: 250 * time.Millisecond,
		},
		"search in no category":         {get: search(SearchQuery{Text: "2", Category: "x"}), err: ErrNotFound},
		"search in a category, no text": {get: search(SearchQuery{Text: "2", Category: "\xff"}), err: ErrNotFound},
		"search's bad page":             {get: search(SearchQuery{Text: "2", Page: "x"}), err: ErrBadPage},
		"search, down":                  {get: search(SearchQuery{Text: "2"}), fails: refuse, want: browsed{Remembered, 0, 0, 0, "", "", 24, 6}},
		"search in a category, down":    {get: search(SearchQuery{Text: "2", Category: "poetry"}), fails: refuse, want: browsed{Remembered, 0, 0, 0, "", "Poetry", 24, 6}},
		"search, away, nothing known": {
			get: search(SearchQuery{Text: "2"}), empty: true, fails: late, want: browsed{Nowhere, 0, 0, 0, "", "", 0, 0}, took: 330 * time.Millisecond,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := w.shop()
				if !test.empty {
					s = w.filled(t)
				}
				w.breaks(test.fails)
				var got Listing
				var err error
				took := timed(func() { got, err = test.get(t.Context(), s) })
				if !errors.Is(err, test.err) || (err != nil) != (test.err != nil) {
					t.Errorf("the error is %v, want %v", err, test.err)
				}
				equal(t, "the list", browse(got), test.want)
				equal(t, "time", took, test.took)
				checkPicks(t, got.Popular)
			})
		})
	}
}

// A list is asked for as the visitor wants it.
func TestOrder(t *testing.T) {
	w := newWorld()
	s := w.shop()
	s.Category(t.Context(), ListQuery{Category: "poetry", Order: ByYear, Page: "24"}) //nolint:errcheck // what is asked for matters
	s.Search(t.Context(), SearchQuery{Text: "2", Order: ByTitle})                     //nolint:errcheck // as above
	want := []string{
		"List {Category:poetry Author: Series: Order:newest Size:24 Page:24}", "Categories",
		"Search {Text:2 Category: Order:title Size:24 Page:}",
	}
	equal(t, "calls", w.calls, want)
}

// A category that is too new to be known has its page.
func TestNewCategory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.filled(t)
		w.categories = append(w.categories, Category{"essays", "Essays", 1})
		w.books[0] = &Book{ID: 1, Title: "Essays", Categories: []string{"essays"}}
		got, err := s.Category(t.Context(), ListQuery{Category: "essays"})
		if err != nil || got.Category.Name != "essays" || len(got.Books) != 1 {
			t.Errorf("%v: %q with %d books", err, got.Category.Name, len(got.Books))
		}
	})
}

func TestCategories(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		expect := func(source Source, n int, took time.Duration) {
			t.Helper()
			var got Listing
			if d := timed(func() { got = s.Categories(t.Context()) }); d != took {
				t.Errorf("took %v, want %v", d, took)
			}
			if got.Source != source || len(got.Categories) != n {
				t.Errorf("got %d categories from %s, want %d from %s", len(got.Categories), got.Source, n, source)
			}
		}
		w.breaks(late)
		expect(Nowhere, 0, 250*time.Millisecond)
		w.breaks(nil)
		expect(Fresh, 6, 0)
		w.breaks(refuse)
		expect(Fresh, 6, 0) // known a moment ago
		time.Sleep(2*followInterval + 1)
		expect(Remembered, 6, 0)
	})
}

func TestAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		all := func(stop int) (ids []int64, fault error) {
			for book, err := range s.All(t.Context()) {
				if err != nil {
					return ids, err
				}
				if ids = append(ids, book.ID); len(ids) == stop {
					break
				}
			}
			return ids, nil
		}
		w.breaks(takes("", time.Second)) // beyond the time of a page
		books, err := all(0)
		if len(books) != worldBooks || !slices.IsSorted(books) || err != nil {
			t.Errorf("got %d books, %v", len(books), err)
		}
		equal(t, "calls", w.asked("List"), 3)
		w.reset()
		books, err = all(100)
		if len(books) != 100 || err != nil || w.asked("List") != 1 {
			t.Errorf("stopped after %d books, %v, %d calls", len(books), err, w.asked("List"))
		}
		w.breaks(func(_ context.Context, call string) error {
			if strings.HasSuffix(call, "Page:200}") {
				return errDown
			}
			return nil
		})
		if books, err = all(0); len(books) != 200 || !errors.Is(err, errDown) {
			t.Errorf("got %d books, %v", len(books), err)
		}
		w.breaks(takes("", time.Hour))
		took := timed(func() { _, err = all(0) })
		if took != bulkLimit || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("took %v, %v", took, err)
		}
		w.breaks(nil)
		w.lies(func(string) any { return List{Books: w.books[:1], Next: "again"} })
		if books, err = all(0); fmt.Sprint(books) != "[1]" || !errors.Is(err, errUnusable) {
			t.Errorf("of a list without end, got %d books, %v", len(books), err)
		}
	})
}
