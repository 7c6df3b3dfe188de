package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/internal/config"
	"bookmarket/recommendations/internal/store/postgres/postgrestest"
	"bookmarket/recommendations/internal/training"
)

const (
	// heardLimit is how soon every server counts what one of them was told.
	heardLimit = time.Second
	// learnedLimit is how soon a server has learned, which it does behind everything else that runs on
	// the machine.
	learnedLimit = time.Minute
	// servedLimit is how soon every server recommends by a model that somebody published.
	servedLimit = 5 * time.Second
)

// ana is a reader whom no file knows.
const ana = 1_000_001

// Two servers on one PostgreSQL are one shop: what a reader does at the one counts at the other,
// and whoever learns, both recommend by it.
func TestTwoServers(t *testing.T) {
	database := postgrestest.Start(t, postgrestest.Durable).NewDatabase(t)
	catalog, ratings := shopFiles(t)
	shop := func(interval time.Duration) func(*config.Config) {
		return func(cfg *config.Config) { cfg.Ratings, cfg.TrainInterval = ratings, interval }
	}
	idle := start(t, database, catalog, shop(0))
	idle.ready(t)
	learning := start(t, database, catalog, shop(time.Hour)) // it learns at once, and then not while this test runs
	learning.ready(t)

	rate := func(at *running, book int64) {
		t.Helper()
		if _, err := at.activity.RecordActivity(t.Context(), &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{
			{EventId: strconv.FormatInt(book, 10), UserId: ana, BookId: book, Kind: bookmarketv1.Activity_KIND_RATING, Rating: 5},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	rate(learning, 1)
	for name, server := range map[string]*running{"which learned": learning, "which did not learn": idle} {
		within(t, learnedLimit, "a learned model in the server "+name, func() bool { return server.model(t) == 1 })
	}
	before := idle.recommended(t) // from here on the history is in its memory
	for _, book := range before {
		if book%2 != 1 {
			t.Errorf("who likes odd books is recommended %d", book)
		}
	}

	rate(learning, before[0])
	within(t, heardLimit, "what the other server was told", func() bool { return !slices.Contains(idle.recommended(t), before[0]) })
	if after, there := idle.recommended(t), learning.recommended(t); !slices.Equal(after, there) {
		t.Errorf("after a rating the servers recommend %v and %v", after, there)
	}
	rate(idle, 2)
	within(t, heardLimit, "what the other server was told", func() bool {
		return slices.Equal(idle.recommended(t), learning.recommended(t))
	})

	// As the train command does, in a process of its own.
	st, err := openStore(database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // nothing is lost with it
	var said strings.Builder
	learner := training.NewLearner(st, nil, parallel.All(), slog.New(slog.DiscardHandler), time.Now)
	if err := train(t.Context(), learner, &said); err != nil || !strings.HasPrefix(said.String(), "model 2\n") {
		t.Fatalf("train says %q, %v", said.String(), err)
	}
	for _, server := range []*running{idle, learning} {
		within(t, servedLimit, "the model that train has learned", func() bool { return server.model(t) == 2 })
	}
}

// shopFiles writes books, and ratings of readers who like either odd or even ones.
func shopFiles(t *testing.T) (books, ratings string) {
	t.Helper()
	var b, r strings.Builder
	b.WriteString("id,title\n")
	for id := 1; id <= 100; id++ {
		fmt.Fprintf(&b, "%d,Book %d\n", id, id)
	}
	r.WriteString("user_id,book_id,rating\n")
	for reader := 1; reader <= 200; reader++ {
		for i := range 15 {
			fmt.Fprintf(&r, "%d,%d,5\n", reader, 1+(reader+2*(reader+i*i))%100)
		}
	}
	books, ratings = filepath.Join(t.TempDir(), "books.csv"), filepath.Join(t.TempDir(), "ratings.csv")
	for path, text := range map[string]string{books: b.String(), ratings: r.String()} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return books, ratings
}

// recommended returns the books that are recommended to ana.
func (r *running) recommended(t *testing.T) []int64 {
	t.Helper()
	var books []int64
	for _, recommended := range r.recommend(t, ana).GetRecommendations() {
		books = append(books, recommended.GetBook().GetId())
	}
	return books
}

// model is the version of the learned model that a server recommends by; 0: none.
func (r *running) model(t *testing.T) int {
	t.Helper()
	learned, _, _ := strings.Cut(r.recommend(t, 0).GetModelVersion(), "-")
	version, err := strconv.Atoi(learned)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func (r *running) recommend(t *testing.T, reader int64) *bookmarketv1.RecommendResponse {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	resp, err := r.recommendations.Recommend(ctx, &bookmarketv1.RecommendRequest{UserId: reader})
	if err != nil || len(resp.GetRecommendations()) != 10 {
		t.Fatalf("%d books are recommended: %v", len(resp.GetRecommendations()), err)
	}
	return resp
}
