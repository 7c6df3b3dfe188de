package training

import (
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/engine/snapshot"
	"bookmarket/recommendations/engine/tune"
	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/memory"
)

// BenchmarkLearn learns as a service does that has just been filled with the bundled catalogue.
func BenchmarkLearn(b *testing.B) {
	books, err := bundled.Books()
	if err != nil {
		b.Fatal(err)
	}
	ratings := func(_ []*recommend.Book, do func(recommend.Activity)) error {
		all, err := bundled.Ratings()
		if err != nil {
			return err
		}
		for r := range all {
			do(recommend.Activity{UserID: int64(r.Reader), BookID: r.BookID, Kind: recommend.Rating, Rating: int(r.Rating)})
		}
		return nil
	}
	for _, workers := range []parallel.Workers{Background(), parallel.All()} {
		b.Run(fmt.Sprintf("workers=%d", workers.N), func(b *testing.B) {
			for b.Loop() {
				st := memory.New()
				if _, err := st.PutBooks(b.Context(), books); err != nil {
					b.Fatal(err)
				}
				_, d, err := NewLearner(st, ratings, workers, slog.New(slog.DiscardHandler), time.Now).Learn(b.Context(), quiet)
				if err != nil {
					b.Fatal(err)
				}
				model, err := st.LatestModel(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(d.Quality.NDCG, "ndcg")
				b.ReportMetric(float64(len(model.Data))/1e6, "MB")
			}
		})
	}
}

// BenchmarkChooseAndFit learns from readers who were made up: of books as unequally read as those
// of goodbooks-10k are by their counts, in genres that a reader has a few of.
func BenchmarkChooseAndFit(b *testing.B) {
	for _, size := range []struct{ books, readers, ratings int }{
		{10_000, 50_000, 1_000_000},
		{25_000, 100_000, 3_000_000},
		{100_000, 200_000, 10_000_000},
	} {
		b.Run(fmt.Sprintf("books=%d", size.books), func(b *testing.B) {
			data := linear.Data{Readers: madeUp(size.books, size.readers, size.ratings)}
			workers := parallel.All()
			for b.Loop() {
				began := time.Now()
				chosen, err := tune.Linear(b.Context(), data, tune.Options{
					Seed: seed, Workers: workers, Progress: quiet,
					More: func() bool { return time.Since(began) < chooseFor },
				})
				if err != nil {
					b.Fatal(err)
				}
				fit := time.Now()
				regressions, err := linear.Fit(b.Context(), data, chosen.Params, linear.Options{Workers: workers, Progress: quiet})
				if err != nil {
					b.Fatal(err)
				}
				s := snapshot.Snapshot{Items: make([]int64, size.books)}
				for i := range s.Items {
					s.Items[i] = int64(i)
				}
				s.Weights, s.Prior = regressions.Model(chosen.Scaling)
				b.ReportMetric(time.Since(fit).Seconds(), "fit-s")
				b.ReportMetric(float64(len(s.Encode()))/1e6, "MB")
				b.ReportMetric(chosen.Quality.NDCG, "ndcg")
				b.ReportMetric(chosen.Popular.NDCG, "popular-ndcg")
			}
			b.ReportMetric(float64(peakMemory(b))/1e6, "peak-MB")
		})
	}
}

// madeUp returns readers whose books are of three genres each, the more popular ones more often.
func madeUp(books, readers, ratings int) *matrix.Sparse {
	const genres = 100
	random := rand.New(rand.NewPCG(1, 2))
	m := &matrix.Sparse{Columns: books, Start: make([]int, 1, readers+1), Column: make([]int32, 0, ratings)}
	mean := float64(ratings) / float64(readers)
	var row []int32
	for range readers {
		row = row[:0]
		favourites := [3]int{random.IntN(genres), random.IntN(genres), random.IntN(genres)}
		for range int(1 + random.ExpFloat64()*mean) { // most know few books, some very many
			genre := favourites[random.IntN(3)]
			if random.IntN(5) == 0 {
				genre = random.IntN(genres)
			}
			rank := int(float64(books/genres) * math.Pow(random.Float64(), 2.5))
			row = append(row, int32(rank*genres+genre)) //nolint:gosec // below books
		}
		slices.Sort(row)
		m.Column = append(m.Column, slices.Compact(row)...)
		m.Start = append(m.Start, len(m.Column))
	}
	return m
}
