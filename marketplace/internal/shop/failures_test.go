package shop

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// States are what a page looks like when all is well, when nobody answers, when they answer with
// nothing and when they answer something else; each with memory and without.
type states struct {
	well                string
	down, downNew       string
	nothing, nothingNew string
	wrong, wrongNew     string
}

// Every page and form of the shop.
var pages = map[string]struct {
	show func(ctx context.Context, t *testing.T, s *Shop) string
	want states
}{
	"a stranger's home": {
		func(ctx context.Context, t *testing.T, s *Shop) string { return showHome(ctx, t, s, Visitor{}) },
		states{
			well:     "trending: 6 fresh, mystery: 6 fresh, science-fiction: 6 fresh, self-help: 6 fresh, poetry: 6 fresh, history: 6 fresh, travel: 6 fresh",
			down:     "trending: 6 remembered, mystery: 6 remembered, science-fiction: 6 remembered, self-help: 6 remembered, poetry: 6 remembered, history: 6 remembered, travel: 6 remembered",
			downNew:  "trending: 0 nowhere, mystery: 0 nowhere, science-fiction: 0 nowhere, self-help: 0 nowhere",
			nothing:  "trending: 6 remembered",
			wrong:    "trending: 1 fresh, mystery: 1 fresh, science-fiction: 1 fresh, self-help: 1 fresh, poetry: 1 fresh, history: 1 fresh, travel: 1 fresh",
			wrongNew: "trending: 1 fresh, mystery: 1 fresh, science-fiction: 1 fresh, self-help: 1 fresh",
		},
	},
	"a reader's home": {
		func(ctx context.Context, t *testing.T, s *Shop) string {
			return showHome(ctx, t, s, Visitor{Reader: reader, Recent: []int64{9}})
		},
		states{
			well:     "for-you: 12 fresh, like-liked 3: 6 fresh, trending: 6 fresh, mystery: 6 fresh, science-fiction: 6 fresh, self-help: 6 fresh, travel: 6 fresh, poetry: 6 fresh, history: 6 fresh",
			down:     "popular: 6 remembered, trending: 6 remembered, mystery: 6 remembered, science-fiction: 6 remembered, self-help: 6 remembered, poetry: 6 remembered, history: 6 remembered, travel: 6 remembered",
			downNew:  "popular: 0 nowhere, trending: 0 nowhere, mystery: 0 nowhere, science-fiction: 0 nowhere, self-help: 0 nowhere",
			nothing:  "trending: 6 remembered",
			wrong:    "for-you: 1 fresh, like-viewed 9: 1 fresh, trending: 1 fresh, mystery: 1 fresh, science-fiction: 1 fresh, self-help: 1 fresh, poetry: 1 fresh, history: 1 fresh, travel: 1 fresh",
			wrongNew: "for-you: 1 fresh, trending: 1 fresh, mystery: 1 fresh, science-fiction: 1 fresh, self-help: 1 fresh",
		},
	},
	"home of who looked": {
		func(ctx context.Context, t *testing.T, s *Shop) string {
			return showHome(ctx, t, s, Visitor{Recent: []int64{9}})
		},
		states{
			well:     "for-you: 12 fresh, like-viewed 9: 6 fresh, trending: 6 fresh, mystery: 6 fresh, science-fiction: 6 fresh, self-help: 6 fresh, poetry: 6 fresh, history: 6 fresh, travel: 6 fresh",
			down:     "popular: 6 remembered, trending: 6 remembered, mystery: 6 remembered, science-fiction: 6 remembered, self-help: 6 remembered, poetry: 6 remembered, history: 6 remembered, travel: 6 remembered",
			downNew:  "popular: 0 nowhere, trending: 0 nowhere, mystery: 0 nowhere, science-fiction: 0 nowhere, self-help: 0 nowhere",
			nothing:  "trending: 6 remembered",
			wrong:    "for-you: 1 fresh, like-viewed 9: 1 fresh, trending: 1 fresh, mystery: 1 fresh, science-fiction: 1 fresh, self-help: 1 fresh, poetry: 1 fresh, history: 1 fresh, travel: 1 fresh",
			wrongNew: "for-you: 1 fresh, trending: 1 fresh, mystery: 1 fresh, science-fiction: 1 fresh, self-help: 1 fresh",
		},
	},
	"book": {
		showBook,
		states{
			well:       "fresh, like-viewed 2: 12 fresh, 6 by author, 3 in series, partial: false, yours: true 5",
			down:       "remembered, popular: 12 remembered, 0 by author, 0 in series, partial: true, yours: false 0",
			downNew:    "nowhere, popular: 0 nowhere, 0 by author, 0 in series, partial: true, yours: false 0",
			nothing:    "remembered, popular: 0 fresh, 0 by author, 0 in series, partial: true, yours: true 0",
			nothingNew: "nowhere, popular: 0 nowhere, 0 by author, 0 in series, partial: true, yours: true 0",
			wrong:      "remembered, like-viewed 2: 1 fresh, 0 by author, 2 in series, partial: true, yours: true 0",
			wrongNew:   "nowhere, popular: 0 nowhere, 0 by author, 0 in series, partial: true, yours: true 0",
		},
	},
	"categories": {
		func(ctx context.Context, _ *testing.T, s *Shop) string { return showList(s.Categories(ctx), nil) },
		states{
			well:       "fresh: 0 of 0 books, 0 popular, 6 categories, \"\"",
			down:       "fresh: 0 of 0 books, 0 popular, 6 categories, \"\"",
			downNew:    "nowhere: 0 of 0 books, 0 popular, 0 categories, \"\"",
			nothing:    "fresh: 0 of 0 books, 0 popular, 6 categories, \"\"",
			nothingNew: "fresh: 0 of 0 books, 0 popular, 0 categories, \"\"",
			wrong:      "fresh: 0 of 0 books, 0 popular, 6 categories, \"\"",
			wrongNew:   "nowhere: 0 of 0 books, 0 popular, 0 categories, \"\"",
		},
	},
	"category": {
		func(ctx context.Context, _ *testing.T, s *Shop) string {
			return showList(s.Category(ctx, ListQuery{Category: "poetry"}))
		},
		states{
			well:       "fresh: 24 of 80 books, 0 popular, 6 categories, \"Poetry\"",
			down:       "remembered: 0 of 0 books, 24 popular, 6 categories, \"Poetry\"",
			downNew:    "nowhere: 0 of 0 books, 0 popular, 0 categories, \"poetry\"",
			nothing:    "fresh: 0 of 0 books, 0 popular, 6 categories, \"Poetry\"",
			nothingNew: "not found",
			wrong:      "fresh: 1 of 1 books, 0 popular, 6 categories, \"Poetry\"",
			wrongNew:   "fresh: 1 of 1 books, 0 popular, 0 categories, \"poetry\"",
		},
	},
	"author": {
		func(ctx context.Context, _ *testing.T, s *Shop) string {
			return showList(s.Author(ctx, ListQuery{Author: "Author 0", Page: "3"}))
		},
		states{
			well:       "fresh: 7 of 10 books, 0 popular, 6 categories, \"\"",
			down:       "remembered: 0 of 0 books, 24 popular, 6 categories, \"\"",
			downNew:    "nowhere: 0 of 0 books, 0 popular, 0 categories, \"\"",
			nothing:    "not found",
			nothingNew: "not found",
			wrong:      "remembered: 0 of 0 books, 24 popular, 6 categories, \"\"",
			wrongNew:   "nowhere: 0 of 0 books, 0 popular, 0 categories, \"\"",
		},
	},
	"search": {
		func(ctx context.Context, _ *testing.T, s *Shop) string {
			return showList(s.Search(ctx, SearchQuery{Text: "Book", Category: "poetry"}))
		},
		states{
			well:       "fresh: 24 of 80 books, 0 popular, 6 categories, \"Poetry\"",
			down:       "remembered: 0 of 0 books, 24 popular, 6 categories, \"Poetry\"",
			downNew:    "nowhere: 0 of 0 books, 0 popular, 0 categories, \"poetry\"",
			nothing:    "fresh: 0 of 0 books, 12 popular, 6 categories, \"Poetry\"",
			nothingNew: "not found",
			wrong:      "fresh: 1 of 1 books, 0 popular, 6 categories, \"Poetry\"",
			wrongNew:   "fresh: 1 of 1 books, 0 popular, 0 categories, \"poetry\"",
		},
	},
	"my books": {
		func(ctx context.Context, t *testing.T, s *Shop) string {
			mine := s.MyBooks(ctx, Visitor{Reader: reader, Recent: []int64{9}})
			titles := 0
			for _, part := range [][]MyBook{mine.Rated, mine.Wanted, mine.Bought, mine.Waved, mine.Seen} {
				for _, book := range part {
					if book.Book.ID <= 0 {
						t.Errorf("my book is %+v", book.Book)
					}
					if book.Book.Title != "" {
						titles++
					}
				}
			}
			return fmt.Sprintf("known: %v, partial: %v, %d rated, %d wanted, %d seen, %d with title",
				mine.Known, mine.Partial, len(mine.Rated), len(mine.Wanted), len(mine.Seen), titles)
		},
		states{
			well:       "known: true, partial: false, 1 rated, 1 wanted, 2 seen, 4 with title",
			down:       "known: false, partial: true, 0 rated, 0 wanted, 1 seen, 1 with title",
			downNew:    "known: false, partial: true, 0 rated, 0 wanted, 1 seen, 0 with title",
			nothing:    "known: true, partial: false, 0 rated, 0 wanted, 1 seen, 1 with title",
			nothingNew: "known: true, partial: false, 0 rated, 0 wanted, 1 seen, 0 with title",
			wrong:      "known: true, partial: false, 0 rated, 0 wanted, 1 seen, 1 with title",
			wrongNew:   "known: true, partial: false, 0 rated, 0 wanted, 1 seen, 0 with title",
		},
	},
	"trending": {
		func(ctx context.Context, t *testing.T, s *Shop) string {
			shelf := s.Trending(ctx)
			checkPicks(t, shelf.Picks)
			return lookShelf(shelf)
		},
		states{
			well:       "trending: 24 fresh",
			down:       "trending: 24 remembered",
			downNew:    "trending: 0 nowhere",
			nothing:    "trending: 24 remembered",
			nothingNew: "trending: 0 fresh",
			wrong:      "trending: 1 fresh",
			wrongNew:   "trending: 1 fresh",
		},
	},
	"rate": {
		func(ctx context.Context, _ *testing.T, s *Shop) string { return kept(s.Rate(ctx, reader, 7, 5)) },
		states{
			well: "kept",
			down: "not kept", downNew: "not kept", nothing: "kept", nothingNew: "kept", wrong: "kept", wrongNew: "kept",
		},
	},
	"undo": {
		func(ctx context.Context, _ *testing.T, s *Shop) string { return kept(s.Undo(ctx, reader, 7, Rated)) },
		states{
			well: "kept",
			down: "not kept", downNew: "not kept", nothing: "kept", nothingNew: "kept", wrong: "kept", wrongNew: "kept",
		},
	},
	"forget": {
		func(ctx context.Context, _ *testing.T, s *Shop) string { return kept(s.Forget(ctx, reader+1)) },
		states{
			well: "kept",
			down: "not kept", downNew: "not kept", nothing: "kept", nothingNew: "kept", wrong: "kept", wrongNew: "kept",
		},
	},
}

