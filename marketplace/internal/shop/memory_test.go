package shop

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// An import shows: in the categories within two seconds, in what is remembered within ten.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		w.breaks(refuse)
		stop := running(t, s)
		categories := func(when string, want ...string) {
			t.Helper()
			var slugs []string
			known, _ := s.memory.allCategories()
			for _, category := range known {
				slugs = append(slugs, category.Slug)
			}
			equal(t, "categories "+when, slugs, want)
		}
		popular := func(when, slug string, want int64) {
			t.Helper()
			var first int64
			if picks := s.memory.popularOf(slug); len(picks) > 0 {
				first = picks[0].Book.ID
			}
			equal(t, fmt.Sprintf("first popular of %q %s", slug, when), first, want)
		}
		pass(time.Minute + time.Second)
		categories("while all is down")
		w.breaks(nil)
		pass(followInterval)
		categories("soon after", "poetry", "history", "self-help", "mystery", "science-fiction", "travel")
		popular("soon after", "", 1)
		popular("soon after", "poetry", 5)
		equal(t, "trending", len(s.memory.trendingNow()), popularSize)

		w.mu.Lock()
		w.categories = []Category{{"essays", "Essays", 2}, {"poetry", "Poetry", 40}, {"essays", "Again", 1}, {"", "Nameless", 1}, {"nameless", "", 1}}
		w.books = append([]*Book{{ID: 1001, Title: "Essays", Categories: []string{"essays"}}}, w.books...)
		w.mu.Unlock()
		pass(followInterval)
		categories("after an import", "essays", "poetry")
		popular("after its end", "travel", 0)
		pass(popularInterval - followInterval)
		popular("after an import", "essays", 1001)
		popular("after an import", "", 1001)

		// One that fails keeps what it has, and does not keep the others from learning.
		w.mu.Lock()
		w.books[0].Categories = []string{"essays", "poetry"}
		w.books = w.books[1:]
		w.books = append([]*Book{{ID: 1002, Title: "Poems", Categories: []string{"essays", "poetry"}}}, w.books...)
		w.mu.Unlock()
		w.breaks(only(errDown, "Popular essays", "Trending"))
		pass(popularInterval)
		popular("while it fails", "essays", 1001)
		popular("beside it", "poetry", 1002)
		equal(t, "trending while it fails", len(s.memory.trendingNow()), popularSize)

		// Nothing is no reason to forget.
		w.breaks(nil)
		w.lies(func(call string) any {
			if call == "Categories" {
				return []Category{}
			}
			return []Pick{}
		})
		pass(popularInterval)
		categories("after an empty answer", "essays", "poetry")
		popular("after an empty answer", "essays", 1001)
		popular("after an empty answer", "", 1002)
		equal(t, "trending after an empty answer", len(s.memory.trendingNow()), popularSize)
		w.lies(nil)
		pass(popularInterval)
		popular("at the end", "essays", 1002)
		if took := stop(); took != 0 {
			t.Errorf("stopping took %v", took)
		}
		if log := w.log.String(); log != "" {
			t.Errorf("it wrote %s", log)
		}
	})
}

// Popular books that come slowly do not keep the categories waiting.
func TestFollowSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		for i := range 200 {
			w.categories = append(w.categories, Category{fmt.Sprint("c", i), "C", 1})
			w.books[i].Categories = append(w.books[i].Categories, fmt.Sprint("c", i))
		}
		w.breaks(takes("Popular", 240*time.Millisecond))
		s := w.shop()
		stop := running(t, s)
		pass(time.Second)
		w.mu.Lock()
		w.categories = append(w.categories, Category{"new", "New", 1})
		w.mu.Unlock()
		pass(followInterval)
		if known, _ := s.memory.allCategories(); !has(known, "new") {
			t.Error("a new category is not known after two seconds")
		}
		w.breaks(nil)
		pass(popularInterval)
		stop()
		if n := len(s.memory.popular); n != maxPopular+1 { // and of all
			t.Errorf("remembers what is popular in %d categories", n)
		}
		if n := len(s.memory.popular[""]); n != popularSize {
			t.Errorf("remembers %d popular books", n)
		}
	})
}

func TestKeepStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.breaks(late)
		s := w.shop()
		stop := running(t, s)
		pass(time.Second)
		if took := stop(); took != 0 {
			t.Errorf("stopping took %v", took)
		}
	})
}

// Pages do not ask for categories that are known, and a shop without any knows that.
func TestCategoriesAreAskedForOnce(t *testing.T) {
	w := newWorld()
	w.categories = nil
	s := w.shop()
	for range 3 {
		s.Home(t.Context(), Visitor{})
	}
	equal(t, "calls", w.asked("Categories"), 1)
}

