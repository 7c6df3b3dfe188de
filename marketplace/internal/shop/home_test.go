package shop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Nobody's shelves: the leading categories first, the others in the catalogue's order.
var strangersHome = []string{
	"trending: 6 fresh", "mystery: 6 fresh", "science-fiction: 6 fresh", "self-help: 6 fresh",
	"poetry: 6 fresh", "history: 6 fresh", "travel: 6 fresh",
}

func TestHome(t *testing.T) {
	tests := map[string]struct {
		visitor Visitor
		did     []Event // the newest last
		want    []string
		first   []int64 // of the first shelf
	}{
		"a stranger": {want: strangersHome, first: []int64{240, 239, 238, 237, 236, 235}},
		"a reader who did nothing is shown what is popular": {
			visitor: Visitor{Reader: reader},
			want:    slices.Concat([]string{"for-you: 12 fresh"}, strangersHome),
			first:   []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
		},
		"who looked at books, without a reader": {
			visitor: Visitor{Recent: []int64{6, 11}}, // poetry, travel
			want: []string{
				"for-you: 12 fresh", "like-viewed 6: 6 fresh", "trending: 6 fresh",
				"poetry: 6 fresh", "travel: 6 fresh", "history: 6 fresh",
				"mystery: 6 fresh", "science-fiction: 6 fresh", "self-help: 6 fresh",
			},
			first: []int64{5, 6, 11, 12, 17, 18, 23, 24, 29, 30, 35, 36},
		},
		"a reader": {
			visitor: Visitor{Reader: reader, Recent: []int64{6}},
			did:     []Event{{Kind: Rated, Book: 3, Rating: 5}, {Kind: Viewed, Book: 11}}, // mystery
			want: []string{
				"for-you: 12 fresh", "like-liked 3: 6 fresh", "trending: 6 fresh",
				"poetry: 6 fresh", "mystery: 6 fresh", "travel: 6 fresh",
				"science-fiction: 6 fresh", "history: 6 fresh", "self-help: 6 fresh",
			},
			first: []int64{5, 6, 9, 11, 12, 15, 17, 18, 21, 23, 24, 27},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := w.shop()
				for _, event := range test.did {
					w.did(event.Kind, event.Book, event.Rating)
				}
				home := s.Home(t.Context(), test.visitor)
				checkWhole(t, home.Shelves...)
				equal(t, "the page", look(home.Shelves), test.want)
				equal(t, "the first shelf", pickIDs(home.Shelves[0].Picks), test.first)
				checkOnce(t, home)
			})
		})
	}
}

// theOnlyOne is the book that a recommender has which has no other.
const theOnlyOne = 77

// checkOnce checks that no book is on a page twice while there are others.
func checkOnce(t *testing.T, home Home) {
	t.Helper()
	shown := make(map[int64]bool)
	for _, shelf := range home.Shelves {
		for _, pick := range shelf.Picks {
			if shown[pick.Book.ID] && pick.Book.ID != theOnlyOne {
				t.Errorf("book %d is on the page twice", pick.Book.ID)
			}
			shown[pick.Book.ID] = true
		}
	}
}

// Two views change what is recommended, what it is like, and the order of the categories.
func TestTwoViewsChangeHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		before := s.Home(t.Context(), Visitor{})
		after := s.Home(t.Context(), Visitor{Recent: []int64{12, 7}}) // poetry, history
		equal(t, "shelves before", look(before.Shelves)[:3], strangersHome[:3])
		equal(t, "shelves after", look(after.Shelves)[:5], []string{
			"for-you: 12 fresh", "like-viewed 12: 6 fresh", "trending: 6 fresh", "history: 6 fresh", "poetry: 6 fresh",
		})
		for _, pick := range after.Shelves[0].Picks {
			if slug := pick.Book.Categories[0]; slug != "poetry" && slug != "history" {
				t.Errorf("book %d of %s is recommended to who looked at poetry and history", pick.Book.ID, slug)
			}
		}
	})
}

