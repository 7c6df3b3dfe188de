package training

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/memory"
)

const shopBooks = 60

// shop is a store in which readers like books of one genre each.
func shop(t *testing.T, readers int64) *memory.Store {
	t.Helper()
	st := memory.New()
	t.Cleanup(func() { st.Close() }) //nolint:errcheck // nothing is lost with it
	var books []recommend.Book
	for id := int64(1); id <= shopBooks; id++ {
		books = append(books, recommend.Book{ID: id, Title: fmt.Sprint(id), Categories: []recommend.Category{recommend.NewCategory(fmt.Sprint("Genre ", id%3))}})
	}
	if _, err := st.PutBooks(t.Context(), books); err != nil {
		t.Fatal(err)
	}
	for user := int64(1); user <= readers; user++ {
		likes(t, st, user, user%3, 10)
	}
	return st
}

// likes has a reader buy n books of a genre.
func likes(t *testing.T, st *memory.Store, user, genre int64, n int) {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(user), 1)) //nolint:gosec // users are above 0
	var events []recommend.Activity
	for i := range n {
		book := 1 + 3*random.Int64N(shopBooks/3) + (genre+2)%3
		events = append(events, recommend.Activity{EventID: fmt.Sprint(user, "-", i), UserID: user, BookID: book, Kind: recommend.Purchase, OccurredAt: noon})
	}
	if _, err := st.RecordActivity(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func learner(source Source, ratings Ratings) *Learner {
	return NewLearner(source, ratings, parallel.Workers{N: 2}, slog.New(slog.DiscardHandler), func() time.Time { return noon })
}

func quiet(int, int) {}

func learn(t *testing.T, l *Learner, version int64) *Description {
	t.Helper()
	got, d, err := l.Learn(t.Context(), quiet)
	if err != nil || got != version {
		t.Fatalf("got version %d, %v; want %d", got, err, version)
	}
	return d
}

// What was learned is recommended: books of a reader's genre, and for a reason.
func TestLearn(t *testing.T) {
	st := shop(t, 600)
	last, all := 0, 0
	_, d, err := learner(st, nil).Learn(t.Context(), func(done, of int) {
		if done < last || done > of || all != 0 && of != all {
			t.Errorf("after %d of %d came %d of %d", last, all, done, of)
		}
		last, all = done, of
	})
	if err != nil || last != all {
		t.Fatalf("ended at %d of %d, %v", last, all, err)
	}
	if d.Readers != 600 || d.Books != shopBooks || d.Quality == nil || d.Quality.NDCG < 2*d.Quality.Popular {
		t.Errorf("got %+v, quality %+v", d, d.Quality)
	}
	publisher := NewPublisher(st, slog.New(slog.DiscardHandler), func() time.Time { return noon })
	if err := publisher.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := st.History(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	readers := readersOf{5: recommend.NewHistory(events)}
	list, err := recommend.New(publisher.Model, readers, func(recommend.Source) {}).Recommend(t.Context(), recommend.Request{UserID: 5, N: 5})
	if err != nil || len(list.Recommendations) != 5 || !strings.HasPrefix(list.ModelVersion, "1-") {
		t.Fatalf("got %+v, %v", list, err)
	}
	for _, r := range list.Recommendations {
		if r.Book.ID%3 != 2 || r.Reason != recommend.ReasonBecauseYouLiked || len(r.Because) == 0 {
			t.Errorf("who likes genre 2 is recommended %d, because of %v", r.Book.ID, r.Because)
		}
	}
}

type readersOf map[int64]*recommend.History

func (r readersOf) History(_ context.Context, userID int64) (*recommend.History, error) {
	return r[userID], nil
}

func TestQualityInLogs(t *testing.T) {
	var log strings.Builder
	l := slog.New(slog.NewTextHandler(&log, nil))
	l.Info("x", "quality", &Quality{NDCG: 0.25, Recall: 0.5, Popular: 0.125, Coverage: 1})
	l.Info("x", "quality", (*Quality)(nil))
	for _, want := range []string{"quality.ndcg=0.25 quality.recall=0.5 quality.popular_ndcg=0.125 quality.coverage=1", `quality="too few readers to tell"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in %s", want, log.String())
		}
	}
}

// It learns again when there is something to learn, and not before.
func TestUpToDate(t *testing.T) {
	st := shop(t, 300)
	l := learner(st, nil)
	learn(t, l, 1)
	if _, _, err := l.Learn(t.Context(), quiet); !errors.Is(err, ErrUpToDate) {
		t.Errorf("got %v", err)
	}
	likes(t, st, 1000, 1, 5)
	learn(t, l, 2)
	if _, err := st.DeleteUser(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
	learn(t, l, 3) // without the reader who was erased
	if _, err := st.PutBooks(t.Context(), []recommend.Book{{ID: 1000, Title: "new"}}); err != nil {
		t.Fatal(err)
	}
	learn(t, l, 4)
	others := func([]*recommend.Book, func(recommend.Activity)) error { return nil }
	learn(t, learner(st, others), 5)
}

// Equal data give equal bytes, so that it can be told what a model was made of.
func TestSameModel(t *testing.T) {
	var first []byte
	for range 2 {
		st := shop(t, 300)
		learn(t, learner(st, nil), 1)
		model, err := st.LatestModel(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, model.Data) {
			t.Error("the same data gave another model")
		}
		first = model.Data
	}
}

// Ratings that came with the books count like readers of the shop.
func TestOtherRatings(t *testing.T) {
	st := shop(t, 10)
	d := learn(t, learner(st, func(_ []*recommend.Book, do func(recommend.Activity)) error {
		for reader := range int64(200) {
			for book := range int64(8) {
				do(recommend.Activity{UserID: reader + 1, BookID: 1 + 3*((reader+book)%20), Kind: recommend.Purchase})
			}
			do(recommend.Activity{UserID: reader + 1, BookID: 999, Kind: recommend.Purchase}) // which the shop does not have
		}
		return nil
	}), 1)
	if d.Readers != 210 || d.Quality == nil {
		t.Errorf("learned from %d readers, want 210", d.Readers)
	}
	broken := errors.New("broken")
	if _, _, err := learner(shop(t, 10), func([]*recommend.Book, func(recommend.Activity)) error { return broken }).Learn(t.Context(), quiet); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// A model that is worse by more than chance is not published.
func TestWorse(t *testing.T) {
	st := shop(t, 600)
	l := learner(st, nil)
	before := learn(t, l, 1)
	spoil(t, st)
	_, d, err := l.Learn(t.Context(), quiet)
	if !errors.Is(err, ErrWorse) || d.Quality.NDCG >= before.Quality.NDCG {
		t.Errorf("got %v, %+v", err, d)
	}
	if version, err := st.ModelVersion(t.Context()); version != 1 || err != nil {
		t.Errorf("model %d serves, %v", version, err)
	}
}

// spoil adds readers who like anything.
func spoil(t *testing.T, st *memory.Store) {
	t.Helper()
	for user := int64(2000); user < 4000; user++ {
		for genre := range int64(3) {
			likes(t, st, 3*user+genre, user, 1)
		}
		random := rand.New(rand.NewPCG(uint64(user), 2))
		var events []recommend.Activity
		for i := range 10 {
			events = append(events, recommend.Activity{EventID: fmt.Sprint(user, "-any-", i), UserID: user, BookID: 1 + random.Int64N(shopBooks), Kind: recommend.Purchase})
		}
		if _, err := st.RecordActivity(t.Context(), events); err != nil {
			t.Fatal(err)
		}
	}
}

// What was refused is not learned again, and a day later it is the best there is.
func TestWorseForADay(t *testing.T) {
	st := shop(t, 600)
	clock := noon
	l := NewLearner(st, nil, parallel.Workers{N: 2}, slog.New(slog.DiscardHandler), func() time.Time { return clock })
	learn(t, l, 1)
	spoil(t, st)
	if _, _, err := l.Learn(t.Context(), quiet); !errors.Is(err, ErrWorse) {
		t.Fatalf("got %v", err)
	}
	clock = clock.Add(23 * time.Hour)
	if _, _, err := l.Learn(t.Context(), quiet); !errors.Is(err, ErrUpToDate) {
		t.Errorf("what was refused is learned again: %v", err)
	}
	likes(t, st, 9000, 1, 5)
	if _, _, err := l.Learn(t.Context(), quiet); !errors.Is(err, ErrWorse) {
		t.Errorf("something new: %v", err)
	}
	clock = clock.Add(time.Hour)
	learn(t, l, 2)
}

// How much worse is worse depends on by how many readers it was measured.
func TestWorseThanChance(t *testing.T) {
	about := func(readers int, ndcg float64) *Description {
		return &Description{Algorithm: algorithm, Quality: &Quality{Readers: readers, NDCG: ndcg}}
	}
	other := about(10_000, 0.3)
	other.Algorithm = "another"
	for name, tt := range map[string]struct {
		before, d *Description
		want      bool
	}{
		"the first":                    {nil, about(10_000, 0.1), false},
		"less, by many readers":        {about(10_000, 0.3), about(10_000, 0.25), true},
		"a little less":                {about(10_000, 0.3), about(10_000, 0.28), false},
		"less, by few readers":         {about(50, 0.3), about(50, 0.22), false},
		"much less, by few readers":    {about(50, 0.3), about(50, 0.1), true},
		"more":                         {about(50, 0.3), about(50, 0.5), false},
		"than another algorithm's":     {other, about(10_000, 0.1), false},
		"than what was never measured": {&Description{Algorithm: algorithm}, about(10_000, 0.1), false},
		"too few readers to tell":      {about(50, 0.3), &Description{Algorithm: algorithm}, false},
	} {
		if got := worse(tt.before, tt.d); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestOneLearnerAtATime(t *testing.T) {
	st := shop(t, 300)
	lease, err := st.TrainingLease(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := learner(st, nil).Learn(t.Context(), quiet); !errors.Is(err, store.ErrTraining) {
		t.Errorf("got %v", err)
	}
	if err := lease.Release(); err != nil {
		t.Fatal(err)
	}
	learn(t, learner(st, nil), 1)
}

func TestLearningIsInterrupted(t *testing.T) {
	st := shop(t, 300)
	ctx, cancel := context.WithCancel(t.Context())
	_, _, err := learner(st, nil).Learn(ctx, func(done, _ int) {
		if done == 10 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if version, err := st.ModelVersion(t.Context()); version != 0 || err != nil {
		t.Errorf("half a model is kept as %d, %v", version, err)
	}
	learn(t, learner(st, nil), 1) // the lease is free again
}

// A shop with few readers has a model by what books are.
func TestFewReaders(t *testing.T) {
	d := learn(t, learner(shop(t, 2), nil), 1)
	if d.Quality != nil || d.Readers != 2 {
		t.Errorf("got %+v", d)
	}
	learn(t, learner(shop(t, 0), nil), 1)
}

// However it is damaged, a model is refused, and the one before serves on.
func TestDamagedModel(t *testing.T) {
	st := shop(t, 300)
	learn(t, learner(st, nil), 1)
	model, err := st.LatestModel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	source := &damaged{Store: st, model: model}
	publisher := NewPublisher(source, slog.New(slog.NewTextHandler(&log, nil)), func() time.Time { return noon })
	if err := publisher.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for n := int64(1); n <= 1000; n++ {
		data := []byte(string(model.Data))
		data[random.IntN(len(data))] ^= 1 << random.IntN(8)
		source.model = store.Model{Version: 1 + n, Data: data}
		if err := publisher.Update(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v := publisher.Model().Personal.Version(); v != 1 {
			t.Fatalf("damaged model %d serves", v)
		}
	}
	if n := strings.Count(log.String(), "cannot be used"); n != 1000 {
		t.Errorf("of 1000 damaged models %d were refused", n)
	}
	log.Reset()
	if err := publisher.Update(t.Context()); err != nil || strings.Contains(log.String(), "cannot be used") {
		t.Errorf("the same damage is told twice: %v, %s", err, log.String())
	}
	// The next one is better than a damaged one, whatever that was.
	source.model.Data = []byte("rubbish")
	if _, _, err := learner(source, nil).Learn(t.Context(), quiet); err != nil {
		t.Errorf("got %v", err)
	}
}

// damaged has a model that is not its own.
type damaged struct {
	*memory.Store

	model store.Model
}

func (d *damaged) ModelVersion(context.Context) (int64, error)      { return d.model.Version, nil }
func (d *damaged) LatestModel(context.Context) (store.Model, error) { return d.model, nil }

func (d *damaged) ModelBefore(ctx context.Context, version int64) (store.Model, error) {
	if d.model.Version < version {
		return d.model, nil
	}
	return d.Store.ModelBefore(ctx, version)
}

// put puts bytes that may be no model.
func put(t *testing.T, st *memory.Store, data []byte) {
	t.Helper()
	lease, err := st.TrainingLease(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lease.PutModel(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	if err := lease.Release(); err != nil {
		t.Fatal(err)
	}
}

// A service that starts serves the latest of the models that are kept that can be used.
func TestDamagedModelsAtTheStart(t *testing.T) {
	rubbish := []byte("rubbish")
	for damages := range 4 {
		st := shop(t, 300)
		good := int64(store.ModelsKept - damages)
		for n := range good {
			likes(t, st, 1000+n, 1, 5)
			learn(t, learner(st, nil), 1+n)
		}
		for range damages {
			put(t, st, rubbish)
		}
		var log strings.Builder
		publisher := NewPublisher(st, slog.New(slog.NewTextHandler(&log, nil)), func() time.Time { return noon })
		for range 2 { // and tells it once
			if err := publisher.Update(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if v := publisher.Model().Personal.Version(); v != good {
			t.Errorf("with %d damaged ones model %d serves, want %d", damages, v, good)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != damages {
			t.Errorf("%d damaged models are told as %d:\n%s", damages, n, log.String())
		}
		for version := good + 1; version <= store.ModelsKept; version++ {
			if !strings.Contains(log.String(), fmt.Sprintf("version=%d ", version)) {
				t.Errorf("the log does not name model %d:\n%s", version, log.String())
			}
		}
	}
}

// Who goes back goes past what cannot be used.
func TestRollBackPastADamagedModel(t *testing.T) {
	st := shop(t, 300)
	learn(t, learner(st, nil), 1)
	put(t, st, []byte("rubbish"))
	likes(t, st, 1000, 1, 5)
	l := learner(st, nil)
	learn(t, l, 3)
	if version, err := l.RollBack(t.Context()); version != 4 || err != nil {
		t.Errorf("rolled back to %d, %v", version, err)
	}
	if _, err := l.RollBack(t.Context()); !errors.Is(err, store.ErrNoModel) {
		t.Errorf("got %v", err)
	}
}

// Where there are no books there is nothing to learn, and no model of nothing.
func TestEmptyCatalogue(t *testing.T) {
	st := memory.New()
	t.Cleanup(func() { st.Close() }) //nolint:errcheck // nothing is lost with it
	likes(t, st, 1, 1, 5)
	if version, _, err := learner(st, nil).Learn(t.Context(), quiet); !errors.Is(err, recommend.ErrNoBooks) {
		t.Errorf("learned model %d, %v", version, err)
	}
	if version, err := st.ModelVersion(t.Context()); version != 0 || err != nil {
		t.Errorf("model %d of no book is published, %v", version, err)
	}
}

// After a rollback the model before serves again, until there is something new to learn, and
// another one goes one further back.
func TestRollBack(t *testing.T) {
	st := shop(t, 300)
	l := learner(st, nil)
	var readers []int
	for n := int64(1); n <= 3; n++ {
		likes(t, st, 1000+n, 1, 5)
		readers = append(readers, learn(t, l, n).Readers)
	}
	back := func(version int64, learnedFrom int) {
		t.Helper()
		if got, err := l.RollBack(t.Context()); got != version || err != nil {
			t.Fatalf("rolled back to %d, %v; want %d", got, err, version)
		}
		publisher := NewPublisher(st, slog.New(slog.DiscardHandler), func() time.Time { return noon })
		if err := publisher.Update(t.Context()); err != nil {
			t.Fatal(err)
		}
		latest := publisher.latest.Load()
		if v := latest.model.Personal.Version(); v != version || latest.about.Readers != learnedFrom {
			t.Errorf("model %d of %d readers serves, want %d of %d", v, latest.about.Readers, version, learnedFrom)
		}
	}
	back(4, readers[1])
	if _, _, err := l.Learn(t.Context(), quiet); !errors.Is(err, ErrUpToDate) {
		t.Errorf("what was withdrawn is learned again: %v", err)
	}
	back(5, readers[0])
	if _, err := l.RollBack(t.Context()); !errors.Is(err, store.ErrNoModel) {
		t.Errorf("there is nothing before the first model, got %v", err)
	}
	if latest, err := st.ModelVersion(t.Context()); latest != 5 || err != nil {
		t.Errorf("model %d is the latest, want 5, %v", latest, err)
	}
	likes(t, st, 2000, 1, 5)
	learn(t, l, 6)
}

func TestNothingToGoBackTo(t *testing.T) {
	st := shop(t, 300)
	l := learner(st, nil)
	for version := range int64(2) {
		if _, err := l.RollBack(t.Context()); !errors.Is(err, store.ErrNoModel) {
			t.Errorf("with %d models: %v", version, err)
		}
		if got, err := st.ModelVersion(t.Context()); got != version || err != nil {
			t.Errorf("model %d is the latest, want %d, %v", got, version, err)
		}
		if version == 0 {
			learn(t, l, 1)
		}
	}
}
