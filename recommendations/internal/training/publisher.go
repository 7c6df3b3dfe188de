// Package training learns from what is in the store, and makes the model that books are
// recommended by out of that and of what else is in the store, anew when it changes.
package training

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

const (
	// settle is how long a change of the catalogue waits for more of its kind: an import makes
	// one for each batch, and reading all books takes longer than writing a thousand.
	settle = 500 * time.Millisecond
	// trendInterval is how often trends are looked at anew.
	trendInterval = time.Minute
	// statsInterval is how often readers are counted anew, which looks at every event.
	statsInterval = 15 * time.Minute
	// loadTimeout ends a load that a lost database holds up.
	loadTimeout = 30 * time.Second
	// After a load that failed the next one comes soon, and then less and less soon.
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

// A Source is what a model is made of; every store is one.
type Source interface {
	Books(ctx context.Context) (books []recommend.Book, revision int64, err error)
	CatalogRevision(ctx context.Context) (int64, error)
	BookStats(ctx context.Context) (map[int64]recommend.BookStats, error)
	DailyReaders(ctx context.Context, since time.Time) ([]recommend.DailyReaders, error)
	store.Models
}

// A Publisher holds the latest model.
type Publisher struct {
	source  Source
	log     *slog.Logger
	now     func() time.Time
	changed chan struct{}

	latest  atomic.Pointer[published]
	stats   beside[map[int64]recommend.BookStats]
	daily   beside[[]recommend.DailyReaders]
	reading sync.WaitGroup // what is read beside
	learned learned
}

// published is what requests are answered from.
type published struct {
	catalog *catalog.Catalog
	stats   int // which of the publisher's the catalogue was made with
	model   *recommend.Model
	about   *Description // of what was learned; nil: nothing was
}

// differs reports whether p has other books, or was learned from other readers, than before. Their
// trends change every minute.
func (p *published) differs(before *published) bool {
	return p != nil && (before == nil || p.catalog != before.catalog || p.model.Personal != before.model.Personal)
}

// learned is the latest model that can be used.
type learned struct {
	looked int64 // the version that was looked at last, whether it can be used or not
	model  *recommend.Learned
	about  *Description
}

// NewPublisher returns a publisher that has no model yet. now is the clock.
func NewPublisher(source Source, log *slog.Logger, now func() time.Time) *Publisher {
	p := &Publisher{source: source, log: log, now: now, changed: make(chan struct{}, 1)}
	p.stats = beside[map[int64]recommend.BookStats]{what: "the readers of each book", publisher: p, read: source.BookStats}
	p.daily = beside[[]recommend.DailyReaders]{what: "the readers of each day", publisher: p, read: func(ctx context.Context) ([]recommend.DailyReaders, error) {
		return source.DailyReaders(ctx, now().UTC().Truncate(24*time.Hour).Add(-recommend.TrendWindow))
	}}
	return p
}

// Model returns the latest model, or nil before the first.
func (p *Publisher) Model() *recommend.Model {
	if latest := p.latest.Load(); latest != nil {
		return latest.model
	}
	return nil
}

// Catalog returns the books of the latest model, or nil before the first.
func (p *Publisher) Catalog() *catalog.Catalog {
	if latest := p.latest.Load(); latest != nil {
		return latest.catalog
	}
	return nil
}

// Changed asks for books and what was learned to be read anew soon.
func (p *Publisher) Changed() {
	select {
	case p.changed <- struct{}{}:
	default: // asked for already
	}
}

// Run makes models until ctx ends: when books change, when something was learned, when a day
// begins and when readers did more. Where it cannot, the latest model stays, and it tries again.
func (p *Publisher) Run(ctx context.Context) {
	defer p.reading.Wait()
	ticker := time.NewTicker(trendInterval)
	defer ticker.Stop()
	var again <-chan time.Time
	var pause time.Duration
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-again:
		case <-p.changed:
			wait(ctx, settle)
		}
		err := p.Update(ctx)
		again, pause = nil, min(max(2*pause, firstRetry), lastRetry)
		if err == nil {
			pause = 0
		} else {
			again = time.After(pause)
		}
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, recommend.ErrUnavailable):
			p.log.Warn("the model stays as it is", "error", err.Error())
		case err != nil:
			p.log.Error("the model stays as it is", "error", err.Error())
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Update makes a model of what the store holds now and publishes it. What takes long to count may
// be missing at first; [Publisher.Run] adds it.
func (p *Publisher) Update(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	before := p.latest.Load()
	err := p.train(limited, ctx)
	if p.latest.Load().differs(before) {
		debug.FreeOSMemory() // to read it took several times what it is, and is rare
	}
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: it was not read within %v", recommend.ErrUnavailable, loadTimeout)
	}
	return err
}

// train is Update within ctx. What is read beside it may go on until life ends.
func (p *Publisher) train(ctx, life context.Context) error {
	began := p.now()
	books, err := p.catalog(ctx, life)
	if err != nil {
		return err
	}
	if err := p.daily.update(ctx, life, true); err != nil {
		return err
	}
	personal, err := p.personal(ctx, books)
	if err != nil {
		return err
	}
	model := recommend.NewModel(books, personal, p.daily.value, began)
	before := p.latest.Swap(&published{books, p.stats.taken, model, p.learned.about})
	if before == nil || before.model.Version != model.Version {
		p.log.Info("new model", "version", model.Version, "books", books.Len(), "took", p.now().Sub(began).String())
	}
	return nil
}

// personal brings the latest model that was learned together with the books. One that is damaged
// is passed over for the one before.
func (p *Publisher) personal(ctx context.Context, books *catalog.Catalog) (*recommend.Personal, error) {
	version, err := p.source.ModelVersion(ctx)
	if err != nil {
		return nil, err
	}
	if version != p.learned.looked {
		if err := p.look(ctx, version); err != nil {
			return nil, err
		}
	}
	latest := p.latest.Load()
	switch {
	case p.learned.model == nil:
		return nil, nil //nolint:nilnil // nothing was learned yet
	case latest != nil && latest.catalog == books && latest.model.Personal.Version() == p.learned.model.Version:
		return latest.model.Personal, nil
	default:
		return recommend.NewPersonal(books, p.learned.model)
	}
}

// look reads the latest model that can be used, where version is that of the latest. Where none of
// those that are kept can be, what serves goes on to do so.
func (p *Publisher) look(ctx context.Context, version int64) error {
	latest, err := usableBefore(ctx, p.source, math.MaxInt64, p.log)
	switch {
	case errors.Is(err, store.ErrNoModel) && version == 0:
		p.learned = learned{}
	case errors.Is(err, store.ErrNoModel):
		p.learned.looked = version
	case err != nil:
		return err
	default:
		p.learned = learned{version, &recommend.Learned{Version: latest.version, Snapshot: latest.snapshot}, latest.about}
	}
	return nil
}

// catalog returns the latest books: those of the latest model where neither they nor the counts of
// their readers have changed.
func (p *Publisher) catalog(ctx, life context.Context) (*catalog.Catalog, error) {
	revision, err := p.source.CatalogRevision(ctx)
	if err != nil {
		return nil, err
	}
	latest := p.latest.Load()
	same := latest != nil && latest.catalog.Revision() == revision
	if err := p.stats.update(ctx, life, !same || p.now().Sub(p.stats.began) >= statsInterval); err != nil {
		return nil, err
	}
	if same && latest.stats == p.stats.taken {
		return latest.catalog, nil
	}
	books, revision, err := p.source.Books(ctx)
	if err != nil {
		return nil, err
	}
	return catalog.New(books, p.stats.value, revision), nil
}