// "Because you liked X" is the latest book that is still liked, else the latest that was looked at.
func TestFavourite(t *testing.T) {
	const liked, viewed, none = "like-liked ", "like-viewed ", ""
	tests := map[string]struct {
		recent []int64
		did    []Event // the newest last
		want   string
	}{
		"nothing":                             {want: none},
		"five stars":                          {did: []Event{{Kind: Rated, Book: 7, Rating: 5}}, want: liked + "7"},
		"four stars":                          {did: []Event{{Kind: Rated, Book: 7, Rating: 4}}, want: liked + "7"},
		"three stars":                         {did: []Event{{Kind: Rated, Book: 7, Rating: 3}}, want: none},
		"a want":                              {did: []Event{{Kind: Wanted, Book: 7}}, want: liked + "7"},
		"a purchase":                          {did: []Event{{Kind: Bought, Book: 7}}, want: liked + "7"},
		"waved away":                          {did: []Event{{Kind: NotInterested, Book: 7}}, want: none},
		"the latest of two":                   {did: []Event{{Kind: Bought, Book: 7}, {Kind: Wanted, Book: 8}}, want: liked + "8"},
		"liked before a view":                 {did: []Event{{Kind: Bought, Book: 7}, {Kind: Viewed, Book: 8}}, want: liked + "7"},
		"wanted, read, found wanting":         {did: []Event{{Kind: Wanted, Book: 7}, {Kind: Rated, Book: 7, Rating: 2}}, want: none},
		"wanted, waved away":                  {did: []Event{{Kind: Wanted, Book: 7}, {Kind: NotInterested, Book: 7}}, want: none},
		"waved away, wanted after all":        {did: []Event{{Kind: NotInterested, Book: 7}, {Kind: Wanted, Book: 7}}, want: liked + "7"},
		"five stars taken back":               {did: []Event{{Kind: Rated, Book: 7, Rating: 5}, {Kind: Rated, Book: 7, Rating: 1}}, want: none},
		"low stars, but another before":       {did: []Event{{Kind: Wanted, Book: 8}, {Kind: Rated, Book: 7, Rating: 1}}, want: liked + "8"},
		"views":                               {did: []Event{{Kind: Viewed, Book: 7}, {Kind: Viewed, Book: 8}}, want: viewed + "8"},
		"the browser's view is the latest":    {recent: []int64{9, 8}, did: []Event{{Kind: Viewed, Book: 7}}, want: viewed + "9"},
		"not a view of what was waved away":   {recent: []int64{9, 8}, did: []Event{{Kind: NotInterested, Book: 9}}, want: viewed + "8"},
		"not a view of what was rated low":    {did: []Event{{Kind: Viewed, Book: 7}, {Kind: Rated, Book: 8, Rating: 1}, {Kind: Viewed, Book: 8}}, want: viewed + "7"},
		"a book that is not in the catalogue": {did: []Event{{Kind: Wanted, Book: 999}}, want: none},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			for _, event := range test.did {
				w.did(event.Kind, event.Book, event.Rating)
			}
			got := none
			for _, shelf := range w.shop().Home(t.Context(), Visitor{Reader: reader, Recent: test.recent}).Shelves {
				if shelf.Like != nil {
					got = fmt.Sprint(shelf.Kind, " ", shelf.Like.ID)
				}
			}
			equal(t, "what the shelf is like", got, test.want)
		})
	}
}

// Of a reader who did more than a call returns, the latest are enough.
func TestFavouriteOfMany(t *testing.T) {
	w := newWorld()
	w.did(Wanted, 7)
	for range favouriteEvents {
		w.did(Viewed, 8)
	}
	home := w.shop().Home(t.Context(), Visitor{Reader: reader})
	equal(t, "shelf", lookShelf(home.Shelves[1]), "like-viewed 8: 6 fresh")
	equal(t, "pages of events asked for", w.asked("Events"), 1)
}