func showHome(ctx context.Context, t *testing.T, s *Shop, v Visitor) string {
	t.Helper()
	home := s.Home(ctx, v)
	checkWhole(t, home.Shelves...)
	checkOnce(t, home)
	return strings.Join(look(home.Shelves), ", ")
}

func showBook(ctx context.Context, t *testing.T, s *Shop) string {
	t.Helper()
	shown, err := s.Book(ctx, Visitor{Reader: reader}, 2)
	if err != nil {
		return err.Error()
	}
	checkPicks(t, shown.Similar.Picks)
	if (shown.Book == nil) != (shown.Source == Nowhere) || shown.Book != nil && shown.Book.ID != 2 {
		t.Errorf("the book from %s is %v", shown.Source, shown.Book)
	}
	return fmt.Sprintf("%s, %s, %d by author, %d in series, partial: %v, yours: %v %d", shown.Source,
		lookShelf(shown.Similar), len(shown.ByAuthor), len(shown.InSeries), shown.Partial, shown.Yours.Known, shown.Yours.Rating)
}

func showList(l Listing, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s: %d of %d books, %d popular, %d categories, %q", l.Source, len(l.Books), l.Total, len(l.Popular), len(l.Categories), l.Category.Name)
}

func kept(err error) string {
	if err != nil {
		return "not kept"
	}
	return "kept"
}

