package recommend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A fakeCatalog holds books in the order of their popularity, which is their ratings count.
type fakeCatalog []*Book

func (c fakeCatalog) Revision() int64 { return 7 }

func (c fakeCatalog) Book(id int64) (*Book, bool) {
	for _, book := range c {
		if book.ID == id {
			return book, true
		}
	}
	return nil, false
}

func (c fakeCatalog) Popular(category string) ([]*Book, error) {
	if category == "" {
		return c, nil
	}
	var list []*Book
	for _, book := range c {
		if book.In(NewCategory(category)) {
			list = append(list, book)
		}
	}
	if list == nil {
		return nil, ErrCategoryNotFound
	}
	return list, nil
}

func (c fakeCatalog) Popularity(id int64) int64 {
	book, _ := c.Book(id)
	return book.RatingsCount
}

// Readers of a test: what each of them did, or why nobody knows.
type fakeReaders struct {
	events map[int64][]Activity
	err    error
}

func (r fakeReaders) History(_ context.Context, userID int64) (*History, error) {
	if r.err != nil {
		return nil, r.err
	}
	return NewHistory(r.events[userID]), nil
}

// sixBooks are mysteries 1 to 4 and science fiction 4 to 6; book 1 is the most popular.
func sixBooks() fakeCatalog {
	var books fakeCatalog
	for id := int64(1); id <= 6; id++ {
		book := &Book{ID: id, Title: fmt.Sprint(id), RatingsCount: 700 - 100*id}
		if id <= 4 {
			book.Categories = append(book.Categories, NewCategory("Mystery"))
		}
		if id >= 4 {
			book.Categories = append(book.Categories, NewCategory("Science fiction"))
		}
		books = append(books, book)
	}
	return books
}

var today = time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)

func recommender(catalog Catalog, readers Readers, daily ...DailyReaders) *Recommender {
	model := NewModel(catalog, nil, daily, today)
	return New(func() *Model { return model }, readers, func(Source) {})
}

// look writes a list as "1p 5t": ids, and whether popular or trending.
func look(list List) string {
	words := make([]string, len(list.Recommendations))
	for i, r := range list.Recommendations {
		words[i] = fmt.Sprintf("%d%s", r.Book.ID, map[ReasonKind]string{ReasonPopular: "p", ReasonTrending: "t"}[r.Reason])
	}
	return strings.Join(words, " ")
}

func day(ago int) time.Time { return today.Truncate(24*time.Hour).AddDate(0, 0, -ago) }

