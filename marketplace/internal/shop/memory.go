package shop

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
)

// How soon an import shows: in the categories, and in the books that are shown when nobody
// answers.
const (
	followInterval  = 2 * time.Second
	popularInterval = 10 * time.Second
)

// Bounds of what is remembered.
const (
	maxBooks    = 4096 // some three megabytes
	maxPopular  = 64   // categories
	popularSize = 24   // books of each
)

// A memory is what there is to show when nobody answers.
type memory struct {
	mu         sync.RWMutex
	categories []Category        // nil until they are known
	popular    map[string][]Pick // by the slugs of categories; of "" those of all
	trending   []Pick
	books      *otter.Cache[int64, *Book]
}

func newMemory() memory {
	return memory{
		popular: make(map[string][]Pick),
		books:   otter.Must(&otter.Options[int64, *Book]{MaximumSize: maxBooks}),
	}
}

func (m *memory) allCategories() []Category {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.categories
}

// popularOf returns what is popular in a category, or in all with "".
func (m *memory) popularOf(slug string) []Pick {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.popular[slug]
}

func (m *memory) trendingNow() []Pick {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if len(m.trending) == 0 {
		return m.popular[""]
	}
	return m.trending
}

// see remembers books. One that is remembered with its description keeps it.
func (m *memory) see(books ...*Book) {
	for _, book := range books {
		if known, ok := m.books.GetIfPresent(book.ID); ok && known.Description != "" && book.Description == "" {
			continue
		}
		m.books.Set(book.ID, book)
	}
}

func (m *memory) seePicks(picks []Pick) {
	for _, pick := range picks {
		m.see(pick.Book)
	}
}

func (m *memory) book(id int64) *Book {
	book, _ := m.books.GetIfPresent(id)
	return book
}

// follow keeps up with the catalogue until ctx ends, so that no page has to ask for its
// categories before it can ask for its books, and so that there is something to show when nobody
// answers. What goes wrong shows in the pages, and in the metrics of the calls.
func (s *Shop) follow(ctx context.Context) {
	ticker := time.NewTicker(followInterval)
	defer ticker.Stop()
	var refreshed time.Time
	for ctx.Err() == nil {
		_, err := s.learnCategories(ctx)
		if err == nil && time.Since(refreshed) >= popularInterval && s.learnPopular(ctx) == nil {
			refreshed = time.Now()
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// learnCategories asks which categories there are, and forgets the books of those that are gone.
func (s *Shop) learnCategories(ctx context.Context) ([]Category, error) {
	categories, err := ask(ctx, s.catalog.Categories)
	if err != nil {
		return nil, err
	}
	if categories == nil {
		categories = []Category{} // known to be none
	}
	m := &s.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	m.categories = categories
	maps.DeleteFunc(m.popular, func(slug string, _ []Pick) bool { return slug != "" && !has(categories, slug) })
	return categories, nil
}

// learnPopular asks what is popular. It keeps what it learns before something fails.
func (s *Shop) learnPopular(ctx context.Context) error {
	slugs := []string{""}
	for _, category := range arrange(s.memory.allCategories(), nil, maxPopular) {
		slugs = append(slugs, category.Slug)
	}
	m := &s.memory
	for _, slug := range slugs {
		picks, err := ask(ctx, func(ctx context.Context) ([]Pick, error) {
			return s.recommender.Popular(ctx, slug, popularSize)
		})
		if errors.Is(err, ErrNotFound) {
			continue // gone since
		}
		if err != nil {
			return err
		}
		m.mu.Lock()
		m.popular[slug] = withoutReasons(picks)
		m.mu.Unlock()
	}
	trending, err := ask(ctx, func(ctx context.Context) ([]Pick, error) { return s.recommender.Trending(ctx, popularSize) })
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trending = trending
	return nil
}

// leading are the categories whose shelves come first, where the catalogue has them and the
// visitor has no other taste. They stand in for the catalogue's while these are not known.
var leading = []Category{
	{Slug: "mystery", Name: "Mystery"},
	{Slug: "science-fiction", Name: "Science fiction"},
	{Slug: "self-help", Name: "Self-help"},
}

// categories returns all categories. It asks for them only while they are not known; the error
// says why they still are not.
func (s *Shop) categories(page context.Context) ([]Category, error) {
	if known := s.memory.allCategories(); known != nil {
		return known, nil
	}
	return s.learnCategories(page)
}

// arrange returns up to n categories: by taste, the strongest first, then the leading ones, then
// the others as they come, each once.
func arrange(all []Category, taste map[string]float64, n int) []Category {
	rank := func(c Category) int {
		if i := slices.IndexFunc(leading, func(lead Category) bool { return lead.Slug == c.Slug }); i >= 0 {
			return i
		}
		return len(leading)
	}
	arranged := slices.Clone(all)
	slices.SortStableFunc(arranged, func(a, b Category) int {
		switch {
		case taste[a.Slug] > taste[b.Slug]:
			return -1
		case taste[a.Slug] < taste[b.Slug]:
			return 1
		}
		return rank(a) - rank(b)
	})
	arranged = slices.CompactFunc(arranged, func(a, b Category) bool { return a.Slug == b.Slug })
	return arranged[:min(n, len(arranged))]
}

func has(categories []Category, slug string) bool {
	return slices.ContainsFunc(categories, func(c Category) bool { return c.Slug == slug })
}

func find(categories []Category, slug string) (Category, bool) {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.Slug == slug })
	if i < 0 {
		return Category{Slug: slug, Name: slug}, false
	}
	return categories[i], true
}

// withoutReasons leaves no reason but popularity: what is remembered is for everybody.
func withoutReasons(picks []Pick) []Pick {
	plain := make([]Pick, len(picks))
	for i, pick := range picks {
		plain[i] = Pick{Book: pick.Book, Reason: Reason{Kind: Popular}}
	}
	return plain
}
