package shop

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"time"
)

// Bounds of the views that wait to be recorded: a database that is away for some seconds loses
// nothing of a busy shop's, one that is away for long costs some hundred kilobytes.
const (
	maxViews      = 4096
	viewsBatch    = 500
	viewsInterval = 100 * time.Millisecond
	viewsLimit    = time.Second // of one call
	viewsRetry    = time.Second // after one that failed
	viewsTries    = 60          // of the first that wait
	maxGone       = 1024        // readers; more are not forgotten in the time of a page
)

// A ViewsResult is what became of views.
type ViewsResult string

// What becomes of views.
const (
	ViewsRecorded ViewsResult = "recorded"
	ViewsDropped  ViewsResult = "dropped" // too many waited, or they failed too often, or the shop closed
	ViewsFailed   ViewsResult = "failed"  // a call failed; they are tried again
)

// views are those that wait to be recorded, in the order in which they came.
type views struct {
	mu      sync.Mutex
	waiting []Event
	gone    []int64 // the readers who were forgotten last: a page of theirs may be on its way
	closed  bool

	// recording has the one who may take from waiting, so that nothing is recorded of a reader
	// while everything about them is removed.
	recording chan struct{}
	tries     int // of the one who records: how often the first were tried
}

func newViews() views { return views{recording: make(chan struct{}, 1)} }

// add lets a view wait, if there is room. One of a reader who was forgotten is nobody's.
func (v *views) add(view Event) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if slices.Contains(v.gone, view.Reader) {
		return true
	}
	if v.closed || len(v.waiting) >= maxViews {
		return false
	}
	v.waiting = append(v.waiting, view)
	return true
}

// first returns the first views that wait, which go on waiting.
func (v *views) first() []Event {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.waiting[:min(viewsBatch, len(v.waiting))])
}

// drop lets the first n views wait no more.
func (v *views) drop(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting = slices.Delete(v.waiting, 0, n)
}

// forget drops what waits of a reader, and what comes after it.
func (v *views) forget(reader int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting = slices.DeleteFunc(v.waiting, func(view Event) bool { return view.Reader == reader })
	if len(v.gone) == maxGone {
		v.gone = slices.Delete(v.gone, 0, 1)
	}
	v.gone = append(v.gone, reader)
}

// close lets no view wait any more, and returns how many did.
func (v *views) close() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := len(v.waiting)
	v.closed, v.waiting = true, nil
	return n
}

// take makes the caller the one who records, until release is called.
func (v *views) take(ctx context.Context) (release func(), err error) {
	select {
	case v.recording <- struct{}{}:
		return func() { <-v.recording }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Saw notes that a visitor looked at a book, without waiting for anything. Of somebody anonymous
// nothing is kept.
func (s *Shop) Saw(v Visitor, book int64) {
	if v.Reader == 0 {
		return
	}
	if !s.views.add(Event{ID: rand.Text(), Reader: v.Reader, Book: book, Kind: Viewed, At: time.Now()}) {
		s.metrics.Views(ViewsDropped, 1)
	}
}

// dropViews drops a reader's views of a book that wait, and lets none be recorded until resume is
// called.
func (s *Shop) dropViews(page context.Context, reader, book int64) (resume func(), err error) {
	resume, err = s.views.take(page)
	if err != nil {
		return nil, err
	}
	s.views.mu.Lock()
	defer s.views.mu.Unlock()
	s.views.waiting = slices.DeleteFunc(s.views.waiting, func(view Event) bool { return view.Reader == reader && view.Book == book })
	return resume, nil
}

// recordViews records what waits, until ctx ends, and then what is left.
func (s *Shop) recordViews(ctx context.Context) {
	ticker := time.NewTicker(viewsInterval)
	defer ticker.Stop()
	var pause time.Time
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case now := <-ticker.C:
			if !now.Before(pause) && !s.recordAll(ctx) {
				pause = time.Now().Add(viewsRetry)
			}
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), viewsLimit)
	defer cancel()
	s.recordAll(last)
	if left := s.views.close(); left > 0 {
		s.metrics.Views(ViewsDropped, left)
	}
}

// recordAll records what waits, and reports whether all of it was.
func (s *Shop) recordAll(ctx context.Context) bool {
	for {
		n, err := s.recordFirst(ctx)
		if n == 0 || err != nil {
			return err == nil
		}
	}
}

// recordFirst records the first views that wait, and returns how many it tried to.
func (s *Shop) recordFirst(ctx context.Context) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, viewsLimit)
	defer cancel()
	release, err := s.views.take(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	batch := s.views.first()
	if len(batch) == 0 {
		return 0, nil
	}
	if err = s.activity.Record(ctx, batch); err == nil {
		s.metrics.Views(ViewsRecorded, len(batch))
	} else {
		s.metrics.Views(ViewsFailed, len(batch))
		s.views.tries++
		if s.views.tries < viewsTries {
			return len(batch), err
		}
		s.metrics.Views(ViewsDropped, len(batch)) // it may be these, and others wait
	}
	s.views.tries = 0
	s.views.drop(len(batch))
	return len(batch), err
}