// Ways in which nothing works.
var ways = map[string]func(context.Context, string) error{
	"refused at once":  refuse,
	"two seconds late": late,
	"an error on every call, after a while": func(ctx context.Context, _ string) error {
		return errors.Join(sleep(ctx, 20*time.Millisecond), errDown)
	},
	"never an answer": func(ctx context.Context, _ string) error {
		<-ctx.Done()
		return ctx.Err()
	},
}

// nothing answers everything with nothing.
func nothing(call string) any {
	switch name, _, _ := strings.Cut(call, " "); name {
	case "Categories":
		return []Category{}
	case "Book":
		return (*Book)(nil)
	case "Books":
		return []*Book(nil)
	case "List", "Search":
		return List{}
	case "Events":
		return eventsPage{}
	case "Record", "Remove", "Erase":
		return nil
	}
	return []Pick(nil)
}

// wrong answers everything with something else, twice.
func wrong(call string) any {
	other := &Book{ID: theOnlyOne, Title: "Another", Categories: []string{"", "x"}}
	broken := []*Book{nil, {}, {ID: 5}, {Title: "t"}, {ID: -1, Title: "t"}, other, other}
	switch name, _, _ := strings.Cut(call, " "); name {
	case "Categories":
		return []Category{{}, {"x", "", 1}, {"", "x", 1}}
	case "Book":
		return other
	case "Books":
		return broken
	case "List", "Search":
		return List{Books: broken, Next: "3", Total: -1}
	case "Events":
		return eventsPage{[]Event{
			{Reader: reader + 1, Book: 2, Kind: Rated, Rating: 5},
			{Reader: reader, Book: -1, Kind: Viewed},
			{Reader: reader, Book: 2, Kind: Rated, Rating: 99},
			{Reader: reader, Book: 2, Kind: "x"},
		}, ""}
	case "Record", "Remove", "Erase":
		return nil
	}
	var picks []Pick
	for _, book := range broken {
		picks = append(picks, Pick{book, Reason{"x", broken}}, Pick{book, Reason{BecauseYouLiked, broken[:5]}})
	}
	return picks
}

