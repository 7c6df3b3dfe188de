package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/importing"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
)

const (
	importedBooks   = 20_000
	importedRatings = 100_000
	// shownLimit is how soon the last book of an import must be shown.
	shownLimit = 5 * time.Second
)

// While another process imports, readers' events are kept in time, and when it is done the new
// books are shown, without a restart.
func TestImportWhileServing(t *testing.T) {
	books, ratings := importFiles(t)
	for name, url := range map[string]func(t *testing.T) string{
		"SQLite": func(t *testing.T) string { t.Helper(); return "sqlite:" + filepath.Join(t.TempDir(), "shop.db") },
		"PostgreSQL": func(t *testing.T) string {
			t.Helper()
			return postgrestest.Start(t, postgrestest.Durable).NewDatabase(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			database := url(t)
			r := start(t, database, "tutorial")
			r.ready(t)
			// A store of its own, as another process has.
			st, err := openStore(database, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close() //nolint:errcheck // nothing is lost with it
			var buying sync.WaitGroup
			done := make(chan struct{})
			buying.Go(func() { r.buyUntil(t, done) })
			report, err := importing.Run(t.Context(), st, importing.Options{
				Books: books, Ratings: ratings,
				Fault:    func(fault *dataset.RowError) { t.Error(fault) },
				Notice:   func(notice string) { t.Log(notice) },
				Progress: func(importing.Progress) {},
			})
			close(done)
			buying.Wait()
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("\n%s", report)
			within(t, shownLimit, "the last imported book", func() bool {
				_, err := r.books.GetBook(t.Context(), &bookmarketv1.GetBookRequest{BookId: 1000 + importedBooks - 1})
				return err == nil
			})
			// Reader 7 of the file has rated the first book of it, which is the most popular one.
			resp, err := r.recommendations.Recommend(t.Context(), &bookmarketv1.RecommendRequest{UserId: 7, Category: "imported", MaxResults: 100})
			if err != nil || len(resp.GetRecommendations()) != 100 {
				t.Fatalf("reader 7 is recommended %d books, %v", len(resp.GetRecommendations()), err)
			}
			for _, recommended := range resp.GetRecommendations() {
				if recommended.GetBook().GetId() == 1000 {
					t.Error("reader 7 has rated book 1000 and is recommended it")
				}
			}
		})
	}
}

// buyUntil records events one after the other, each of which must be kept within a second.
func (r *running) buyUntil(t *testing.T, done <-chan struct{}) {
	t.Helper()
	bought, longest := 0, time.Duration(0)
	for book := int64(1); ; book++ {
		select {
		case <-done:
			if bought < 10 {
				t.Errorf("only %d events were kept during the import", bought)
			}
			t.Logf("%d events were kept during the import, the longest took %v", bought, longest)
			return
		default:
		}
		began := time.Now()
		if err := r.buy(t.Context(), 5_000_000_000, book); err != nil {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		bought, longest = bought+1, max(longest, time.Since(began))
		time.Sleep(5 * time.Millisecond)
	}
}

// importFiles writes a file of books, the first the most popular, and one of ratings, in which
// reader n has rated books 1000+n-7 and on.
func importFiles(t *testing.T) (books, ratings string) {
	t.Helper()
	var b, r strings.Builder
	b.WriteString("id,title,categories,ratings_count\n")
	for i := range importedBooks {
		fmt.Fprintf(&b, "%d,Imported %d,Imported,%d\n", 1000+i, i, importedBooks-i)
	}
	r.WriteString("user_id,book_id,rating\n")
	for i := range importedRatings {
		reader, nth := 7+i/20, i%20
		fmt.Fprintf(&r, "%d,%d,%d\n", reader, 1000+reader-7+nth, 1+i%5)
	}
	books, ratings = filepath.Join(t.TempDir(), "books.csv"), filepath.Join(t.TempDir(), "ratings.csv")
	for path, text := range map[string]string{books: b.String(), ratings: r.String()} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return books, ratings
}
