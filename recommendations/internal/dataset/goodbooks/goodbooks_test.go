package goodbooks_test

import (
	"strings"
	"testing"

	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/dataset/goodbooks"
)

const booksHeader = "book_id,goodreads_book_id,best_book_id,work_id,books_count,isbn,isbn13,authors,original_publication_year,original_title,title,language_code,average_rating,ratings_count,work_ratings_count,work_text_reviews_count,ratings_1,ratings_2,ratings_3,ratings_4,ratings_5,image_url,small_image_url"

func TestHeaders(t *testing.T) {
	for _, test := range []struct {
		header         string
		books, ratings bool
	}{
		{booksHeader, true, false},
		{"id,title,authors,isbn13,language,average_rating,ratings_count", false, false},
		{"book_id,title,work_id", false, false},
		{"book_id,user_id,rating", false, true},
		{"user_id,book_id,rating", false, false}, // a shop's
		{"book_id,user_id,rating,timestamp", false, false},
		{"book_id,user_id", false, false},
		{"", false, false},
	} {
		header := strings.Split(test.header, ",")
		if got := goodbooks.IsBooks(header); got != test.books {
			t.Errorf("IsBooks(%s) = %v, want %v", test.header, got, test.books)
		}
		if got := goodbooks.IsRatings(header); got != test.ratings {
			t.Errorf("IsRatings(%s) = %v, want %v", test.header, got, test.ratings)
		}
	}
}

func TestBookID(t *testing.T) {
	for goodbooksID, want := range map[int64]int64{
		1598: 1, 672: 2, 618: 3, 54: 4, 70: 5, 126: 6, 247: 7, 260: 8, 472: 9,
		1: 10_001, 9: 10_009, 10_000: 20_000,
	} {
		if got := goodbooks.BookID(goodbooksID); got != want {
			t.Errorf("BookID(%d) = %d, want %d", goodbooksID, got, want)
		}
	}
}

// Both lists of the tutorial's books must say the same.
func TestTutorialsTitles(t *testing.T) {
	ids := []string{"1598", "672", "618", "54", "70", "126", "247", "260", "472"}
	for i, want := range dataset.Tutorial() {
		got, err := goodbooks.Book(columns{"book_id": ids[i], "title": "Another title"}.get)
		if err != nil || got.ID != want.ID || got.Title != want.Title {
			t.Errorf("book %s is %d, %q (%v), want %d, %q", ids[i], got.ID, got.Title, err, want.ID, want.Title)
		}
	}
}

type columns map[string]string

func (c columns) get(name string) string { return c[name] }