// The books of all reasons on the page get their titles with one call, and those that the
// catalogue lacks are no reasons.
func TestReasons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.did(Wanted, 12) // poetry
		w.did(Wanted, 18)
		w.did(Wanted, 999)
		s := w.shop()
		home := s.Home(t.Context(), Visitor{Reader: reader})
		checkWhole(t, home.Shelves...)
		pick := home.Shelves[0].Picks[0]
		equal(t, "reason", pick.Reason.Kind, BecauseYouLiked)
		equal(t, "titles", []string{pick.Reason.Because[0].Title, pick.Reason.Because[1].Title}, []string{"Book 18", "Book 12"})

		// Now with what a broken service says, and nothing remembered.
		before := &Book{ID: 12}
		own := []Pick{
			{w.books[0], Reason{BecauseYouLiked, []*Book{nil, {ID: 999}, before, {ID: 18}}}},
			{w.books[1], Reason{SimilarContent, []*Book{{ID: 999}, {ID: -1}}}},
			{w.books[2], Reason{BecauseYouLiked, nil}},
			{w.books[3], Reason{Popular, []*Book{{ID: 12}}}},
			{nil, Reason{}},
			{&Book{ID: 5}, Reason{}},
			{&Book{Title: "t"}, Reason{}},
			{w.books[0], Reason{}},
		}
		w.lies(func(call string) any {
			if strings.HasPrefix(call, "Recommend") {
				return own
			}
			return nil
		})
		w.reset()
		s = w.shop()
		home = s.Home(t.Context(), Visitor{Reader: reader})
		checkWhole(t, home.Shelves...)
		picks := home.Shelves[0].Picks
		equal(t, "books", pickIDs(picks), []int64{1, 2, 3, 4})
		equal(t, "reasons", []ReasonKind{picks[0].Reason.Kind, picks[1].Reason.Kind, picks[2].Reason.Kind, picks[3].Reason.Kind},
			[]ReasonKind{BecauseYouLiked, NoReason, NoReason, Popular})
		equal(t, "because", bookIDs(picks[0].Reason.Because), []int64{12, 18})
		equal(t, "calls for the books of reasons", w.asked("Books [999 12 18]"), 1)
		if own[0].Reason.Because[2] != before || before.Title != "" {
			t.Error("the answer was changed, and somebody else may hold it")
		}
	})
}

// The shop says nothing of visitors' taste that they would deny.
func TestReasonsAreTrue(t *testing.T) {
	tests := map[string]struct {
		recent  []int64
		did     []Event // the newest last
		fails   func(context.Context, string) error
		kind    ReasonKind
		because []int64
	}{
		"looked at":               {recent: []int64{6, 12}, kind: BecauseYouViewed, because: []int64{6, 12}},
		"views that are kept":     {did: []Event{{Kind: Viewed, Book: 6}}, kind: BecauseYouViewed, because: []int64{6}},
		"rated":                   {did: []Event{{Kind: Rated, Book: 6, Rating: 4}}, kind: BecauseYouLiked, because: []int64{6}},
		"wanted":                  {did: []Event{{Kind: Wanted, Book: 6}}, kind: BecauseYouLiked, because: []int64{6}},
		"bought":                  {did: []Event{{Kind: Bought, Book: 6}}, kind: BecauseYouLiked, because: []int64{6}},
		"liked, and looked at":    {recent: []int64{12}, did: []Event{{Kind: Bought, Book: 6}}, kind: BecauseYouLiked, because: []int64{6}},
		"disliked":                {did: []Event{{Kind: Rated, Book: 6, Rating: 2}}, kind: NoReason},
		"disliked, and looked at": {recent: []int64{12}, did: []Event{{Kind: Rated, Book: 6, Rating: 2}}, kind: BecauseYouViewed, because: []int64{12}},
		"liked no more":           {did: []Event{{Kind: Wanted, Book: 6}, {Kind: Rated, Book: 6, Rating: 1}}, kind: NoReason},
		"nobody knows":            {did: []Event{{Kind: Bought, Book: 6}}, fails: only(errDown, "Events"), kind: BecauseYouViewed, because: []int64{6}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			for _, event := range test.did {
				w.did(event.Kind, event.Book, event.Rating)
			}
			w.breaks(test.fails)
			home := w.shop().Home(t.Context(), Visitor{Reader: reader, Recent: test.recent})
			checkWhole(t, home.Shelves...)
			reason := home.Shelves[0].Picks[0].Reason
			equal(t, "kind", reason.Kind, test.kind)
			equal(t, "because", bookIDs(reason.Because), test.because)
		})
	}
}

