package shop

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDown = errors.New("down")

// A world is all that a shop needs, with [worldBooks] books. It recommends books of the categories
// of those that it knows of, and keeps events.
type world struct {
	mu         sync.Mutex
	categories []Category
	books      []*Book // by id
	events     []Event // the newest first
	perPage    int     // events

	// What goes wrong, where it is not nil.
	fails   func(ctx context.Context, call string) error // decides whether, and when, a call fails
	garbage func(call string) any                        // what it answers, where it is not nil

	calls  []string       // what was asked for, by the names of methods with what is asked
	shelfs map[Source]int // what was counted
	viewed map[ViewsResult]int
	log    bytes.Buffer
}

// Books of the world: the first of all are the most popular, the last are trending. Each sixth
// is of one category, and has the next as its second. Authors have ten in a row. Books 1 to 3
// are a series, and 4 is one alone.
const worldBooks = 240

var worldCategories = []Category{
	{"poetry", "Poetry", 40},
	{"history", "History", 40},
	{"self-help", "Self-help", 40},
	{"mystery", "Mystery", 40},
	{"science-fiction", "Science fiction", 40},
	{"travel", "Travel", 40},
}

func newWorld() *world {
	w := &world{
		categories: slices.Clone(worldCategories), perPage: 1000,
		shelfs: make(map[Source]int), viewed: make(map[ViewsResult]int),
	}
	for id := int64(1); id <= worldBooks; id++ {
		book := &Book{
			ID: id, Title: fmt.Sprint("Book ", id), Authors: []string{fmt.Sprint("Author ", (id-1)/10)},
			Categories:     []string{worldCategories[id%6].Slug, worldCategories[(id+1)%6].Slug},
			SeriesPosition: -1,
		}
		switch {
		case id <= 3:
			book.Series, book.SeriesPosition = "Trilogy", float64(id)
		case id == 4:
			book.Series, book.SeriesPosition = "Alone", 1
		}
		w.books = append(w.books, book)
	}
	return w
}

func (w *world) shop() *Shop {
	return New(Options{
		Catalog: w, Recommender: w, Activity: w, Metrics: w,
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
}

// filled returns a shop that knows what is popular, and has shown each book page once.
func (w *world) filled(t *testing.T) *Shop {
	t.Helper()
	s := w.shop()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	synctest.Wait()
	cancel()
	running.Wait()
	for id := range int64(worldBooks) {
		if _, err := s.book(t.Context(), id+1); err != nil {
			t.Fatal(err)
		}
	}
	s.views.closed = false
	w.reset()
	return s
}

// breaks makes the world fail.
func (w *world) breaks(fails func(context.Context, string) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fails = fails
}

func (w *world) lies(garbage func(string) any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.garbage = garbage
}

func (w *world) heals() { w.breaks(nil); w.lies(nil) }

func (w *world) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = nil
	w.log.Reset()
	clear(w.shelfs)
	clear(w.viewed)
}

// did lets the reader have done something, after all else.
func (w *world) did(kind EventKind, book int64, rating ...int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	event := Event{ID: fmt.Sprint("event ", len(w.events)), Reader: reader, Book: book, Kind: kind, At: time.Now()}
	if len(rating) > 0 {
		event.Rating = rating[0]
	}
	w.events = slices.Insert(w.events, 0, event)
}

// asked returns how many calls there were whose names start so.
func (w *world) asked(prefix string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, call := range w.calls {
		if strings.HasPrefix(call, prefix) {
			n++
		}
	}
	return n
}

// made returns the calls, and kept the events, while others go on.
func (w *world) made() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

func (w *world) kept() []Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.events)
}

const reader = int64(1) << 40

