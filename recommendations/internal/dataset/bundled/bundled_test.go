package bundled_test

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/recommend"
)

func books(t testing.TB) []recommend.Book {
	t.Helper()
	list, err := bundled.Books()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestBooks(t *testing.T) {
	list := books(t)
	if len(list) != 10_000 {
		t.Fatalf("%d books, want 10,000", len(list))
	}
	for i, book := range list {
		if err := book.Validate(); err != nil {
			t.Errorf("book %d, %s: %v", book.ID, book.Title, err)
		}
		if i > 0 && book.ID <= list[i-1].ID {
			t.Errorf("book %d stands behind book %d", book.ID, list[i-1].ID)
		}
		if i >= 9 && (book.ID <= 10_000 || book.ID > 20_000) {
			t.Errorf("book %d, %s: not between 10,001 and 20,000", book.ID, book.Title)
		}
		if book.RatingsCount == 0 || book.AverageRating == 0 || len(book.Authors) == 0 {
			t.Errorf("book %d, %s: lacks a count of ratings, their average or an author", book.ID, book.Title)
		}
		if strings.HasSuffix(book.Title, ")") && strings.Contains(book.Title, "#") {
			t.Errorf("book %d: the title %q has its series still", book.ID, book.Title)
		}
	}
}

// The books are far from complete; what is missing must not become more.
func TestBooksHaveWhatTheDataHas(t *testing.T) {
	var isbn, language, year, series, category int
	for _, book := range books(t) {
		isbn += count(book.ISBN13 != "")
		language += count(book.Language != "")
		year += count(book.Year != 0)
		series += count(book.Series != "")
		category += count(len(book.Categories) > 0)
		if (book.Series != "") != (book.SeriesPosition != nil) {
			t.Errorf("book %d, %s: series %q without its number or the other way round", book.ID, book.Title, book.Series)
		}
	}
	for _, field := range []struct {
		name      string
		got, want int
	}{
		{"an ISBN", isbn, 9277},
		{"a language", language, 8916},
		{"a year", year, 9979},
		{"a series", series, 4439},
		{"a category", category, 9590},
	} {
		if field.got < field.want {
			t.Errorf("%d books have %s, want %d", field.got, field.name, field.want)
		}
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func TestTutorialsBooksKeepTheirPlace(t *testing.T) {
	list := books(t)
	for i, want := range dataset.Tutorial() {
		got := list[i]
		if got.ID != want.ID || got.Title != want.Title || !got.In(want.Categories[0]) {
			t.Errorf("book %d is %q in %v, want book %d, %q, in %v", got.ID, got.Title, got.Categories, want.ID, want.Title, want.Categories)
		}
	}
}

func TestRatings(t *testing.T) {
	known := make(map[int64]bool)
	for _, book := range books(t) {
		known[book.ID] = true
	}
	ratings, err := bundled.Ratings()
	if err != nil {
		t.Fatal(err)
	}
	n, readers := 0, 0
	var last bundled.Rating
	for r := range ratings {
		n++
		readers += count(r.Reader != last.Reader)
		if cmp.Or(cmp.Compare(last.Reader, r.Reader), cmp.Compare(last.BookID, r.BookID)) >= 0 {
			t.Fatalf("%+v stands behind %+v", r, last)
		}
		if !known[r.BookID] || r.Rating < 1 || r.Rating > 5 {
			t.Fatalf("rating %+v: no such book, or not 1 to 5", r)
		}
		last = r
	}
	if n != 979_478 || readers != 53_424 {
		t.Errorf("%d ratings of %d readers, want 979,478 of 53,424", n, readers)
	}
	for r := range ratings {
		if r.Reader != 1 {
			t.Errorf("the second time the ratings begin with reader %d, want 1", r.Reader)
		}
		break
	}
}

// What is embedded stays small enough for a binary, and is what prepare wrote.
func TestFiles(t *testing.T) {
	sums, err := os.ReadFile("SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(file)); got != sum {
			t.Errorf("%s has the checksum %s, want %s: run prepare", name, got, sum)
		}
		size += len(file)
	}
	if size < 1<<20 || size > 4<<20 {
		t.Errorf("the files have %d bytes, want 1 to 4 MB", size)
	}
}

func BenchmarkBooks(b *testing.B) {
	for b.Loop() {
		books(b)
	}
}

func BenchmarkRatings(b *testing.B) {
	for b.Loop() {
		ratings, err := bundled.Ratings()
		if err != nil {
			b.Fatal(err)
		}
		for range ratings {
		}
	}
}
