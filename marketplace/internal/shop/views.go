package shop

import (
	"context"
	"crypto/rand"
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
	viewsTries    = 60          // of one batch
)

// A ViewsResult is what became of views.
type ViewsResult string

// What becomes of views.
const (
	ViewsRecorded ViewsResult = "recorded"
	ViewsDropped  ViewsResult = "dropped" // too many waited, or the shop closed
	ViewsFailed   ViewsResult = "failed"  // a call failed; they are tried again
)

// Saw notes that a visitor looked at a book, without waiting for anything. Of somebody anonymous
// nothing is kept.
func (s *Shop) Saw(v Visitor, book int64) {
	if v.Reader == 0 {
		return
	}
	select {
	case s.views <- Event{ID: rand.Text(), Reader: v.Reader, Book: book, Kind: Viewed, At: time.Now()}:
	default:
		s.metrics.Views(ViewsDropped, 1)
	}
}

// recordViews records what waits, until ctx ends, and then what is left.
func (s *Shop) recordViews(ctx context.Context) {
	ticker := time.NewTicker(viewsInterval)
	defer ticker.Stop()
	var batch []Event
	var pause time.Time
	tries := 0
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			continue
		case <-ticker.C:
		}
		if time.Now().Before(pause) {
			continue
		}
		for batch = s.takeViews(batch); len(batch) > 0; batch = s.takeViews(nil) {
			if s.record(ctx, batch) {
				tries = 0
				continue
			}
			if tries++; tries == viewsTries { // it may be this batch, and others wait
				s.metrics.Views(ViewsDropped, len(batch))
				batch, tries = nil, 0
			}
			pause = time.Now().Add(viewsRetry)
			break
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), viewsLimit)
	defer cancel()
	for batch = s.takeViews(batch); len(batch) > 0; batch = s.takeViews(nil) {
		if !s.record(last, batch) {
			s.metrics.Views(ViewsDropped, len(batch)+len(s.views))
			return
		}
	}
}

// takeViews fills a batch from what waits.
func (s *Shop) takeViews(batch []Event) []Event {
	for len(batch) < viewsBatch {
		select {
		case view := <-s.views:
			batch = append(batch, view)
		default:
			return batch
		}
	}
	return batch
}

func (s *Shop) record(ctx context.Context, batch []Event) bool {
	ctx, cancel := context.WithTimeout(ctx, viewsLimit)
	defer cancel()
	if err := s.activity.Record(ctx, batch); err != nil {
		s.metrics.Views(ViewsFailed, len(batch))
		return false
	}
	s.metrics.Views(ViewsRecorded, len(batch))
	return true
}