// call notes a call, and lets it fail or answer garbage.
func call[T any](ctx context.Context, w *world, name string, answer func() (T, error)) (T, error) {
	var none T
	w.mu.Lock()
	w.calls = append(w.calls, name)
	fails, lies := w.fails, w.garbage
	w.mu.Unlock()
	if fails != nil {
		if err := fails(ctx, name); err != nil {
			return none, err
		}
	}
	if lies != nil {
		if lie, ok := lies(name).(T); ok {
			return lie, nil
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return answer()
}

func (w *world) Categories(ctx context.Context) ([]Category, error) {
	return call(ctx, w, "Categories", func() ([]Category, error) { return w.categories, nil })
}

func (w *world) Book(ctx context.Context, id int64) (*Book, error) {
	return call(ctx, w, fmt.Sprint("Book ", id), func() (*Book, error) {
		book := w.find(id)
		if book == nil {
			return nil, ErrNotFound
		}
		with := *book
		with.Description = "A book."
		return &with, nil
	})
}

func (w *world) find(id int64) *Book {
	i := slices.IndexFunc(w.books, func(b *Book) bool { return b.ID == id })
	if i < 0 {
		return nil
	}
	return w.books[i]
}

func (w *world) Books(ctx context.Context, ids []int64) ([]*Book, error) {
	if len(ids) == 0 || len(ids) > 100 {
		return nil, fmt.Errorf("asked for %d books", len(ids))
	}
	return call(ctx, w, fmt.Sprint("Books ", ids), func() ([]*Book, error) {
		var books []*Book
		for _, id := range ids {
			if book := w.find(id); book != nil {
				books = append(books, book)
			}
		}
		return books, nil
	})
}

func (w *world) List(ctx context.Context, q ListQuery) (List, error) {
	if q.Size < 1 || q.Size > 100 {
		return List{}, fmt.Errorf("asked for a page of %d", q.Size)
	}
	return call(ctx, w, fmt.Sprintf("List %+v", q), func() (List, error) {
		if q.Category != "" && !has(w.categories, q.Category) {
			return List{}, ErrNotFound
		}
		return w.page(q.Size, q.Page, func(b *Book) bool {
			return (q.Category == "" || slices.Contains(b.Categories, q.Category)) &&
				(q.Author == "" || b.Author() == q.Author) && (q.Series == "" || b.Series == q.Series)
		})
	})
}

func (w *world) Search(ctx context.Context, q SearchQuery) (List, error) {
	if n := len([]rune(q.Text)); n < 1 || n > MaxSearch {
		return List{}, fmt.Errorf("searched for %d characters", n)
	}
	return call(ctx, w, fmt.Sprintf("Search %+v", q), func() (List, error) {
		if q.Category != "" && !has(w.categories, q.Category) {
			return List{}, ErrNotFound
		}
		return w.page(q.Size, q.Page, func(b *Book) bool {
			return strings.Contains(b.Title, q.Text) && (q.Category == "" || slices.Contains(b.Categories, q.Category))
		})
	})
}

func (w *world) page(size int, page string, which func(*Book) bool) (List, error) {
	start := 0
	if page != "" {
		var err error
		if start, err = strconv.Atoi(page); err != nil {
			return List{}, ErrBadPage
		}
	}
	var list List
	for _, book := range w.books {
		if !which(book) {
			continue
		}
		if list.Total >= start && len(list.Books) < size {
			list.Books = append(list.Books, book)
		}
		list.Total++
	}
	if end := start + size; end < list.Total {
		list.Next = strconv.Itoa(end)
	}
	return list, nil
}

// known returns the books that a visitor is known by, and those that are not to be recommended.
func (w *world) known(v Visitor) (books []int64, not map[int64]bool) {
	books, not = slices.Clone(v.Recent), make(map[int64]bool)
	for _, event := range w.events {
		if event.Reader != v.Reader {
			continue
		}
		switch event.Kind {
		case Rated, Bought, NotInterested:
			not[event.Book] = true
		case Viewed, Wanted:
		}
		if event.Kind != NotInterested && !slices.Contains(books, event.Book) {
			books = append(books, event.Book)
		}
	}
	return books, not
}

// choose returns the best n of books, by what they have in common with others.
func (w *world) choose(slug string, n int, like []int64, not map[int64]bool, kind ReasonKind) []Pick {
	common := func(book *Book) (ids []int64) {
		for _, id := range like {
			if other := w.find(id); other != nil && len(other.Categories) > 0 && slices.Equal(other.Categories, book.Categories) {
				ids = append(ids, id)
			}
		}
		return ids
	}
	var picks []Pick
	for _, book := range w.books {
		if not[book.ID] || slug != "" && !slices.Contains(book.Categories, slug) {
			continue
		}
		pick := Pick{Book: book, Reason: Reason{Kind: Popular}}
		if ids := common(book); len(ids) > 0 {
			pick.Reason.Kind = kind
			for _, id := range ids {
				pick.Reason.Because = append(pick.Reason.Because, &Book{ID: id})
			}
		}
		picks = append(picks, pick)
	}
	slices.SortStableFunc(picks, func(a, b Pick) int { return cmp.Compare(len(b.Reason.Because), len(a.Reason.Because)) })
	return picks[:min(n, len(picks))]
}

func (w *world) Recommend(ctx context.Context, v Visitor, slug string, n int) ([]Pick, error) {
	return call(ctx, w, "Recommend "+slug, func() ([]Pick, error) {
		if slug != "" && !has(w.categories, slug) {
			return nil, ErrNotFound
		}
		like, not := w.known(v)
		return w.choose(slug, n, like, not, BecauseYouLiked), nil
	})
}

func (w *world) Similar(ctx context.Context, book, reader int64, n int) ([]Pick, error) {
	return call(ctx, w, fmt.Sprint("Similar ", book), func() ([]Pick, error) {
		if w.find(book) == nil {
			return nil, ErrNotFound
		}
		_, not := w.known(Visitor{Reader: reader})
		not[book] = true
		return w.choose("", n, []int64{book}, not, SimilarContent), nil
	})
}

func (w *world) Popular(ctx context.Context, slug string, n int) ([]Pick, error) {
	return call(ctx, w, "Popular "+slug, func() ([]Pick, error) {
		if slug != "" && !has(w.categories, slug) {
			return nil, ErrNotFound
		}
		return w.choose(slug, n, nil, nil, Popular), nil
	})
}

func (w *world) Trending(ctx context.Context, n int) ([]Pick, error) {
	return call(ctx, w, "Trending", func() ([]Pick, error) {
		var picks []Pick
		for i := range n {
			picks = append(picks, Pick{w.books[len(w.books)-1-i], Reason{Kind: Trending}})
		}
		return picks, nil
	})
}

func (w *world) Record(ctx context.Context, events []Event) error {
	if len(events) == 0 || len(events) > 500 {
		return fmt.Errorf("recording %d events", len(events))
	}
	ids := make([]string, len(events))
	for i, event := range events {
		ids[i] = event.ID
	}
	_, err := call(ctx, w, "Record "+strings.Join(ids, " "), func() (struct{}, error) {
		for _, event := range events {
			if !slices.ContainsFunc(w.events, func(e Event) bool { return e.ID == event.ID }) {
				w.events = slices.Insert(w.events, 0, event)
			}
		}
		return struct{}{}, nil
	})
	return err
}

type eventsPage struct {
	events []Event
	next   string
}

func (w *world) Events(ctx context.Context, reader int64, page string) ([]Event, string, error) {
	got, err := call(ctx, w, fmt.Sprint("Events ", reader, " ", page), func() (eventsPage, error) {
		start := 0
		if page != "" {
			start, _ = strconv.Atoi(page)
		}
		all := slices.DeleteFunc(slices.Clone(w.events), func(e Event) bool { return e.Reader != reader })
		end := min(start+w.perPage, len(all))
		next := ""
		if end < len(all) {
			next = strconv.Itoa(end)
		}
		return eventsPage{all[start:end], next}, nil
	})
	return got.events, got.next, err
}

func (w *world) Remove(ctx context.Context, reader int64, ids []string) error {
	if len(ids) == 0 || len(ids) > 500 {
		return fmt.Errorf("removing %d events", len(ids))
	}
	_, err := call(ctx, w, "Remove", func() (struct{}, error) {
		w.events = slices.DeleteFunc(w.events, func(e Event) bool { return e.Reader == reader && slices.Contains(ids, e.ID) })
		return struct{}{}, nil
	})
	return err
}

func (w *world) Erase(ctx context.Context, reader int64) (int64, error) {
	return call(ctx, w, "Erase", func() (int64, error) {
		before := len(w.events)
		w.events = slices.DeleteFunc(w.events, func(e Event) bool { return e.Reader == reader })
		return int64(before - len(w.events)), nil
	})
}

func (w *world) Shelf(source Source) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shelfs[source]++
}

func (w *world) Views(result ViewsResult, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.viewed[result] += n
}

func (w *world) views() map[ViewsResult]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.viewed)
}

