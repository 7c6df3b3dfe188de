package sqlite

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/storetest"
)

const benchBatch = 2000 // rows, as an import's

func BenchmarkPutActivity(b *testing.B) {
	for _, bench := range []struct {
		name          string
		random, timed bool
	}{
		{"by reader", false, false},
		{"by reader with times", false, true},
		{"in any order", true, false},
		{"in any order with times", true, true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := newStore(b)
			random := rand.New(rand.NewPCG(1, 2))
			for batch := range b.N {
				events := make([]recommend.Activity, benchBatch)
				for i := range events {
					row := batch*benchBatch + i
					user := int64(row/100 + 1)
					if bench.random {
						user = random.Int64N(1_000_000) + 1
					}
					events[i] = recommend.Activity{
						EventID: fmt.Sprintf("rating:%d:%d", user, row), UserID: user, BookID: int64(row%10_000 + 1),
						Kind: recommend.Rating, Rating: 4,
					}
					if bench.timed {
						events[i].OccurredAt = time.UnixMicro(1_700_000_000_000_000 + random.Int64N(1_000_000_000_000)).UTC()
					}
				}
				if _, err := s.PutActivity(b.Context(), events); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*benchBatch/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkPutBooks(b *testing.B) {
	s := newStore(b)
	for batch := range b.N {
		books := make([]recommend.Book, benchBatch)
		for i := range books {
			books[i] = recommend.Book{
				ID: int64(batch*benchBatch + i + 1), Title: "The Left Hand of Darkness", Authors: []string{"Ursula K. Le Guin"},
				Categories: []recommend.Category{recommend.NewCategory("Science Fiction"), recommend.NewCategory("Fantasy")},
				Year:       1969, ISBN13: "9780441478125", Language: "en", AverageRating: 4.1, RatingsCount: 123456,
			}
		}
		if _, err := s.PutBooks(b.Context(), books); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*benchBatch/b.Elapsed().Seconds(), "books/s")
}

// Events recorded one by one, by callers that wait for each: many share a sync.
func BenchmarkRecordActivity(b *testing.B) {
	for _, callers := range []int{2, 64} {
		b.Run(strconv.Itoa(callers), func(b *testing.B) {
			s := newStore(b)
			var events atomic.Int64
			b.SetParallelism(callers / 2)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := events.Add(1)
					if _, err := s.RecordActivity(b.Context(), []recommend.Activity{view(fmt.Sprint("event-", n), n%1000+1, 1)}); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// What is read of all that a million ratings say.
func BenchmarkBookStats(b *testing.B) {
	s := newStore(b)
	const rows = 1_000_000
	for row := 0; row < rows; {
		events := make([]recommend.Activity, benchBatch)
		for i := range events {
			row++
			events[i] = recommend.Activity{
				EventID: fmt.Sprint("rating-", row), UserID: int64(row/100 + 1), BookID: int64(row%10_000 + 1),
				Kind: recommend.Rating, Rating: 4,
			}
		}
		if _, err := s.PutActivity(b.Context(), events); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := s.BookStats(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}

// A model of 64 MiB is read into one copy of it.
func BenchmarkLatestModel(b *testing.B) {
	s := newStore(b)
	lease, err := s.TrainingLease(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	data := storetest.SomeModel(64 << 20)
	if _, err := lease.PutModel(b.Context(), data); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.LatestModel(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// All that readers did, as training reads it.
func BenchmarkInteractions(b *testing.B) {
	s := newStore(b)
	const rows = 500_000
	for row := 0; row < rows; {
		events := make([]recommend.Activity, benchBatch)
		for i := range events {
			row++
			events[i] = recommend.Activity{
				EventID: fmt.Sprint("rating-", row), UserID: int64(row/100 + 1), BookID: int64(row%10_000 + 1),
				Kind: recommend.Rating, Rating: 4,
			}
		}
		if _, err := s.PutActivity(b.Context(), events); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Interactions(b.Context(), func(recommend.Activity) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}
