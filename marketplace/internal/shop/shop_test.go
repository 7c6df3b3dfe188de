package shop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	mystery        = Category{"mystery", "Mystery"}
	scienceFiction = Category{"science-fiction", "Science fiction"}
	selfHelp       = Category{"self-help", "Self-help"}
	poetry         = Category{"poetry", "poetry"}
)

// A fakeRecommender takes its time and answers with its categories, or a category's first n
// books; or it fails.
type fakeRecommender struct {
	mu         sync.Mutex
	takes      time.Duration
	fails      error
	failing    []Category // the only ones that fail, when there are some
	categories []Category
	empty      bool
	asked      int // for the categories
}

// set makes the recommender fail at everything, or at some categories only.
func (f *fakeRecommender) set(takes time.Duration, fails error, failing ...Category) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.takes, f.fails, f.failing = takes, fails, failing
}

func (f *fakeRecommender) change(categories ...Category) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.categories = categories
}

func (f *fakeRecommender) ListCategories(ctx context.Context) ([]Category, error) {
	f.mu.Lock()
	takes, err, categories := f.takes, f.fails, f.categories
	if len(f.failing) > 0 {
		err = nil
	}
	f.asked++
	f.mu.Unlock()
	return categories, f.answer(ctx, takes, err)
}

func (f *fakeRecommender) Recommend(ctx context.Context, reader int64, slug string, n int) ([]Book, error) {
	f.mu.Lock()
	takes, err, empty := f.takes, f.fails, f.empty
	if len(f.failing) > 0 && !has(f.failing, slug) {
		err = nil
	}
	f.mu.Unlock()
	if reader != 0 {
		return nil, fmt.Errorf("visitors are anonymous, asked for %d", reader)
	}
	if err := f.answer(ctx, takes, err); err != nil || empty {
		return nil, err
	}
	var books []Book
	for i := range n {
		books = append(books, Book{ID: int64(i), Title: slug})
	}
	return books, nil
}

func (*fakeRecommender) answer(ctx context.Context, takes time.Duration, err error) error {
	select {
	case <-time.After(takes):
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look returns what the shelves look like: "mystery 3 fresh".
func look(shelves []Shelf) []string {
	list := []string{}
	for _, shelf := range shelves {
		list = append(list, fmt.Sprint(shelf.Category.Slug, " ", len(shelf.Books), " ", shelf.Source))
	}
	return list
}

// all returns what the shelves of three categories look like when they are alike.
func all(books int, source Source) []string {
	return alike(books, source, mystery, scienceFiction, selfHelp)
}

func alike(books int, source Source, categories ...Category) []string {
	var shelves []Shelf
	for _, category := range categories {
		shelves = append(shelves, Shelf{category, make([]Book, books), source})
	}
	return look(shelves)
}

func quiet(recommender Recommender) *Shop {
	return New(recommender, slog.New(slog.DiscardHandler), func(Source) {})
}

// One shop's day: what visitors see while its recommender comes and goes, and how long they
// wait for it.
func TestShelves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recommender := &fakeRecommender{categories: []Category{selfHelp, scienceFiction, mystery}}
		down := errors.New("down")
		counted := make(map[Source]int)
		s := New(recommender, slog.New(slog.DiscardHandler), func(source Source) { counted[source]++ })
		steps := []struct {
			what    string
			takes   time.Duration
			fails   error
			failing []Category
			wait    time.Duration
			want    []string
		}{
			{"down from the start", 0, down, nil, 0, all(0, Nowhere)},
			{"slow from the start", time.Second, nil, nil, 250 * time.Millisecond, all(0, Nowhere)},
			{"categories just in time, shelves not", 200 * time.Millisecond, nil, nil, 250 * time.Millisecond, all(0, Nowhere)},
			{"well, all shelves side by side", 100 * time.Millisecond, nil, nil, 100 * time.Millisecond, all(3, Fresh)},
			{"down", 0, down, nil, 0, all(3, Remembered)},
			{"slow", time.Hour, nil, nil, 250 * time.Millisecond, all(3, Remembered)},
			{
				"one shelf fails", 0, down,
				[]Category{scienceFiction},
				0,
				[]string{"mystery 3 fresh", "science-fiction 3 remembered", "self-help 3 fresh"},
			},
			{"well again", 0, nil, nil, 0, all(3, Fresh)},
		}
		for _, step := range steps {
			recommender.set(step.takes, step.fails, step.failing...)
			start := time.Now()
			got := look(s.Shelves(t.Context()))
			if !reflect.DeepEqual(got, step.want) {
				t.Errorf("%s: got %q, want %q", step.what, got, step.want)
			}
			if took := time.Since(start); took != step.wait {
				t.Errorf("%s: took %v, want %v", step.what, took, step.wait)
			}
		}
		if want := map[Source]int{Fresh: 8, Remembered: 7, Nowhere: 9}; !reflect.DeepEqual(counted, want) {
			t.Errorf("counted %v, want %v", counted, want)
		}
	})
}