// A shop that is slow in one place has the rest of the page.
func TestHomeInTime(t *testing.T) {
	personal := []string{
		"for-you: 12 fresh", "like-liked 12: 6 fresh", "trending: 6 fresh", "poetry: 6 fresh", "history: 6 fresh",
		"self-help: 6 fresh", "mystery: 6 fresh", "science-fiction: 6 fresh", "travel: 6 fresh",
	}
	replace := func(old []string, shelf, with string) []string {
		var shelves []string
		for _, is := range old {
			if is != shelf {
				shelves = append(shelves, is)
			} else if with != "" {
				shelves = append(shelves, with)
			}
		}
		return shelves
	}
	remembered := func(shelves []string) []string {
		var all []string
		for _, shelf := range shelves {
			all = append(all, strings.ReplaceAll(shelf, "fresh", "remembered"))
		}
		return all
	}
	tests := map[string]struct {
		fails func(context.Context, string) error
		empty bool // memory
		want  []string
		took  time.Duration
	}{
		"well":              {nil, false, personal, 0},
		"all a little slow": {takes("", 100*time.Millisecond), false, personal, 200 * time.Millisecond},
		"Recommend takes all it may": {
			takes("Recommend", 251*time.Millisecond), false,
			slices.Concat([]string{"popular: 6 remembered", "like-liked 12: 6 fresh", "trending: 6 fresh"}, remembered(strangersHome[1:])),
			280 * time.Millisecond,
		},
		"Recommend takes nearly all": {
			takes("Recommend", 249*time.Millisecond), false,
			slices.Concat(personal[:3], remembered(personal[3:])),
			280 * time.Millisecond,
		},
		"events are away":        {takes("Events", time.Hour), false, replace(personal, "like-liked 12: 6 fresh", ""), 250 * time.Millisecond},
		"similar books are away": {takes("Similar", time.Hour), false, replace(personal, "like-liked 12: 6 fresh", ""), 250 * time.Millisecond},
		"trending is away":       {takes("Trending", time.Hour), false, replace(personal, "trending: 6 fresh", "trending: 6 remembered"), 250 * time.Millisecond},
		"one category fails":     {only(errDown, "Recommend poetry"), false, replace(personal, "poetry: 6 fresh", "poetry: 6 remembered"), 0},
		"a category has gone":    {only(ErrNotFound, "Recommend poetry"), false, replace(personal, "poetry: 6 fresh", ""), 0},
		"titles are away":        {takes("Books", time.Hour), true, replace(personal, "like-liked 12: 6 fresh", ""), 330 * time.Millisecond},
		"categories are away": {
			takes("Categories", time.Hour), true,
			[]string{"for-you: 12 fresh", "like-liked 12: 6 fresh", "trending: 6 fresh", "self-help: 6 fresh", "mystery: 6 fresh", "science-fiction: 6 fresh"},
			250 * time.Millisecond,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.did(Rated, 12, 5) // poetry
				s := w.shop()
				if !test.empty {
					s = w.filled(t)
				}
				w.breaks(test.fails)
				var home Home
				took := timed(func() { home = s.Home(t.Context(), Visitor{Reader: reader}) })
				checkWhole(t, home.Shelves...)
				checkOnce(t, home)
				equal(t, "the page", look(home.Shelves), test.want)
				equal(t, "time", took, test.took)
				w.heals()
				equal(t, "the page afterwards", look(s.Home(t.Context(), Visitor{Reader: reader}).Shelves), personal)
			})
		})
	}
}

