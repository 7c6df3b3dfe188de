package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Sizes of the home page: a row is six books, which two, three and six columns divide.
const (
	row = 6
	// maxShelves is of categories. Each is a call, and nobody scrolls through thirty.
	maxShelves = 8
	// tasteSize is how many recommendations tell a visitor's taste.
	tasteSize = 60
)

// Home returns the shelves of the home page. It never fails; there are no shelves only where the
// catalogue has no books.
func (s *Shop) Home(visit context.Context, v Visitor) Home {
	page, cancel := begin(visit)
	defer cancel()
	categories, fault := s.categories(page)
	unknown := fault != nil
	if unknown {
		categories = leading
	}
	h := homePage{shop: s, ctx: page, visitor: v}
	h.note(fault)

	var trending, like Shelf
	var rest sync.WaitGroup
	rest.Go(func() { trending = h.trending() })
	var personal []Shelf
	var taste map[string]float64
	if v.Known() {
		rest.Go(func() { like = h.like() })
		var forYou Shelf
		forYou, taste = h.forYou()
		personal = append(personal, forYou)
	}
	shown := arrange(categories, taste, maxShelves)
	ofCategories := make([]Shelf, len(shown))
	for i, category := range shown {
		rest.Go(func() { ofCategories[i] = h.category(category) })
	}
	rest.Wait()

	if like.Like != nil {
		personal = append(personal, like)
	}
	shelves := slices.Concat(personal, []Shelf{trending}, ofCategories)
	s.explain(page, shelves)
	sayViewed(shelves, h.liked)
	shelves = withoutRepetition(shelves)
	if !unknown {
		shelves = slices.DeleteFunc(shelves, func(shelf Shelf) bool { return len(shelf.Picks) == 0 && shelf.Source == Fresh })
	}
	if visit.Err() == nil {
		for _, shelf := range shelves {
			s.metrics.Shelf(shelf.Source)
		}
	}
	s.warn(visit, "home", h.faults())
	return Home{Shelves: shelves}
}

// A homePage is a home page in the making.
type homePage struct {
	shop    *Shop
	ctx     context.Context
	visitor Visitor

	liked map[int64]bool // the books that the visitor rated well, wanted or bought; set by like

	mu     sync.Mutex
	errors []error
}

func (h *homePage) note(err error) {
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.errors = append(h.errors, err)
	}
}

func (h *homePage) faults() error { return errors.Join(h.errors...) }

// fill gives a shelf what was answered, or else what is remembered.
func (h *homePage) fill(shelf Shelf, picks []Pick, err error, remembered func() []Pick) Shelf {
	shelf.Picks, shelf.Source = picks, Fresh
	if err != nil {
		h.note(fmt.Errorf("%s %s: %w", shelf.Kind, shelf.Category.Slug, err))
		shelf.Picks, shelf.Source = remembered(), Remembered
		if len(shelf.Picks) == 0 {
			shelf.Source = Nowhere
		}
	}
	h.shop.memory.seePicks(picks)
	return shelf
}

// forYou returns the shelf of what suits the visitor best, and what categories that is of.
func (h *homePage) forYou() (Shelf, map[string]float64) {
	picks, err := ask(h.ctx, func(ctx context.Context) ([]Pick, error) {
		return h.shop.recommender.Recommend(ctx, h.visitor, "", tasteSize)
	})
	taste := make(map[string]float64)
	for _, pick := range picks {
		for i, slug := range pick.Book.Categories {
			taste[slug] += 1 / float64(1+i) // the first fits best
		}
	}
	shelf := h.fill(Shelf{Kind: ForYou}, picks[:min(2*row, len(picks))], err, func() []Pick { return h.shop.memory.popularOf("") })
	if shelf.Source != Fresh {
		shelf.Kind = PopularNow
	}
	return shelf, taste
}

func (h *homePage) trending() Shelf {
	picks, err := ask(h.ctx, func(ctx context.Context) ([]Pick, error) { return h.shop.recommender.Trending(ctx, 4*row) })
	return h.fill(Shelf{Kind: TrendingNow}, picks, err, h.shop.memory.trendingNow)
}