func TestRecommend(t *testing.T) {
	readers := fakeReaders{events: map[int64][]Activity{
		1: {{BookID: 1, Kind: Purchase}, {BookID: 2, Kind: Rating}, {BookID: 3, Kind: NotInterested}},
		2: {{BookID: 1, Kind: View}, {BookID: 2, Kind: Want}},
	}}
	trend := []DailyReaders{{day(0), 5, Purchase, 2}, {day(3), 6, Purchase, 2}}
	tests := map[string]struct {
		request Request
		want    string
	}{
		"anonymous":               {Request{N: 10}, "5t 1p 2p 3p 6t 4p"},
		"a category":              {Request{N: 10, Category: Mystery}, "1p 2p 3p 4p"},
		"what the reader knows":   {Request{N: 10, UserID: 1}, "5t 6t 4p"},
		"no gap":                  {Request{N: 1, UserID: 1, Category: Mystery}, "4p"},
		"views and wants come":    {Request{N: 10, UserID: 2, Category: Mystery}, "1p 2p 3p 4p"},
		"a reader nobody knows":   {Request{N: 10, UserID: 99}, "5t 1p 2p 3p 6t 4p"},
		"what is excluded":        {Request{N: 10, Category: Mystery, Exclude: []int64{2, 99, 1}}, "3p 4p"},
		"everything excluded":     {Request{N: 10, UserID: 1, Category: Mystery, Exclude: []int64{4}}, ""},
		"known and also excluded": {Request{N: 10, UserID: 1, Exclude: []int64{5, 1}}, "6t 4p"},
	}
	r := recommender(sixBooks(), readers, trend...)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := r.Recommend(t.Context(), tt.request)
			if err != nil || look(got) != tt.want {
				t.Errorf("got %s, %v, want %s", look(got), err, tt.want)
			}
			if !slices.IsSortedFunc(got.Recommendations, func(a, b Recommendation) int { return cmp.Compare(b.Score, a.Score) }) {
				t.Errorf("scores do not fall: %v", got.Recommendations)
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	r := recommender(sixBooks(), fakeReaders{})
	_, recommended := r.Recommend(t.Context(), Request{N: 1, Category: "cookery"})
	_, popular := r.Popular("cookery", 1)
	_, trending := r.Trending("cookery", 1)
	_, sampled := r.Sample(t.Context(), 1, "cookery", 1, anyBook, rand.IntN)
	for name, err := range map[string]error{"Recommend": recommended, "Popular": popular, "Trending": trending, "Sample": sampled} {
		if !errors.Is(err, ErrCategoryNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Similar(t.Context(), 99, 0, 1); !errors.Is(err, ErrBookNotFound) {
		t.Errorf("Similar: %v", err)
	}
}

func TestBeforeTheFirstModel(t *testing.T) {
	r := New(func() *Model { return nil }, fakeReaders{}, func(Source) {})
	_, recommended := r.Recommend(t.Context(), Request{N: 1})
	_, similar := r.Similar(t.Context(), 1, 0, 1)
	_, popular := r.Popular("", 1)
	_, trending := r.Trending("", 1)
	_, sampled := r.Sample(t.Context(), 1, Mystery, 1, anyBook, rand.IntN)
	for name, err := range map[string]error{
		"Recommend": recommended, "Similar": similar, "Popular": popular, "Trending": trending, "Sample": sampled, "Ready": r.Ready(t.Context()),
	} {
		if !errors.Is(err, ErrStarting) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReady(t *testing.T) {
	if err := recommender(fakeCatalog{}, fakeReaders{}).Ready(t.Context()); !errors.Is(err, ErrNoBooks) {
		t.Errorf("without books: %v", err)
	}
	if err := recommender(sixBooks(), fakeReaders{err: ErrUnavailable}).Ready(t.Context()); err != nil {
		t.Errorf("with books and without a store: %v", err)
	}
}

// Without the store a reader is recommended what anybody is; a caller who left is no such case.
func TestWithoutTheStore(t *testing.T) {
	r := recommender(sixBooks(), fakeReaders{err: ErrUnavailable})
	got, err := r.Recommend(t.Context(), Request{UserID: 1, N: 6})
	if err != nil || look(got) != "1p 2p 3p 4p 5p 6p" {
		t.Errorf("got %s, %v", look(got), err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	r = recommender(sixBooks(), fakeReaders{err: context.Canceled})
	if _, err := r.Recommend(gone, Request{UserID: 1, N: 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who left got %v", err)
	}
}

func TestSimilar(t *testing.T) {
	books := append(sixBooks(), &Book{ID: 7, Title: "of no category"})
	readers := fakeReaders{events: map[int64][]Activity{1: {{BookID: 2, Kind: Purchase}}}}
	r := recommender(books, readers, DailyReaders{day(0), 3, View, 1})
	for name, tt := range map[string]struct {
		book, reader int64
		n            int
		want         string
	}{
		"one category":   {1, 0, 10, "3t 2p 4p"},
		"two categories": {4, 0, 10, "3t 1p 2p 5p 6p"},
		"none":           {7, 0, 2, "3t 1p"},
		"for a reader":   {1, 1, 10, "3t 4p"},
		"few":            {1, 0, 1, "3t"},
	} {
		if got, err := r.Similar(t.Context(), tt.book, tt.reader, tt.n); err != nil || look(got) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", name, look(got), err, tt.want)
		}
	}
}

func TestPopularAndTrending(t *testing.T) {
	r := recommender(sixBooks(), fakeReaders{},
		DailyReaders{day(0), 6, View, 1}, DailyReaders{day(0), 4, Want, 1}, DailyReaders{day(0), 5, NotInterested, 9})
	for name, tt := range map[string]struct {
		ask      func(string, int) (List, error)
		category string
		n        int
		want     string
	}{
		"popular":                   {r.Popular, "", 3, "1p 2p 3p"},
		"popular in a category":     {r.Popular, ScienceFiction, 10, "4p 5p 6p"},
		"trending, then popular":    {r.Trending, "", 4, "4t 6t 1p 2p"},
		"trending alone":            {r.Trending, "", 1, "4t"},
		"trending in a category":    {r.Trending, Mystery, 10, "4t 1p 2p 3p"},
		"trends leave others alone": {r.Trending, ScienceFiction, 3, "4t 6t 5p"},
	} {
		if got, err := tt.ask(tt.category, tt.n); err != nil || look(got) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", name, look(got), err, tt.want)
		}
	}
}

// By hand: two purchases today are 2·4, a want three days ago half of 2; tomorrow's events and
// those older than the window do not count.
func TestTrends(t *testing.T) {
	trend, strongest := trends([]DailyReaders{
		{day(0), 1, Purchase, 2},
		{day(3), 1, Want, 1},
		{day(0), 2, Rating, 1},
		{day(6), 3, View, 4},
		{day(-1), 4, Purchase, 1},
		{day(28), 5, Purchase, 1},
		{day(27), 6, Purchase, 1},
	}, day(0))
	want := map[int64]float64{1: 9, 2: 3, 3: 1, 6: 4.0 / 512}
	if len(trend) != len(want) || strongest != 9 {
		t.Fatalf("got %v, strongest %v", trend, strongest)
	}
	for id, value := range want {
		if math.Abs(trend[id]-value) > 1e-12 {
			t.Errorf("book %d trends by %v, want %v", id, trend[id], value)
		}
	}
}

// One model has one name: the same books, popularity, day and trends give it again, any other does not.
func TestVersion(t *testing.T) {
	events := DailyReaders{day(0), 3, View, 1}
	version := NewModel(sixBooks(), nil, []DailyReaders{events}, today).Version
	if version != NewModel(sixBooks(), nil, []DailyReaders{events}, today.Add(time.Hour)).Version {
		t.Error("the hour changes the model's name")
	}
	read := sixBooks()
	read[0].RatingsCount++ // which a rating of last year does, without any trend
	others := map[string]string{
		"popularity": NewModel(read, nil, []DailyReaders{events}, today).Version,
		"trends":     NewModel(sixBooks(), nil, nil, today).Version,
		"day":        NewModel(sixBooks(), nil, []DailyReaders{events}, today.AddDate(0, 0, 1)).Version,
	}
	for what, other := range others {
		if version == other {
			t.Errorf("other %s, and still %s", what, version)
		}
	}
}

func TestSample(t *testing.T) {
	readers := fakeReaders{events: map[int64][]Activity{
		1: {{BookID: 1, Kind: Purchase}, {BookID: 2, Kind: NotInterested}},
	}}
	r := recommender(sixBooks(), readers)
	even := func(book *Book) bool { return book.ID%2 == 0 }
	for name, tt := range map[string]struct {
		reader int64
		n      int
		may    func(*Book) bool
		want   [][]int64 // ids that stand together, in any order
	}{
		"a stranger, all":          {9, 10, anyBook, [][]int64{{1, 2, 3, 4}}},
		"a stranger, some":         {9, 10, even, [][]int64{{2, 4}}},
		"a reader, the best":       {1, 1, anyBook, [][]int64{{3}}},
		"a reader, the best two":   {1, 2, anyBook, [][]int64{{3, 4}}},
		"what is known comes last": {1, 10, anyBook, [][]int64{{3, 4}, {1, 2}}},
		"some, what is known last": {1, 3, anyBook, [][]int64{{3, 4}, {1}}},
		"nothing but what may be":  {1, 10, even, [][]int64{{4}, {2}}},
	} {
		t.Run(name, func(t *testing.T) {
			for range 100 {
				books, err := r.Sample(t.Context(), tt.reader, Mystery, tt.n, tt.may, rand.IntN)
				if err != nil {
					t.Fatal(err)
				}
				rest := books
				for _, together := range tt.want {
					var ids []int64
					for _, book := range rest[:min(len(together), len(rest))] {
						ids = append(ids, book.ID)
					}
					rest = rest[len(ids):]
					slices.Sort(ids)
					if !slices.Equal(ids, together) {
						t.Fatalf("got %v, want %v next", ids, together)
					}
				}
				if len(rest) > 0 {
					t.Fatalf("got %d books more", len(rest))
				}
			}
		})
	}
}

// Both arrangements of the best two come up; that one of them does not in 100 draws happens
// once in 10^29 runs.
func TestSampleShufflesTheBest(t *testing.T) {
	r := recommender(sixBooks(), fakeReaders{events: map[int64][]Activity{1: {{BookID: 9, Kind: View}}}})
	seen := make(map[int64]bool)
	for range 100 {
		books, err := r.Sample(t.Context(), 1, Mystery, 2, anyBook, rand.IntN)
		if err != nil {
			t.Fatal(err)
		}
		seen[books[0].ID] = true
	}
	if len(seen) != 2 || !seen[1] || !seen[2] {
		t.Errorf("first came %v", seen)
	}
}

func anyBook(*Book) bool { return true }
