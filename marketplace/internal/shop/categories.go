package shop

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// followInterval is how long an import may take to show in the home page's shelves.
const followInterval = 2 * time.Second

// maxShelves is how many categories the home page shows. Each shelf is a call, and nobody
// scrolls through a hundred; the bundled catalogue's smaller categories stay out.
const maxShelves = 12

// leading are the categories whose shelves come first, where the catalogue has them. They
// stand in for the catalogue's categories while these are not known.
var leading = []Category{
	{"mystery", "Mystery"},
	{"science-fiction", "Science fiction"},
	{"self-help", "Self-help"},
}

// Follow keeps up with the catalogue's categories until ctx ends, so that no page has to ask
// for them before it can ask for its books. What goes wrong shows in the pages, and in the
// metrics of the calls.
func (s *Shop) Follow(ctx context.Context) {
	ticker := time.NewTicker(followInterval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		s.keepUp(ctx)
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

func (s *Shop) keepUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, recommendTimeout)
	defer cancel()
	_, _ = s.learn(ctx) // what was known before stays in use
}

// shown returns the categories that have a shelf. It asks for them only while they are not
// known; the error says why they still are not.
func (s *Shop) shown(ctx context.Context) ([]Category, error) {
	s.mu.Lock()
	known := s.categories
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	learnt, err := s.learn(ctx)
	if err != nil {
		return leading, fmt.Errorf("categories: %w", err)
	}
	return learnt, nil
}

// learn asks which categories there are, and forgets the books of those that are gone.
func (s *Shop) learn(ctx context.Context) ([]Category, error) {
	all, err := s.recommender.ListCategories(ctx)
	if err != nil {
		return nil, err
	}
	categories := arrange(all)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.categories = categories
	maps.DeleteFunc(s.remembered, func(slug string, _ []Book) bool { return !has(categories, slug) })
	return categories, nil
}

// arrange returns the categories that have a shelf in the order of their shelves: the leading
// ones, then the others as they come, each once. It returns a slice also where there are none.
func arrange(all []Category) []Category {
	shown := make([]Category, 0, maxShelves)
	for _, lead := range leading {
		if i := slices.IndexFunc(all, func(c Category) bool { return c.Slug == lead.Slug }); i >= 0 {
			shown = append(shown, all[i])
		}
	}
	for _, category := range all {
		if len(shown) < maxShelves && !has(shown, category.Slug) {
			shown = append(shown, category)
		}
	}
	return shown
}

func has(categories []Category, slug string) bool {
	return slices.ContainsFunc(categories, func(c Category) bool { return c.Slug == slug })
}
