// Package training makes the model that books are recommended by out of what is in the store,
// and makes it anew when that changes.
package training

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/recommend"
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
)

// A Source is what a model is made of; every store is one.
type Source interface {
	Books(ctx context.Context) (books []recommend.Book, revision int64, err error)
	CatalogRevision(ctx context.Context) (int64, error)
	BookStats(ctx context.Context) (map[int64]recommend.BookStats, error)
	DailyReaders(ctx context.Context, since time.Time) ([]recommend.DailyReaders, error)
}

// A Trainer holds the latest model.
type Trainer struct {
	source  Source
	log     *slog.Logger
	now     func() time.Time
	changed chan struct{}

	latest  atomic.Pointer[published]
	counted time.Time // when readers were counted last
}

// published is what requests are answered from.
type published struct {
	catalog *catalog.Catalog
	model   *recommend.Model
}

// New returns a trainer that has no model yet. now is the clock.
func New(source Source, log *slog.Logger, now func() time.Time) *Trainer {
	return &Trainer{source: source, log: log, now: now, changed: make(chan struct{}, 1)}
}

// Model returns the latest model, or nil before the first.
func (t *Trainer) Model() *recommend.Model {
	if latest := t.latest.Load(); latest != nil {
		return latest.model
	}
	return nil
}

// Catalog returns the books of the latest model, or nil before the first.
func (t *Trainer) Catalog() *catalog.Catalog {
	if latest := t.latest.Load(); latest != nil {
		return latest.catalog
	}
	return nil
}

// CatalogChanged asks for the books to be read anew soon.
func (t *Trainer) CatalogChanged() {
	select {
	case t.changed <- struct{}{}:
	default: // asked for already
	}
}

// Run makes models until ctx ends: when books change, when a day begins and when readers did
// more. Where it cannot, the latest model stays.
func (t *Trainer) Run(ctx context.Context) {
	ticker := time.NewTicker(trendInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-t.changed:
			wait(ctx, settle)
		}
		err := t.Train(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, recommend.ErrUnavailable):
			t.log.Warn("the model stays as it is", "error", err.Error())
		case err != nil:
			t.log.Error("the model stays as it is", "error", err.Error())
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Train makes a model of what the store holds now and publishes it.
func (t *Trainer) Train(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	err := t.train(limited)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: it was not read within %v", recommend.ErrUnavailable, loadTimeout)
	}
	return err
}

func (t *Trainer) train(ctx context.Context) error {
	began := t.now()
	books, err := t.catalog(ctx)
	if err != nil {
		return err
	}
	daily, err := t.source.DailyReaders(ctx, began.UTC().Truncate(24*time.Hour).Add(-recommend.TrendWindow))
	if err != nil {
		return err
	}
	model := recommend.NewModel(books, daily, began)
	before := t.latest.Swap(&published{books, model})
	if before == nil || before.model.Version != model.Version {
		t.log.Info("new model", "version", model.Version, "books", books.Len(), "took", t.now().Sub(began).String())
	}
	return nil
}

// catalog returns the latest books: those of the latest model where neither they nor the time
// to count their readers has come.
func (t *Trainer) catalog(ctx context.Context) (*catalog.Catalog, error) {
	revision, err := t.source.CatalogRevision(ctx)
	if err != nil {
		return nil, err
	}
	now := t.now()
	if latest := t.Catalog(); latest != nil && latest.Revision() == revision && now.Sub(t.counted) < statsInterval {
		return latest, nil
	}
	stats, err := t.source.BookStats(ctx)
	if err != nil {
		return nil, err
	}
	books, revision, err := t.source.Books(ctx)
	if err != nil {
		return nil, err
	}
	t.counted = now
	return catalog.New(books, stats, revision), nil
}