// The first page asks for the categories and then for their books, within one page's time.
func TestFirstPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recommender := &fakeRecommender{categories: []Category{poetry}, takes: 100 * time.Millisecond}
		s := quiet(recommender)
		for i, wait := range []time.Duration{200 * time.Millisecond, 100 * time.Millisecond} {
			start := time.Now()
			if got, want := look(s.Shelves(t.Context())), alike(3, Fresh, poetry); !reflect.DeepEqual(got, want) {
				t.Errorf("page %d shows %q, want %q", i+1, got, want)
			}
			if took := time.Since(start); took != wait {
				t.Errorf("page %d took %v, want %v", i+1, took, wait)
			}
		}
		if recommender.asked != 1 {
			t.Errorf("asked for the categories %d times", recommender.asked)
		}
	})
}

// An empty answer is no reason to forget, nor to pretend.
func TestEmptyAnswer(t *testing.T) {
	recommender := &fakeRecommender{categories: leading}
	s := quiet(recommender)
	s.Shelves(t.Context())
	recommender.empty = true
	if got := look(s.Shelves(t.Context())); !reflect.DeepEqual(got, all(0, Nowhere)) {
		t.Errorf("an empty answer shows %q", got)
	}
	recommender.set(0, errors.New("down"))
	if got := look(s.Shelves(t.Context())); !reflect.DeepEqual(got, all(3, Remembered)) {
		t.Errorf("after an empty answer the shop remembers %q", got)
	}
}

func TestOneLineSaysWhatFailed(t *testing.T) {
	recommender := &fakeRecommender{categories: leading}
	recommender.set(0, errors.New("down"), mystery, selfHelp)
	var out bytes.Buffer
	counted := 0
	s := New(recommender, slog.New(slog.NewTextHandler(&out, nil)), func(Source) { counted++ })
	expect := func(parts ...string) {
		t.Helper()
		log := out.String()
		if strings.Count(log, "\n") != min(1, len(parts)) || strings.Count(log, ": down") != len(parts) {
			t.Errorf("got %q, want one line with %q", log, parts)
		}
		for _, part := range parts {
			if !strings.Contains(log, part) {
				t.Errorf("got %q without %q", log, part)
			}
		}
		out.Reset()
	}
	s.Shelves(t.Context())
	expect("mystery: down", "self-help: down")
	recommender.set(0, nil)
	s.Shelves(t.Context())
	expect()

	// The categories are a part of the page as well.
	s = New(recommender, slog.New(slog.NewTextHandler(&out, nil)), func(Source) { counted++ })
	recommender.set(0, errors.New("down"))
	s.Shelves(t.Context())
	expect("categories: down", "mystery: down", "science-fiction: down", "self-help: down")

	// A visitor who left is no failure of the recommender's.
	counted = 0
	gone, leave := context.WithCancel(t.Context())
	leave()
	s.Shelves(gone)
	expect()
	if counted > 0 {
		t.Errorf("a visitor left, and the shop counted %d shelves", counted)
	}
}
