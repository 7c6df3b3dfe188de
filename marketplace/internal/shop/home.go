package shop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Sizes of the home page: a row is six books, which two, three and six columns divide.
const (
	row = 6
	// maxShelves is of categories. Each is a call, and nobody scrolls through thirty.
	maxShelves = 8
	// tasteSize is how many recommendations tell a visitor's taste.
	tasteSize = 60
	// favouriteEvents is how many of a reader's latest events may tell a favourite.
	favouriteEvents = 1000
)

// shelvesLimit leaves the home page some time for the titles of the books in its reasons.
const shelvesLimit = pageLimit - 50*time.Millisecond

// Home returns the shelves of the home page. It never fails; there are no shelves only where the
// catalogue has no books.
func (s *Shop) Home(visit context.Context, v Visitor) Home {
	page, cancel := begin(visit)
	defer cancel()
	making, stop := context.WithTimeout(page, shelvesLimit)
	defer stop()
	h := homePage{shop: s, ctx: making, visitor: v, likes: make(map[int64]bool)}

	var forYou, like, trending Shelf
	var taste map[string]float64
	var first, rest sync.WaitGroup
	rest.Go(func() { trending = h.trending() })
	if v.Known() {
		rest.Go(func() { like = h.like() })
		first.Go(func() { forYou, taste = h.forYou() })
	}
	categories, fault := s.categories(making)
	if fault != nil {
		categories = leading
	}
	h.note("categories", fault)
	first.Wait()
	shown := arrange(categories, taste, maxShelves)
	ofCategories := make([]Shelf, len(shown))
	for i, category := range shown {
		rest.Go(func() { ofCategories[i] = h.category(category) })
	}
	rest.Wait()

	if forYou.Kind == PopularNow && trending.Kind == PopularNow {
		trending = Shelf{}
	}
	shelves := withoutRepetition(slices.Concat([]Shelf{forYou, like, trending}, ofCategories))
	h.note("reasons", s.explain(page, shelves))
	h.believe(shelves)
	s.count(visit, shelves...)
	s.warn(visit, "home", errors.Join(h.errors...))
	return Home{Shelves: shelves}
}

// A homePage is a home page in the making.
type homePage struct {
	shop    *Shop
	ctx     context.Context
	visitor Visitor
	likes   map[int64]bool // books that the visitor liked, or did not; made by like

	mu     sync.Mutex
	errors []error
}

func (h *homePage) note(what string, err error) {
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.errors = append(h.errors, fmt.Errorf("%s: %w", what, err))
	}
}

// fill gives a shelf what was answered, or else what is remembered.
func (h *homePage) fill(shelf Shelf, picks []Pick, err error, remembered func() []Pick) Shelf {
	shelf.Picks, shelf.Source = picks, Fresh
	if err != nil {
		h.note(strings.TrimSpace(string(shelf.Kind)+" "+shelf.Category.Slug), err)
		shelf.Picks, shelf.Source = remembered(), Remembered
		if len(shelf.Picks) == 0 {
			shelf.Source = Nowhere
		}
	}
	return shelf
}

func (h *homePage) popularOf(slug string) func() []Pick {
	return func() []Pick { return h.shop.memory.popularOf(slug) }
}

// forYou returns the shelf of what suits the visitor best, and what categories that is of.
func (h *homePage) forYou() (Shelf, map[string]float64) {
	picks, err := h.shop.recommend(h.ctx, h.visitor, "", tasteSize)
	taste := make(map[string]float64)
	for _, pick := range picks {
		for i, slug := range pick.Book.Categories {
			taste[slug] += 1 / float64(1+i) // the first fits best
		}
	}
	shelf := h.fill(Shelf{Kind: ForYou}, picks, err, h.popularOf(""))
	if shelf.Source != Fresh {
		shelf.Kind = PopularNow
	}
	return shelf, taste
}

// trending returns what is read most lately, or else what was or what is popular: there is always
// something where there are books at all.
func (h *homePage) trending() Shelf {
	picks, err := h.shop.trending(h.ctx, 4*row)
	shelf := h.fill(Shelf{Kind: TrendingNow}, picks, err, func() []Pick { return nil })
	if len(shelf.Picks) > 0 {
		return shelf
	}
	if lately := h.shop.memory.trendingNow(); len(lately) > 0 {
		return Shelf{Kind: TrendingNow, Picks: lately, Source: Remembered}
	}
	if popular := h.shop.memory.popularOf(""); len(popular) > 0 {
		return Shelf{Kind: PopularNow, Picks: popular, Source: Remembered}
	}
	return shelf
}

func (h *homePage) category(category Category) Shelf {
	// The shelves above all categories have four rows: a fifth fills this one.
	picks, err := h.shop.recommend(h.ctx, h.visitor, category.Slug, 5*row)
	if errors.Is(err, ErrNotFound) {
		picks, err = nil, nil // gone since its name was learnt
	}
	return h.fill(Shelf{Kind: OfCategory, Category: category}, picks, err, h.popularOf(category.Slug))
}

