package recommend

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// manyBooks are mysteries of which book 1 is the most popular; three in a row are of one author,
// and the first nine of one series.
func manyBooks(n int64) (books fakeCatalog) {
	for id := int64(1); id <= n; id++ {
		book := &Book{
			ID: id, Title: fmt.Sprint(id), RatingsCount: 1000 - id,
			Authors:    []string{fmt.Sprintf("Author %d", (id-1)/3)},
			Categories: []Category{NewCategory("Mystery")},
		}
		if id <= 9 {
			book.Series = "First"
		}
		books = append(books, book)
	}
	return books
}

func shown(t *testing.T, m *Model, req Request) (ids []int64) {
	t.Helper()
	r := New(func() *Model { return m }, fakeReaders{}, func(Source) {})
	list, err := r.Recommend(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list.Recommendations {
		ids = append(ids, r.Book.ID)
	}
	return ids
}

// A stranger sees the same all day, others on other days, and other strangers see others; but
// always some of the most popular.
func TestStrangers(t *testing.T) {
	books := manyBooks(100)
	m, tomorrow := NewModel(books, nil, nil, today), NewModel(books, nil, nil, today.AddDate(0, 0, 1))
	evening := NewModel(books, nil, nil, today.Truncate(24*time.Hour).Add(23*time.Hour))
	for name, req := range map[string]Request{"a reader": {UserID: 7, N: 3}, "nobody": {N: 3}} {
		now := shown(t, m, req)
		if !slices.Equal(shown(t, m, req), now) || !slices.Equal(shown(t, evening, req), now) {
			t.Errorf("%s sees others on the same day", name)
		}
		if slices.Equal(shown(t, tomorrow, req), now) {
			t.Errorf("%s sees %v again tomorrow", name, now)
		}
		if slices.Equal(shown(t, m, Request{UserID: 8, N: 3}), now) {
			t.Errorf("%s sees %v, as others do", name, now)
		}
	}
	seen := make(map[int64]int)
	for user := range int64(200) {
		for _, id := range shown(t, m, Request{UserID: user + 1, N: 3}) {
			seen[id]++
		}
	}
	for id, times := range seen {
		if id > minRotation {
			t.Errorf("book %d is not among the first %d, and shown", id, minRotation)
		}
		if times < 5 { // 30 are expected
			t.Errorf("book %d is shown %d times of 600", id, times)
		}
	}
	if len(seen) != minRotation {
		t.Errorf("%d books take turns, want %d", len(seen), minRotation)
	}
}

// More popular books are shown more often.
func TestStrangersMeetPopularBooksMore(t *testing.T) {
	books := manyBooks(4)
	books[0].RatingsCount = 4000 // against 3000 of the others together
	m, first := NewModel(books, nil, nil, today), 0
	for user := range int64(1000) {
		if shown(t, m, Request{UserID: user + 1, N: 1})[0] == 1 {
			first++
		}
	}
	if first < 520 || first > 620 { // 572 are expected
		t.Errorf("with four sevenths of the readers a book is shown %d times of 1000", first)
	}
}

func TestStrangersSeeManyAuthors(t *testing.T) {
	m := NewModel(manyBooks(100), nil, nil, today)
	for user := range int64(20) {
		ids := shown(t, m, Request{UserID: user + 1, N: 10, Diversity: 0.1})
		authors, first := make(map[int64]int), 0
		for _, id := range ids {
			authors[(id-1)/3]++
			if id <= 9 {
				first++
			}
		}
		for author, n := range authors {
			if n > 2 {
				t.Errorf("%d of ten books are by author %d: %v", n, author, ids)
			}
		}
		if first > 1 {
			t.Errorf("%d of ten books are of one series: %v", first, ids)
		}
	}
	// Where there is nobody else, everybody comes again.
	if ids := shown(t, NewModel(manyBooks(3), nil, nil, today), Request{N: 10, Diversity: 0.1}); !slices.Equal(ids, []int64{1, 2, 3}) {
		t.Errorf("of three books by one author %v are shown", ids)
	}
}
