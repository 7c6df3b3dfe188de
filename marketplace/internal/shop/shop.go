// Package shop decides what visitors see. It knows nothing of HTTP, pages or gRPC: what it
// needs of them it declares here.
package shop

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// How long a page waits: pageLimit for all that it shows, which leaves 20 ms of its budget of 350
// to the page itself, and callLimit for one answer, long enough for a healthy service by a
// hundredfold. What is no page waits bulkLimit for one answer.
const (
	pageLimit = 330 * time.Millisecond
	callLimit = 250 * time.Millisecond
	bulkLimit = 2 * time.Second
)

// Options are what a shop is made of.
type Options struct {
	Catalog     Catalog
	Recommender Recommender
	Activity    Activity
	Log         *slog.Logger
	Metrics     Metrics
}

// Metrics are what operators are told.
type Metrics interface {
	Shelf(source Source)             // a shelf was shown
	Views(result ViewsResult, n int) // what became of views
}

// A Shop answers with what pages show, and remembers what it can show when nobody answers. It
// may be used concurrently. Its methods return within the time of a page, but for [Shop.Run]
// and those that say otherwise.
type Shop struct {
	catalog     Catalog
	recommender Recommender
	activity    Activity
	log         *slog.Logger
	metrics     Metrics

	memory memory
	views  views
	warned atomic.Int64 // when, in Unix nanoseconds
}

// New returns a shop. It keeps up with the catalogue while [Shop.Run] runs.
func New(o Options) *Shop {
	return &Shop{
		catalog:     o.Catalog,
		recommender: o.Recommender,
		activity:    o.Activity,
		log:         o.Log,
		metrics:     o.Metrics,
		memory:      newMemory(),
		views:       newViews(),
	}
}

// Run keeps up with the catalogue and records what readers look at, until ctx ends; then it
// records what is left, which takes a second at most.
func (s *Shop) Run(ctx context.Context) {
	var running sync.WaitGroup
	running.Go(func() { keep(ctx, followInterval, s.learnCategories) })
	running.Go(func() { keep(ctx, popularInterval, s.learnPopular) })
	running.Go(func() { s.recordViews(ctx) })
	running.Wait()
}

// Await returns when there is something to show should recommendations be lost, or else when ctx
// ends. It takes [Shop.Run].
func (s *Shop) Await(ctx context.Context) {
	select {
	case <-s.memory.ready:
	case <-ctx.Done():
	}
}

// warnInterval keeps a shop that is busy while it has no recommendations from writing a line for
// each page.
const warnInterval = 10 * time.Second

// warn says that a page lacks something, unless that was said just now. A visitor who has gone
// is the reason for every error, and no fault of anybody's.
func (s *Shop) warn(visit context.Context, page string, err error) {
	now, last := time.Now().UnixNano(), s.warned.Load()
	if err == nil || visit.Err() != nil || now-last < int64(warnInterval) || !s.warned.CompareAndSwap(last, now) {
		return
	}
	s.log.WarnContext(visit, "a page is not whole", "page", page, "error", err.Error())
}

// count counts shelves, unless the visitor has gone: nobody sees them.
func (s *Shop) count(visit context.Context, shelves ...Shelf) {
	if visit.Err() != nil {
		return
	}
	for _, shelf := range shelves {
		s.metrics.Shelf(shelf.Source)
	}
}

// begin returns the context of a page's calls.
func begin(visit context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(visit, pageLimit)
}
