package recommend

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// Every arrangement of 2 out of 4 must come up equally often: with 12,000 draws from a fair
// source each of the 12 is expected 1,000 times, and the chi-square statistic with 11 degrees
// of freedom exceeds 31.26 once in a thousand seeds; this seed does not.
func TestSampleIsUniform(t *testing.T) {
	const draws, arrangements = 12_000, 4 * 3
	rng := rand.New(rand.NewPCG(1, 2))
	counts := make(map[[2]int]int)
	for range draws {
		got := sample([]int{0, 1, 2, 3}, 2, rng.IntN)
		counts[[2]int(got)]++
	}
	if len(counts) != arrangements {
		t.Fatalf("%d arrangements came up, want %d: %v", len(counts), arrangements, counts)
	}
	const expected = float64(draws) / arrangements
	chiSquare := 0.0
	for _, n := range counts {
		chiSquare += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	if chiSquare > 31.26 {
		t.Errorf("chi-square is %.1f: %v", chiSquare, counts)
	}
}

func TestSample(t *testing.T) {
	from := []int{1, 2, 3, 4, 5}
	for n, want := range map[int]int{-1: 0, 0: 0, 1: 1, 4: 4, 5: 5, 6: 5, 1 << 30: 5} {
		got := sample(slices.Clone(from), n, rand.IntN)
		if len(got) != want {
			t.Errorf("asked for %d of 5, got %v", n, got)
		}
		slices.Sort(got)
		if len(slices.Compact(got)) != want {
			t.Errorf("asked for %d of 5, got repetitions: %v", n, got)
		}
	}
	if got := sample([]int(nil), 3, rand.IntN); len(got) != 0 {
		t.Errorf("nothing to choose from, got %v", got)
	}
}

// A fakeCatalog answers with what it was given.
type fakeCatalog struct {
	books []Book
	err   error
}

func (c fakeCatalog) BooksIn(context.Context, Category) ([]Book, error) { return c.books, c.err }
func (c fakeCatalog) CountBooks(context.Context) (int, error)           { return len(c.books), c.err }

func TestRecommender(t *testing.T) {
	gone := errors.New("the store is gone")
	tests := map[string]struct {
		catalog fakeCatalog
		ready   error
		sample  error
		books   int
	}{
		"books":    {fakeCatalog{books: make([]Book, 2)}, nil, nil, 2},
		"none":     {fakeCatalog{}, ErrNoBooks, nil, 0},
		"no store": {fakeCatalog{err: gone}, gone, gone, 0},
	}
	for name, tt := range tests {
		r := New(tt.catalog)
		if err := r.Ready(t.Context()); !errors.Is(err, tt.ready) {
			t.Errorf("%s: Ready returned %v, want %v", name, err, tt.ready)
		}
		books, err := r.Sample(t.Context(), Mystery, 3, anyBook, rand.IntN)
		if len(books) != tt.books || !errors.Is(err, tt.sample) {
			t.Errorf("%s: Sample returned %v, %v", name, books, err)
		}
	}
}

func anyBook(Book) bool { return true }

// What may not be shown leaves no gap, and the catalogue's own list stays as it is.
func TestSampleFilters(t *testing.T) {
	books := []Book{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}}
	odd := func(book Book) bool { return book.ID%2 == 1 }
	for range 100 {
		got, err := New(fakeCatalog{books: books}).Sample(t.Context(), Mystery, 2, odd, rand.IntN)
		if err != nil || len(got) != 2 || !odd(got[0]) || !odd(got[1]) || got[0] == got[1] {
			t.Fatalf("got %v, %v", got, err)
		}
	}
	if !slices.Equal(books, []Book{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}}) {
		t.Errorf("the catalogue was changed to %v", books)
	}
}
