package training

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"math"
	"runtime/debug"
	"slices"
	"time"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/parallel"
	"bookmarket/recommendations/engine/snapshot"
	"bookmarket/recommendations/engine/tune"
	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// algorithm names what models are learned by: another one makes every model out of date.
const algorithm = "local ridge 2"

const (
	seed = 1
	// chooseFor is how long the choice of hyper-parameters goes on before the last fit.
	chooseFor = 2 * time.Minute
	// worseBy is by how much of its NDCG a model may be worse than the one that serves.
	worseBy = 0.1
	// keepBetter is for how long such a model keeps others away: time for somebody to look at half
	// an import, and no more, because a shop that grows is harder to foresee, and readers who were
	// erased must leave the model.
	keepBetter = 24 * time.Hour
)

// A Learner learns models from what is in a store and publishes them there.
type Learner struct {
	source  Source
	ratings Ratings // nil: none
	log     *slog.Logger
	now     func() time.Time
	workers parallel.Workers

	refused string // a digest of what the last model was learned from that was worse
}

// NewLearner returns a learner. ratings are learned from beside what readers of the shop did, or
// nil. now is the clock.
func NewLearner(source Source, ratings Ratings, workers parallel.Workers, log *slog.Logger, now func() time.Time) *Learner {
	return &Learner{source: source, ratings: ratings, log: log, now: now, workers: workers}
}

// Why no model was published.
var (
	// ErrUpToDate is that there is nothing to learn from that was not learned from already.
	ErrUpToDate = errors.New("a model was learned from the same data")
	// ErrWorse is that the latest model is better.
	ErrWorse = errors.New("the new model is worse than the latest one")
)