// like returns the shelf of what goes with a book that the visitor liked, or else looked at
// last; without books where there is neither, or where they cannot be had.
func (h *homePage) like() Shelf {
	ctx, cancel := context.WithTimeout(h.ctx, callLimit)
	defer cancel()
	id, kind := h.favourite(ctx)
	if id == 0 {
		return Shelf{}
	}
	var book *Book
	var fault error
	var side sync.WaitGroup
	side.Go(func() { book, fault = h.shop.bookByID(ctx, id) })
	picks, err := h.shop.similar(ctx, id, h.visitor.Reader, 3*row)
	side.Wait()
	h.note(string(kind), errors.Join(fault, err))
	if book == nil {
		return Shelf{}
	}
	return Shelf{Kind: kind, Like: book, Picks: alike(picks), Source: Fresh}
}

// favourite returns the book that the visitor liked last, or else looked at last, or 0.
func (h *homePage) favourite(ctx context.Context) (int64, ShelfKind) {
	seen := slices.Clone(h.visitor.Recent)
	var liked []int64
	if h.visitor.Reader != 0 {
		history, err := h.shop.history(ctx, h.visitor.Reader, favouriteEvents)
		h.note("history", err)
		for _, event := range history.events {
			_, told := h.likes[event.Book]
			switch likes := event.likes(); {
			case event.Kind == Viewed:
				seen = append(seen, event.Book)
			case told: // a later event counts
			case likes:
				liked = append(liked, event.Book)
				fallthrough
			default:
				h.likes[event.Book] = likes
			}
		}
	}
	if len(liked) > 0 {
		return liked[0], LikeLiked
	}
	for _, book := range seen {
		if _, told := h.likes[book]; !told {
			return book, LikeViewed
		}
	}
	return 0, LikeViewed
}

// believe leaves of reasons what the visitor would say, too: that they liked what they liked, or
// else looked at the book, and nothing of a book that they did not like.
func (h *homePage) believe(shelves []Shelf) {
	likes := func(b *Book) bool { return h.likes[b.ID] }
	dislikes := func(b *Book) bool { likes, told := h.likes[b.ID]; return told && !likes }
	for _, reason := range reasonsWithBooks(shelves) {
		reason.Because = slices.DeleteFunc(reason.Because, dislikes)
		switch {
		case len(reason.Because) == 0:
			reason.Kind = NoReason
		case reason.Kind != BecauseYouLiked:
		case slices.ContainsFunc(reason.Because, likes):
			reason.Because = slices.DeleteFunc(reason.Because, func(b *Book) bool { return !likes(b) })
		default:
			reason.Kind = BecauseYouViewed
		}
	}
}

// explain gives the books of reasons their titles, in one call for those that are not
// remembered. A book that cannot be had is no reason. The picks are changed: nobody else may
// have them.
func (s *Shop) explain(page context.Context, shelves []Shelf) error {
	reasons := reasonsWithBooks(shelves)
	var ids []int64
	for _, reason := range reasons {
		for _, book := range reason.Because {
			if book != nil {
				ids = append(ids, book.ID)
			}
		}
	}
	known, err := s.booksByID(page, ids)
	for _, reason := range reasons {
		var because []*Book
		for _, book := range reason.Because {
			if book != nil && known[book.ID] != nil {
				because = append(because, known[book.ID])
			}
		}
		if reason.Because = because; len(because) == 0 {
			reason.Kind = NoReason
		}
	}
	return err
}

// reasonsWithBooks returns the reasons that are nothing without books. The others have none.
func reasonsWithBooks(shelves []Shelf) []*Reason {
	var reasons []*Reason
	for _, shelf := range shelves {
		for i := range shelf.Picks {
			reason := &shelf.Picks[i].Reason
			switch reason.Kind {
			case BecauseYouLiked, BecauseYouViewed, SimilarContent:
				reasons = append(reasons, reason)
			default:
				reason.Because = nil
			}
		}
	}
	return reasons
}

// withoutRepetition leaves a row of books on each shelf, or two on that for the visitor, and the
// shelves that have any books, or could not have any. Books that stand above stay out where there
// are others: in a catalogue of nine, what is trending must not empty the categories. The picks
// are copied.
func withoutRepetition(shelves []Shelf) []Shelf {
	shown := make(map[int64]bool)
	var kept []Shelf
	for _, shelf := range shelves {
		size := row
		if shelf.Kind == ForYou {
			size = 2 * row
		}
		var picks, repeated []Pick
		here := make(map[int64]bool)
		for _, pick := range shelf.Picks {
			switch id := pick.Book.ID; {
			case here[id]:
				continue
			case shown[id]:
				repeated = append(repeated, pick)
			case len(picks) < size:
				picks = append(picks, pick)
			}
			here[pick.Book.ID] = true
		}
		picks = append(picks, repeated[:min(len(repeated), size-len(picks))]...)
		for _, pick := range picks {
			shown[pick.Book.ID] = true
		}
		if shelf.Picks = picks; len(picks) > 0 || shelf.Source == Nowhere {
			kept = append(kept, shelf)
		}
	}
	return kept
}
