package recommend_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store/memory"
	"bookmarket/recommendations/internal/training"
)

// A reader is the only one there is.
type reader struct{ history *recommend.History }

func (r reader) History(context.Context, int64) (*recommend.History, error) { return r.history, nil }

// liked returns a reader who liked 50 of the 2,000 most popular books.
func liked(t testing.TB, books *catalog.Catalog) reader {
	t.Helper()
	popular, err := books.Popular("")
	if err != nil {
		t.Fatal(err)
	}
	var events []recommend.Activity
	for i := range 50 {
		events = append(events, recommend.Activity{UserID: 1, BookID: popular[40*i].ID, Kind: recommend.Rating, Rating: 5})
	}
	return reader{recommend.NewHistory(events)}
}

// learnedModel learns from the bundled books and ratings, as a service does that starts on an
// empty disk.
func learnedModel(b *testing.B) *recommend.Model {
	b.Helper()
	books, err := bundled.Books()
	if err != nil {
		b.Fatal(err)
	}
	ratings, err := bundled.Ratings()
	if err != nil {
		b.Fatal(err)
	}
	st, log := memory.New(), slog.New(slog.DiscardHandler)
	if _, err := st.PutBooks(b.Context(), books); err != nil {
		b.Fatal(err)
	}
	all := func(_ []*recommend.Book, do func(recommend.Activity)) error {
		for r := range ratings {
			do(recommend.Activity{UserID: int64(r.Reader), BookID: r.BookID, Kind: recommend.Rating, Rating: int(r.Rating)})
		}
		return nil
	}
	learner := training.NewLearner(st, all, parallel.All(), log, time.Now)
	if _, _, err := learner.Learn(b.Context(), func(int, int) {}); err != nil {
		b.Fatal(err)
	}
	publisher := training.NewPublisher(st, log, time.Now)
	if err := publisher.Update(b.Context()); err != nil {
		b.Fatal(err)
	}
	return publisher.Model()
}

// BenchmarkRecommend answers a reader who liked 50 of the 10,000 bundled books. It reports how
// long the middle call and the slowest in a hundred took.
func BenchmarkRecommend(b *testing.B) {
	model := learnedModel(b)
	r := recommend.New(func() *recommend.Model { return model }, liked(b, model.Catalog.(*catalog.Catalog)), func(recommend.Source) {})
	for _, category := range []string{"", "fantasy"} {
		b.Run("category="+cmp.Or(category, "all"), func(b *testing.B) {
			request := recommend.Request{UserID: 1, Category: category, N: 10, Diversity: recommend.DefaultDiversity}
			var took []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				list, err := r.Recommend(b.Context(), request)
				took = append(took, time.Since(began))
				if err != nil || len(list.Recommendations) != request.N || len(list.Recommendations[0].Because) == 0 {
					b.Fatalf("got %v, %v", list, err)
				}
			}
			slices.Sort(took)
			for _, percent := range []int{50, 99} {
				at := took[len(took)*percent/100]
				b.ReportMetric(float64(at)/float64(time.Microsecond), fmt.Sprintf("p%d-µs", percent))
			}
		})
	}
}