// Learn learns a model, and publishes it if it is not worse than the latest. It returns
// [ErrUpToDate], [ErrWorse], [recommend.ErrNoBooks] or [store.ErrTraining] where the latest stays
// for a reason, beside what is known of a worse one. progress is told how far it is.
func (l *Learner) Learn(ctx context.Context, progress func(done, all int)) (version int64, d *Description, err error) {
	lease, err := l.source.TrainingLease(ctx)
	if err != nil {
		return 0, nil, err
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	before, err := l.latest(ctx)
	if err != nil {
		return 0, nil, err
	}
	books, data, err := l.books(ctx)
	if err != nil {
		return 0, nil, err
	}
	if len(books) == 0 {
		return 0, nil, recommend.ErrNoBooks
	}
	keeps := before != nil && l.now().Sub(before.TrainedAt) < keepBetter
	if before != nil && before.Algorithm == algorithm && before.Data == data || keeps && data == l.refused {
		return 0, nil, ErrUpToDate
	}
	snap, d, err := l.learn(ctx, books, progress)
	if err != nil {
		return 0, nil, err
	}
	d.Data = data
	if snap.Description, err = json.Marshal(d); err != nil {
		return 0, nil, err
	}
	if keeps && worse(before, d) {
		l.refused = data
		return 0, d, ErrWorse
	}
	version, err = lease.PutModel(ctx, snap.Encode())
	return version, d, err
}

// worse reports whether a model is worse than the one before by more than chance and a change of
// the data explain. Each was measured on what was held out from itself: the one before knows
// what is held out from this one.
func worse(before, d *Description) bool {
	return before != nil && before.Quality != nil && d.Quality != nil && before.Algorithm == d.Algorithm &&
		d.Quality.NDCG < (1-worseBy)*before.Quality.NDCG-chance(before.Quality, d.Quality)
}

// chance is by how much two measurements of one model may well differ: the standard deviation is
// no greater. What lies between 0 and 1 with mean p has a variance of p·(1−p) at most, and a few
// lucky readers must not keep all later models away.
func chance(a, b *Quality) float64 {
	variance := func(q *Quality) float64 { return q.NDCG * (1 - q.NDCG) / float64(q.Readers) }
	return math.Sqrt(variance(a) + variance(b))
}

// latest describes the latest model: nil where there is none that can be used.
func (l *Learner) latest(ctx context.Context) (*Description, error) {
	model, err := l.source.LatestModel(ctx)
	if errors.Is(err, store.ErrNoModel) {
		return nil, nil //nolint:nilnil // nothing is an answer
	}
	if err != nil {
		return nil, err
	}
	_, d, err := decode(model.Data)
	if err != nil {
		l.log.Error("the latest model cannot be used", "version", model.Version, "error", err.Error())
		return nil, nil //nolint:nilnil // it is replaced
	}
	return d, nil
}

// books returns the books, the most popular first, and a digest of them and of what readers did
// with them.
func (l *Learner) books(ctx context.Context) ([]*recommend.Book, string, error) {
	stats, err := l.source.BookStats(ctx)
	if err != nil {
		return nil, "", err
	}
	books, revision, err := l.source.Books(ctx)
	if err != nil {
		return nil, "", err
	}
	hash := fnv.New64a()
	fmt.Fprintln(hash, revision, l.ratings != nil)
	for _, id := range slices.Sorted(maps.Keys(stats)) {
		fmt.Fprintln(hash, id, stats[id])
	}
	ranked, err := catalog.New(books, stats, revision).Popular("")
	return ranked, fmt.Sprintf("%016x", hash.Sum64()), err
}

func (l *Learner) learn(ctx context.Context, books []*recommend.Book, progress func(done, all int)) (*snapshot.Snapshot, *Description, error) {
	began := l.now()
	c, err := newCorpus(ctx, books, l.source, l.ratings)
	if err != nil {
		return nil, nil, err
	}
	data := linear.Data{Readers: c.readers, Groups: c.groups}
	chosen, err := tune.Linear(ctx, data, tune.Options{
		Seed:     seed,
		Workers:  l.workers,
		More:     func() bool { return l.now().Sub(began) < chooseFor },
		Progress: func(done, items int) { progress(done, 2*items) },
	})
	if err != nil {
		return nil, nil, err
	}
	regressions, err := linear.Fit(ctx, data, chosen.Params, linear.Options{
		Workers:  l.workers,
		Progress: func(done, items int) { progress(items+done, 2*items) },
	})
	if err != nil {
		return nil, nil, err
	}
	snap := &snapshot.Snapshot{Items: c.ids}
	snap.Weights, snap.Prior = regressions.Model(chosen.Scaling)
	d := &Description{
		Algorithm: algorithm, TrainedAt: began.UTC(), Seconds: l.now().Sub(began).Seconds(),
		Books: len(books), Readers: c.readers.Rows(), Likes: len(c.readers.Column),
		Choice: chosen.Choice,
	}
	if chosen.Readers > 0 {
		d.Quality = &Quality{chosen.Readers, chosen.Quality.Recall, chosen.Quality.NDCG, chosen.Popular.NDCG, chosen.Coverage}
	}
	return snap, d, nil
}

// Run learns at once and then at every interval, until ctx ends. Where the store cannot be
// reached, or another process is at it, the next interval is soon enough. It works as its workers
// do, and is for a goroutine of its own.
func (l *Learner) Run(ctx context.Context, interval time.Duration) {
	if l.workers.Begin != nil {
		l.workers.Begin() // for what is not shared among them
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		version, d, err := l.Learn(ctx, func(int, int) {})
		if d != nil {
			debug.FreeOSMemory() // learning takes several times what serving does, and is rare
		}
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrUpToDate), errors.Is(err, store.ErrTraining), errors.Is(err, recommend.ErrNoBooks):
			l.log.Debug("no new model", "reason", err.Error())
		case errors.Is(err, ErrWorse):
			l.log.Warn("no new model", "reason", err.Error(), "ndcg", d.Quality.NDCG)
		case err != nil:
			l.log.Warn("no new model", "error", err.Error())
		default:
			l.log.Info("learned a model", "version", version, "readers", d.Readers, "likes", d.Likes, "took", d.Seconds, "quality", d.Quality)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