// Ways to fail.

func refuse(context.Context, string) error { return errDown }

// late answers when it is too late for everybody.
func late(ctx context.Context, _ string) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * time.Second):
		return nil
	}
}

// takes lets calls whose names start so take their time.
func takes(prefix string, d time.Duration) func(context.Context, string) error {
	return func(ctx context.Context, call string) error {
		if !strings.HasPrefix(call, prefix) {
			return nil
		}
		return sleep(ctx, d)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// only fails with an error where calls' names start so.
func only(err error, prefixes ...string) func(context.Context, string) error {
	return func(_ context.Context, call string) error {
		for _, prefix := range prefixes {
			if strings.HasPrefix(call, prefix) {
				return err
			}
		}
		return nil
	}
}

// What pages look like.

func lookShelf(shelf Shelf) string {
	what := string(shelf.Kind)
	if shelf.Kind == OfCategory {
		what = shelf.Category.Slug
	}
	if shelf.Like != nil {
		what += fmt.Sprint(" ", shelf.Like.ID)
	}
	return fmt.Sprintf("%s: %d %s", what, len(shelf.Picks), shelf.Source)
}

func look(shelves []Shelf) []string {
	list := []string{}
	for _, shelf := range shelves {
		list = append(list, lookShelf(shelf))
	}
	return list
}

func ids[T any](parts []T, book func(T) *Book) []int64 {
	var list []int64
	for _, part := range parts {
		list = append(list, book(part).ID)
	}
	return list
}

func pickIDs(picks []Pick) []int64 { return ids(picks, func(p Pick) *Book { return p.Book }) }

func bookIDs(books []*Book) []int64 { return ids(books, itself) }

func myIDs(books []MyBook) []int64 { return ids(books, func(b MyBook) *Book { return b.Book }) }

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
	}
}

