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
// hundredfold.
const (
	pageLimit = 330 * time.Millisecond
	callLimit = 250 * time.Millisecond
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
	views  chan Event
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
		views:       make(chan Event, maxViews),
	}
}

// Run keeps up with the catalogue and records what readers look at, until ctx ends; then it
// records what is left, which takes a second at most.
func (s *Shop) Run(ctx context.Context) {
	var running sync.WaitGroup
	running.Go(func() { s.follow(ctx) })
	running.Go(func() { s.recordViews(ctx) })
	running.Wait()
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

// ask calls with the time that a page waits for one answer.
func ask[T any](page context.Context, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(page, callLimit)
	defer cancel()
	return call(ctx)
}

// begin returns the context of a page's calls.
func begin(visit context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(visit, pageLimit)
}