// What is remembered is everybody's: no page changes it, and no caller can.
func TestMemoryIsNotChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.filled(t)
		look := func() string {
			return fmt.Sprint(s.memory.popular, s.memory.trending, s.memory.categories)
		}
		before := look()
		w.breaks(refuse)
		spoil := func(picks []Pick) {
			for i := range picks {
				picks[i] = Pick{&Book{ID: 1}, Reason{Kind: SimilarContent}}
			}
		}
		for range 2 {
			for _, shelf := range s.Home(t.Context(), Visitor{Reader: reader}).Shelves {
				spoil(shelf.Picks)
			}
			page, _ := s.Book(t.Context(), Visitor{}, 7)
			spoil(page.Similar.Picks)
			listing, _ := s.Category(t.Context(), ListQuery{Category: "poetry"})
			spoil(listing.Popular)
			clear(listing.Categories)
			clear(s.Categories(t.Context()).Categories)
			spoil(s.Trending(t.Context()).Picks)
		}
		w.lies(func(call string) any {
			if strings.HasPrefix(call, "Search") {
				return List{}
			}
			return nil
		})
		w.breaks(nil)
		nothing, _ := s.Search(t.Context(), SearchQuery{Text: "x"})
		spoil(nothing.Popular)
		equal(t, "memory", look(), before)
	})
}

// An answer of nothing at all is not believed while better is known.
func TestBareHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.filled(t)
		w.lies(func(call string) any {
			if strings.HasPrefix(call, "Recommend") || call == "Trending" {
				return []Pick(nil)
			}
			return nil
		})
		equal(t, "the page", look(s.Home(t.Context(), Visitor{}).Shelves), []string{"trending: 6 remembered"})
		equal(t, "the page of a new shop", look(w.shop().Home(t.Context(), Visitor{}).Shelves), []string{})
	})
}

func TestTrending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		shelf := s.Trending(t.Context())
		checkWhole(t, shelf)
		equal(t, "trending", lookShelf(shelf), "trending: 24 fresh")
		w.breaks(refuse)
		equal(t, "nothing known", lookShelf(s.Trending(t.Context())), "trending: 0 nowhere")
		w.breaks(nil)
		s = w.filled(t)
		w.breaks(late)
		took := timed(func() { shelf = s.Trending(t.Context()) })
		equal(t, "away", lookShelf(shelf), "trending: 24 remembered")
		equal(t, "time", took, callLimit)
		s.memory.trending = nil
		equal(t, "only popular books known", lookShelf(s.Trending(t.Context())), "popular: 24 remembered")
		// Nobody wants them twice.
		equal(t, "home", look(s.Home(t.Context(), Visitor{Recent: []int64{6}}).Shelves)[:2], []string{"popular: 6 remembered", "mystery: 6 remembered"})
	})
}

// In a small catalogue every shelf has what there is, also what stands above: each book once.
func TestSmallCatalogue(t *testing.T) {
	pick := func(ids ...int64) (picks []Pick) {
		for _, id := range ids {
			picks = append(picks, Pick{Book: &Book{ID: id}})
		}
		return picks
	}
	shelves := withoutRepetition([]Shelf{
		{Kind: TrendingNow, Picks: pick(1, 2, 3, 4, 5, 6, 7, 8, 9)},
		{Kind: OfCategory, Picks: pick(3, 1, 2, 3)},
		{Kind: OfCategory, Picks: pick(5, 7, 6)},
		{Kind: OfCategory, Picks: pick(1, 10, 2, 11, 3, 12, 4)},
		{Kind: OfCategory, Source: Fresh},
		{Kind: OfCategory, Source: Nowhere},
	})
	var got []string
	for _, shelf := range shelves {
		got = append(got, fmt.Sprint(pickIDs(shelf.Picks)))
	}
	equal(t, "the shelves", strings.Join(got, " "), "[1 2 3 4 5 6] [3 1 2] [7 5 6] [10 11 12 1 2 3] []")
}