// timed returns how long something takes.
func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// pass lets time pass, and what happens until then happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// checkWhole finds what no page may show, whatever the shop was told.
func checkWhole(t *testing.T, shelves ...Shelf) {
	t.Helper()
	for _, shelf := range shelves {
		if (shelf.Source == Nowhere) != (len(shelf.Picks) == 0) {
			t.Errorf("%s has %d books from %s", shelf.Kind, len(shelf.Picks), shelf.Source)
		}
		if (shelf.Kind == LikeLiked || shelf.Kind == LikeViewed) != (shelf.Like != nil) {
			t.Errorf("%s is like %v", shelf.Kind, shelf.Like)
		}
		checkPicks(t, shelf.Picks)
	}
}

func checkPicks(t *testing.T, picks []Pick) {
	t.Helper()
	for _, pick := range picks {
		if !canShow(pick.Book) {
			t.Errorf("book %v cannot be shown", pick.Book)
		}
		wants := pick.Reason.Kind == BecauseYouLiked || pick.Reason.Kind == BecauseYouViewed || pick.Reason.Kind == SimilarContent
		if wants != (len(pick.Reason.Because) > 0) {
			t.Errorf("a reason of kind %q has %d books", pick.Reason.Kind, len(pick.Reason.Because))
		}
		for _, book := range pick.Reason.Because {
			if !canShow(book) {
				t.Errorf("a reason has the book %+v", book)
			}
		}
	}
}

func TestWarnsOnceInAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		lines := func(want int, when string) {
			t.Helper()
			if got := strings.Count(w.log.String(), "\n"); got != want {
				t.Errorf("%s the shop wrote %d lines, want %d: %s", when, got, want, w.log.String())
			}
			w.reset()
		}
		s.Home(t.Context(), Visitor{})
		lines(0, "while all is well")
		w.breaks(only(errDown, "Recommend mystery", "Trending"))
		for range 10 {
			s.Home(t.Context(), Visitor{})
			s.Trending(t.Context())
		}
		for _, part := range []string{`level=WARN msg="a page is not whole" page=home`, "trending: down", "category mystery: down"} {
			if !strings.Contains(w.log.String(), part) {
				t.Errorf("the line lacks %q: %s", part, w.log.String())
			}
		}
		lines(1, "over twenty pages")
		time.Sleep(warnInterval - 1)
		s.Home(t.Context(), Visitor{})
		lines(0, "before its time")
		time.Sleep(time.Nanosecond)
		showBook(t.Context(), t, s) // whole
		lines(0, "of a page that is whole")
		s.Home(t.Context(), Visitor{})
		lines(1, "ten seconds later")

		time.Sleep(warnInterval)
		gone, leave := context.WithCancel(t.Context())
		leave()
		w.reset()
		w.breaks(late)
		s.Home(gone, Visitor{})
		showBook(gone, t, s)
		equal(t, "shelves counted for somebody who has gone", w.shelfs, map[Source]int{})
		lines(0, "when the visitor has gone")
	})
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.filled(t)
		w.breaks(only(errDown, "Trending", "Recommend poetry"))
		s.Home(t.Context(), Visitor{})
		equal(t, "home", w.shelfs, map[Source]int{Fresh: 5, Remembered: 2})
		w.reset()
		w.breaks(only(errDown, "Similar"))
		showBook(t.Context(), t, s)
		equal(t, "book", w.shelfs, map[Source]int{Remembered: 1})
		w.reset()
		s = w.shop()
		w.breaks(refuse)
		s.Home(t.Context(), Visitor{})
		equal(t, "home without anything", w.shelfs, map[Source]int{Nowhere: 4})
	})
}
