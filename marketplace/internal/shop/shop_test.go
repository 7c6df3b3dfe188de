package shop

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A fakeRecommender takes its time and answers with the category's first n books, or fails.
type fakeRecommender struct {
	mu    sync.Mutex
	takes time.Duration
	fails map[Category]error
	empty bool
	calls int
}

func (f *fakeRecommender) set(takes time.Duration, err error, categories ...Category) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.takes = takes
	f.fails = make(map[Category]error)
	for _, category := range categories {
		f.fails[category] = err
	}
}

func (f *fakeRecommender) Recommend(ctx context.Context, reader int64, category Category, n int) ([]Book, error) {
	f.mu.Lock()
	takes, err, empty := f.takes, f.fails[category], f.empty
	f.calls++
	f.mu.Unlock()
	if reader != 1 {
		return nil, errors.New("the tutorial asks for reader 1")
	}
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err != nil || empty {
		return nil, err
	}
	var books []Book
	for i := range n {
		books = append(books, Book{ID: int64(i), Title: string(category)})
	}
	return books, nil
}

// shown is what a shelf looks like: "mystery 3 fresh".
type shown struct {
	Category Category
	Books    int
	Source   Source
}

func look(shelves []Shelf) []shown {
	var list []shown
	for _, shelf := range shelves {
		list = append(list, shown{shelf.Category, len(shelf.Books), shelf.Source})
	}
	return list
}

func all(books int, source Source) []shown {
	return []shown{{Mystery, books, source}, {ScienceFiction, books, source}, {SelfHelp, books, source}}
}

// One shop's day: what visitors see while its recommender comes and goes, and how long they
// wait for it.
func TestShelves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recommender := new(fakeRecommender)
		down := errors.New("down")
		counted := make(map[Source]int)
		s := New(recommender, slog.New(slog.DiscardHandler), func(source Source) { counted[source]++ })
		steps := []struct {
			what  string
			takes time.Duration
			err   error
			fails []Category
			wait  time.Duration
			want  []shown
		}{
			{"down from the start", 0, down, []Category{Mystery, ScienceFiction, SelfHelp}, 0, all(0, Nowhere)},
			{"slow from the start", time.Second, nil, nil, 250 * time.Millisecond, all(0, Nowhere)},
			{"well, all shelves side by side", 100 * time.Millisecond, nil, nil, 100 * time.Millisecond, all(3, Fresh)},
			{"down", 0, down, []Category{Mystery, ScienceFiction, SelfHelp}, 0, all(3, Remembered)},
			{"slow", time.Hour, nil, nil, 250 * time.Millisecond, all(3, Remembered)},
			{
				"one shelf fails", 0, down,
				[]Category{ScienceFiction},
				0,
				[]shown{{Mystery, 3, Fresh}, {ScienceFiction, 3, Remembered}, {SelfHelp, 3, Fresh}},
			},
			{"well again", 0, nil, nil, 0, all(3, Fresh)},
		}
		for _, step := range steps {
			recommender.set(step.takes, step.err, step.fails...)
			start := time.Now()
			got := look(s.Shelves(t.Context()))
			if !reflect.DeepEqual(got, step.want) {
				t.Errorf("%s: got %v, want %v", step.what, got, step.want)
			}
			if took := time.Since(start); took != step.wait {
				t.Errorf("%s: took %v, want %v", step.what, took, step.wait)
			}
		}
		if want := map[Source]int{Fresh: 8, Remembered: 7, Nowhere: 6}; !reflect.DeepEqual(counted, want) {
			t.Errorf("counted %v, want %v", counted, want)
		}
	})
}

// An empty answer is no reason to forget, nor to pretend.
func TestEmptyAnswer(t *testing.T) {
	recommender := new(fakeRecommender)
	s := New(recommender, slog.New(slog.DiscardHandler), func(Source) {})
	s.Shelves(t.Context())
	recommender.empty = true
	if got := look(s.Shelves(t.Context())); !reflect.DeepEqual(got, all(0, Nowhere)) {
		t.Errorf("an empty answer shows %v", got)
	}
	recommender.set(0, errors.New("down"), Mystery, ScienceFiction, SelfHelp)
	if got := look(s.Shelves(t.Context())); !reflect.DeepEqual(got, all(3, Remembered)) {
		t.Errorf("after an empty answer the shop remembers %v", got)
	}
}

func TestOneLineSaysWhatFailed(t *testing.T) {
	recommender := new(fakeRecommender)
	recommender.set(0, errors.New("down"), Mystery, SelfHelp)
	var out bytes.Buffer
	counted := 0
	s := New(recommender, slog.New(slog.NewTextHandler(&out, nil)), func(Source) { counted++ })
	s.Shelves(t.Context())
	log := out.String()
	if strings.Count(log, "\n") != 1 || !strings.Contains(log, "mystery: down") || !strings.Contains(log, "self-help: down") {
		t.Errorf("got %s", log)
	}

	// A visitor who left is no failure of the recommender's.
	out.Reset()
	counted = 0
	gone, leave := context.WithCancel(t.Context())
	leave()
	s.Shelves(gone)
	if out.Len() > 0 || counted > 0 {
		t.Errorf("a visitor left, and the shop counted %d shelves and logged %s", counted, out.String())
	}
}