func (h *homePage) category(category Category) Shelf {
	picks, err := ask(h.ctx, func(ctx context.Context) ([]Pick, error) {
		return h.shop.recommender.Recommend(ctx, h.visitor, category.Slug, 4*row)
	})
	if errors.Is(err, ErrNotFound) {
		picks, err = nil, nil // gone since its name was learnt
	}
	return h.fill(Shelf{Kind: OfCategory, Category: category}, picks, err, func() []Pick { return h.shop.memory.popularOf(category.Slug) })
}

// like returns the shelf of what goes with a book that the visitor liked, or else looked at
// last; without a book where there is neither, or where it cannot be had.
func (h *homePage) like() Shelf {
	id, kind := h.favourite()
	if id == 0 {
		return Shelf{}
	}
	var book *Book
	var side sync.WaitGroup
	side.Go(func() { book = h.shop.bookByID(h.ctx, id) })
	picks, err := ask(h.ctx, func(ctx context.Context) ([]Pick, error) {
		return h.shop.recommender.Similar(ctx, id, h.visitor.Reader, 3*row)
	})
	side.Wait()
	h.note(err)
	if err != nil || book == nil || len(picks) == 0 {
		return Shelf{}
	}
	h.shop.memory.seePicks(picks)
	return Shelf{Kind: kind, Like: book, Picks: picks, Source: Fresh}
}

// favourite returns the book that the visitor liked last, or else looked at last, or 0.
func (h *homePage) favourite() (int64, ShelfKind) {
	var seen int64
	if len(h.visitor.Recent) > 0 {
		seen = h.visitor.Recent[0]
	}
	if h.visitor.Reader == 0 {
		return seen, LikeViewed
	}
	history, err := h.shop.history(h.ctx, h.visitor.Reader)
	h.note(err)
	h.liked = make(map[int64]bool)
	dealt := make(map[int64]bool) // books of which a later event says more
	var favourite int64
	for _, event := range history.events {
		if dealt[event.Book] {
			continue
		}
		switch event.Kind {
		case Rated, Wanted, Bought:
			dealt[event.Book] = true
			if event.Kind == Rated && event.Rating < 4 {
				continue
			}
			h.liked[event.Book] = true
			if favourite == 0 {
				favourite = event.Book
			}
		case NotInterested:
			dealt[event.Book] = true
		case Viewed:
			if seen == 0 {
				seen = event.Book
			}
		}
	}
	switch {
	case favourite != 0:
		return favourite, LikeLiked
	case dealt[seen]:
		return 0, LikeViewed
	}
	return seen, LikeViewed
}

// explain gives the books of reasons their titles, in one call for those that are not
// remembered. A book that cannot be had is no reason.
func (s *Shop) explain(page context.Context, shelves []Shelf) {
	var ids []int64
	for _, shelf := range shelves {
		for _, pick := range shelf.Picks {
			for _, book := range pick.Reason.Because {
				ids = append(ids, book.ID)
			}
		}
	}
	known := s.booksByID(page, ids)
	for _, shelf := range shelves {
		for i := range shelf.Picks {
			reason := &shelf.Picks[i].Reason
			if reason.Kind != BecauseYouLiked && reason.Kind != SimilarContent {
				continue
			}
			var because []*Book
			for _, book := range reason.Because {
				if full := known[book.ID]; full != nil {
					because = append(because, full)
				}
			}
			if reason.Because = because; len(because) == 0 {
				reason.Kind = NoReason
			}
		}
	}
}

// sayViewed keeps shelves from saying that a visitor liked what they only looked at.
func sayViewed(shelves []Shelf, liked map[int64]bool) {
	for _, shelf := range shelves {
		for i := range shelf.Picks {
			reason := &shelf.Picks[i].Reason
			if reason.Kind == BecauseYouLiked && !slices.ContainsFunc(reason.Because, func(b *Book) bool { return liked[b.ID] }) {
				reason.Kind = BecauseYouViewed
			}
		}
	}
}

// withoutRepetition leaves each book on the first shelf that has it, and a row of books on each
// shelf, or two on that for the visitor.
func withoutRepetition(shelves []Shelf) []Shelf {
	shown := make(map[int64]bool)
	for i := range shelves {
		size := row
		if shelves[i].Kind == ForYou {
			size = 2 * row
		}
		var picks []Pick
		for _, pick := range shelves[i].Picks {
			if len(picks) < size && !shown[pick.Book.ID] {
				shown[pick.Book.ID] = true
				picks = append(picks, pick)
			}
		}
		shelves[i].Picks = picks
	}
	return shelves
}
