package memory_test

import (
	"errors"
	"slices"
	"testing"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/memory"
)

func TestStore(t *testing.T) {
	books := []recommend.Book{
		{ID: 3, Title: "c", Category: recommend.Mystery},
		{ID: 1, Title: "a", Category: recommend.SelfHelp},
		{ID: 2, Title: "b", Category: recommend.Mystery},
	}
	store := memory.New(books)
	got, err := store.BooksIn(t.Context(), recommend.Mystery)
	if want := []recommend.Book{books[0], books[2]}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := store.BooksIn(t.Context(), recommend.ScienceFiction); !errors.Is(err, recommend.ErrCategoryNotFound) {
		t.Errorf("a category without books: %v, %v", got, err)
	}
	if n, err := store.CountBooks(t.Context()); n != 3 || err != nil {
		t.Errorf("counted %d books, %v", n, err)
	}
}
