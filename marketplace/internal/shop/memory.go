package shop

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"bookmarket/marketplace/internal/lru"
)

// How soon an import shows: in the categories, and in the books that are shown when nobody
// answers.
const (
	followInterval  = 2 * time.Second
	popularInterval = 10 * time.Second
)

// Bounds of what is remembered.
const (
	maxBytes    = 4 << 20 // of books
	bookBytes   = 1 << 10 // of one, more or less, and its description
	maxPopular  = 64      // categories
	popularSize = 24      // books of each
)

// A remembered book serves as if it had been asked for until it is bookAge old, and when nobody
// answers for as long as there is room.
const bookAge = time.Minute

// A memory is what there is to show when nobody answers. What it returns belongs to the caller,
// but for the books: nobody changes these.
type memory struct {
	mu         sync.RWMutex
	categories []Category        // nil until they are known
	learnt     time.Time         // when the categories were
	popular    map[string][]Pick // by the slugs of categories; of "" those of all
	trending   []Pick
	once       sync.Once
	ready      chan struct{} // closed once what is popular was learnt
	books      *lru.Cache[int64, seenBook]
}

type seenBook struct {
	*Book
	at time.Time
}

func newMemory() memory {
	return memory{
		popular: make(map[string][]Pick),
		ready:   make(chan struct{}),
		books:   lru.New[int64](maxBytes, func(book seenBook) int { return bookBytes + len(book.Description) }),
	}
}

// allCategories returns the categories, nil while they are not known, and whether they are those
// of a moment ago.
func (m *memory) allCategories() (categories []Category, current bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.categories), time.Since(m.learnt) <= 2*followInterval
}

// popularOf returns what is popular in a category, or in all with "".
func (m *memory) popularOf(slug string) []Pick {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.popular[slug])
}

func (m *memory) trendingNow() []Pick {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.trending)
}

// see remembers books. Only a book that was asked for by itself has a description: it keeps it.
func (m *memory) see(books ...*Book) {
	now := time.Now()
	for _, book := range books {
		known, ok := m.books.Get(book.ID)
		described := ok && book.Description == "" && known.Description != ""
		if ok && now.Sub(known.at) < followInterval && (described || book.Description == known.Description) {
			continue // a busy shop sees the same books all the time
		}
		if described {
			with := *book
			with.Description = known.Description
			book = &with
		}
		m.books.Set(book.ID, seenBook{book, now})
	}
}

// book returns a book and whether it was seen lately, or nil.
func (m *memory) book(id int64) (book *Book, current bool) {
	known, ok := m.books.Get(id)
	return known.Book, ok && time.Since(known.at) <= bookAge
}

func (m *memory) forget(id int64) { m.books.Delete(id) }

// keep learns again and again until ctx ends, and sooner after a failure. What goes wrong shows
// in the pages, and in the metrics of the calls.
func keep(ctx context.Context, interval time.Duration, learn func(context.Context) error) {
	for ctx.Err() == nil {
		next := time.After(interval)
		if learn(ctx) != nil {
			next = time.After(followInterval)
		}
		select {
		case <-ctx.Done():
		case <-next:
		}
	}
}

// learnCategories asks which categories there are, so that no page has to before it can ask for
// their books, and forgets the books of those that are gone. Shops do not lose all their
// categories at once: an answer without any is no reason to forget.
func (s *Shop) learnCategories(ctx context.Context) error {
	answer, err := ask(ctx, s.catalog.Categories)
	if err != nil {
		return err
	}
	categories := make([]Category, 0, len(answer)) // not nil: they are known, if there are none
	for _, category := range answer {
		if category.Slug != "" && category.Name != "" && !has(categories, category.Slug) {
			categories = append(categories, category)
		}
	}
	if len(categories) == 0 && len(answer) > 0 {
		return errUnusable
	}
	m := &s.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	m.learnt = time.Now()
	if len(categories) > 0 || m.categories == nil {
		m.categories = categories
		maps.DeleteFunc(m.popular, func(slug string, _ []Pick) bool { return slug != "" && !has(categories, slug) })
	}
	return nil
}

// learnPopular asks what is popular, so that there is something to show when nobody answers. The
// first call tells whether anybody does; what fails after it stays as it was, and so does what
// has an empty answer.
func (s *Shop) learnPopular(ctx context.Context) error {
	categories, err := s.categories(ctx)
	if err != nil {
		return err
	}
	all, err := s.popular(ctx, "", popularSize)
	if err != nil {
		return err
	}
	m := &s.memory
	learn := func(slug string, picks []Pick) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if len(picks) > 0 {
			m.popular[slug] = forEverybody(picks)
		}
	}
	learn("", all)
	for _, category := range arrange(categories, nil, maxPopular) {
		if picks, err := s.popular(ctx, category.Slug, popularSize); err == nil {
			learn(category.Slug, picks)
		}
	}
	if trending, err := s.trending(ctx, popularSize); err == nil && len(trending) > 0 {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.trending = forEverybody(trending)
	}
	m.once.Do(func() { close(m.ready) })
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
	if known, _ := s.memory.allCategories(); known != nil {
		return known, nil
	}
	if err := s.learnCategories(page); err != nil {
		return nil, err
	}
	known, _ := s.memory.allCategories()
	return known, nil
}

// arrange returns up to n categories: by taste, the strongest first, then the leading ones, then
// the others as they come.
func arrange(all []Category, taste map[string]float64, n int) []Category {
	rank := func(c Category) int {
		if i := slices.IndexFunc(leading, func(lead Category) bool { return lead.Slug == c.Slug }); i >= 0 {
			return i
		}
		return len(leading)
	}
	arranged := slices.Clone(all)
	slices.SortStableFunc(arranged, func(a, b Category) int {
		return cmp.Or(cmp.Compare(taste[b.Slug], taste[a.Slug]), rank(a)-rank(b))
	})
	return arranged[:min(n, len(arranged))]
}

func has(categories []Category, slug string) bool {
	return slices.ContainsFunc(categories, func(c Category) bool { return c.Slug == slug })
}

// find returns a category, or what stands in for one that is not known.
func find(categories []Category, slug string) (Category, bool) {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.Slug == slug })
	if i < 0 {
		return Category{Slug: slug, Name: slug}, false
	}
	return categories[i], true
}

// forEverybody leaves no reason that is one reader's.
func forEverybody(picks []Pick) []Pick {
	plain := make([]Pick, len(picks))
	for i, pick := range picks {
		plain[i].Book = pick.Book
		if kind := pick.Reason.Kind; kind == Popular || kind == Trending {
			plain[i].Reason.Kind = kind
		}
	}
	return plain
}