// Whatever the shop's needs do, a page comes in time, says what it is, and is whole again when
// they are.
func TestFailures(t *testing.T) {
	for name, page := range pages {
		try := func(how string, empty bool, want string, fails func(context.Context, string) error, lies func(string) any) {
			t.Run(fmt.Sprintf("%s/%s/memory empty: %v", name, how, empty), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld()
					w.did(Rated, 2, 5)
					w.did(Wanted, 3)
					w.did(Viewed, 4)
					s := w.shop()
					if !empty {
						s = w.filled(t)
					}
					w.breaks(fails)
					w.lies(lies)
					for range 2 {
						var got string
						took := timed(func() { got = page.show(t.Context(), t, s) })
						if took > pageLimit {
							t.Errorf("took %v", took)
						}
						if want != "any" {
							equal(t, "the page", got, want)
						}
					}
					w.heals()
					if err := s.learnCategories(t.Context()); err != nil { // as it does all the time
						t.Fatal(err)
					}
					equal(t, "the page afterwards", page.show(t.Context(), t, s), page.want.well)
				})
			})
		}
		for _, empty := range []bool{false, true} {
			which := func(filled, fresh string) string {
				if empty {
					return fresh
				}
				return filled
			}
			for how, fails := range ways {
				try(how, empty, which(page.want.down, page.want.downNew), fails, nil)
			}
			try("nothing", empty, which(page.want.nothing, page.want.nothingNew), nil, nothing)
			try("something else", empty, which(page.want.wrong, page.want.wrongNew), nil, wrong)
			for remainder := range int64(2) {
				var n atomic.Int64
				try(fmt.Sprint("every second call, from ", remainder), empty, "any", func(ctx context.Context, _ string) error {
					if n.Add(1)%2 == remainder {
						return errDown
					}
					return sleep(ctx, 50*time.Millisecond)
				}, nil)
			}
		}
	}
}
