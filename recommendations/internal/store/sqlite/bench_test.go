package sqlite

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

func BenchmarkPutActivity(b *testing.B) {
	for _, order := range []string{"by reader", "random"} {
		for _, when := range []string{"timed", "untimed"} {
			b.Run(order+"/"+when, func(b *testing.B) {
				s := newStore(b)
				random := rand.New(rand.NewPCG(1, 2))
				const batch = 2000
				row := 0
				b.ResetTimer()
				for range b.N {
					events := make([]recommend.Activity, batch)
					for i := range events {
						row++
						user := int64(row/100 + 1)
						if order == "random" {
							user = random.Int64N(1_000_000) + 1
						}
						events[i] = recommend.Activity{EventID: fmt.Sprintf("rating:%d:%d", user, row), UserID: user, BookID: int64(row%10_000 + 1), Kind: recommend.Rating, Rating: 4}
						if when == "timed" {
							events[i].OccurredAt = time.UnixMicro(1_700_000_000_000_000 + random.Int64N(1_000_000_000_000)).UTC()
						}
					}
					if _, err := s.PutActivity(b.Context(), events); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N)*batch/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}

func BenchmarkPutBooks(b *testing.B) {
	s := newStore(b)
	const batch = 2000
	id := int64(0)
	for range b.N {
		books := make([]recommend.Book, batch)
		for i := range books {
			id++
			books[i] = recommend.Book{ID: id, Title: "The Left Hand of Darkness", Authors: []string{"Ursula K. Le Guin"}, Categories: []recommend.Category{recommend.NewCategory("Science Fiction"), recommend.NewCategory("Fantasy")}, Year: 1969, ISBN13: "9780441478125", Language: "en", AverageRating: 4.1, RatingsCount: 123456, Description: string(make([]byte, 0)) + fmt.Sprint(id)}
		}
		if _, err := s.PutBooks(b.Context(), books); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*batch/b.Elapsed().Seconds(), "books/s")
}

func BenchmarkRecordActivity(b *testing.B) {
	for _, clients := range []int{1, 64} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			s := newStore(b)
			b.SetParallelism((clients + 1) / 2)
			var n = make(chan int)
			go func() {
				for i := 0; ; i++ {
					select {
					case n <- i:
					case <-b.Context().Done():
						return
					}
				}
			}()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := <-n
					if _, err := s.RecordActivity(b.Context(), []recommend.Activity{view(fmt.Sprint("event-", i), int64(i%1000+1), 1)}); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