func TestArrange(t *testing.T) {
	c := func(slugs string) []Category {
		var list []Category
		for slug := range strings.FieldsSeq(slugs) {
			list = append(list, Category{Slug: slug})
		}
		return list
	}
	tests := []struct {
		all   string
		taste map[string]float64
		n     int
		want  string
	}{
		{"", nil, 3, ""},
		{"poetry travel", nil, 3, "poetry travel"},
		{"poetry self-help science-fiction travel mystery", nil, 9, "mystery science-fiction self-help poetry travel"},
		{"poetry self-help travel mystery", nil, 2, "mystery self-help"},
		{"poetry self-help travel mystery", map[string]float64{"travel": 1, "poetry": 2, "gone": 9}, 9, "poetry travel mystery self-help"},
	}
	for _, test := range tests {
		all := c(test.all)
		before := slices.Clone(all)
		equal(t, test.all, fmt.Sprint(arrange(all, test.taste, test.n)), fmt.Sprint(c(test.want)))
		equal(t, "what was given", all, before)
	}
}

// What memory returns is the caller's.
func TestMemoryIsNobodysElse(t *testing.T) {
	m := newMemory()
	m.categories, m.trending = []Category{{Slug: "x"}}, []Pick{{Book: &Book{ID: 1}}}
	m.popular[""] = slices.Clone(m.trending)
	categories, _ := m.allCategories()
	clear(categories)
	clear(m.trendingNow())
	clear(m.popularOf(""))
	equal(t, "categories", m.categories, []Category{{Slug: "x"}})
	if m.trending[0].Book == nil || m.popular[""][0].Book == nil {
		t.Error("what is trending or popular was changed")
	}
}

// What one reader liked is no reason for another.
func TestReasonsForEverybody(t *testing.T) {
	w := newWorld()
	own := []Pick{
		{w.books[0], Reason{BecauseYouLiked, []*Book{w.books[1]}}},
		{w.books[1], Reason{SimilarContent, []*Book{w.books[0]}}},
		{w.books[2], Reason{Popular, []*Book{w.books[0]}}},
		{w.books[3], Reason{Trending, nil}},
	}
	want := []Pick{{w.books[0], Reason{}}, {w.books[1], Reason{}}, {w.books[2], Reason{Kind: Popular}}, {w.books[3], Reason{Kind: Trending}}}
	w.lies(func(call string) any {
		if strings.HasPrefix(call, "Popular") || call == "Trending" {
			return own
		}
		return nil
	})
	s := w.shop()
	if err := s.learnPopular(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "popular", s.memory.popularOf(""), want)
	equal(t, "trending", s.memory.trendingNow(), want)
	equal(t, "the feed", s.Trending(t.Context()).Picks, want)
}

// What was remembered with a description keeps it, and is otherwise the latest.
func TestDescriptionsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		expect := func(title, description string) {
			t.Helper()
			book, _ := m.book(7)
			equal(t, "book", []string{book.Title, book.Description}, []string{title, description})
		}
		m.see(&Book{ID: 7, Title: "Old"})
		m.see(&Book{ID: 7, Title: "Old", Description: "Long"})
		expect("Old", "Long")
		renamed := &Book{ID: 7, Title: "New"}
		m.see(renamed)
		expect("Old", "Long") // seen a moment ago
		pass(followInterval)
		m.see(renamed)
		expect("New", "Long")
		equal(t, "the book that was seen", renamed.Description, "")
		if _, current := m.book(7); !current {
			t.Error("a book that was just seen is old")
		}
		pass(bookAge + 1)
		if book, current := m.book(7); book == nil || current {
			t.Errorf("after a minute: %v, current: %v", book, current)
		}
		m.forget(7)
		if book, _ := m.book(7); book != nil {
			t.Error("a book was not forgotten")
		}
	})
}

// However many books are seen, and however long they are, memory has its bounds.
func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	for id := range int64(20_000) {
		m.see(&Book{ID: id + 1, Title: "t", Description: strings.Repeat("x", 8<<10)})
	}
	if n := m.books.Len(); n == 0 || n > maxBytes/(8<<10) {
		t.Errorf("remembers %d long books", n)
	}
	for id := range int64(20_000) {
		m.see(&Book{ID: id + 100_000, Title: "t"})
	}
	if n := m.books.Len(); n == 0 || n > maxBytes/bookBytes {
		t.Errorf("remembers %d short books", n)
	}
}
