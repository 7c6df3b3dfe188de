package shop

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// running runs a shop until stop is called, which returns how long it took to stop.
func running(t *testing.T, s *Shop) (stop func() time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	return func() time.Duration {
		return timed(func() { cancel(); <-done })
	}
}

// recorded returns the books of the events that are kept, in the order in which they came.
func (w *world) recorded() []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	books := ids(w.events, func(e Event) *Book { return &Book{ID: e.Book} })
	slices.Reverse(books)
	return books
}

func upTo(n int64) []int64 {
	var list []int64
	for i := range n {
		list = append(list, i+1)
	}
	return list
}

func see(s *Shop, from, to int64) {
	for book := from; book <= to; book++ {
		s.Saw(Visitor{Reader: reader}, book)
	}
}

func TestViews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		stop := running(t, s)
		w.breaks(takes("Record", 10*time.Millisecond))
		if took := timed(func() { see(s, 1, 1200) }); took != 0 {
			t.Errorf("views slow the page by %v", took)
		}
		s.Saw(Visitor{Recent: []int64{7}}, 7) // nobody's
		pass(200 * time.Millisecond)
		equal(t, "recorded", w.recorded(), upTo(1200))
		equal(t, "calls", w.asked("Record"), 3)
		equal(t, "counted", w.views(), map[ViewsResult]int{ViewsRecorded: 1200})
		first := w.kept()[len(w.kept())-1]
		if first.ID == "" || first.Reader != reader || first.Kind != Viewed || first.At.IsZero() {
			t.Errorf("a view is %+v", first)
		}
		if took := stop(); took != 0 {
			t.Errorf("with nothing to record, stopping took %v", took)
		}
	})
}

// While nobody records, so many wait and no more; they are tried again as they are.
func TestViewsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		stop := running(t, s)
		w.breaks(only(errDown, "Record"))
		see(s, 1, 3)
		pass(5 * time.Second)
		tried := slices.DeleteFunc(w.made(), func(call string) bool { return !strings.HasPrefix(call, "Record") })
		if n := len(tried); n < 4 || n > 6 {
			t.Errorf("tried %d times in five seconds", n)
		}
		if len(slices.Compact(tried)) != 1 {
			t.Errorf("the ids were not the same: %q", tried)
		}
		see(s, 4, maxViews+10)
		equal(t, "dropped", w.views()[ViewsDropped], 10)
		w.breaks(nil)
		pass(2 * time.Second)
		equal(t, "recorded", w.recorded(), upTo(maxViews))
		equal(t, "counted", w.views()[ViewsRecorded], maxViews)
		see(s, 1, 1)
		pass(viewsInterval)
		equal(t, "recorded later", len(w.recorded()), maxViews+1)
		stop()
	})
}

// Views that fail again and again do not keep the others waiting for ever.
func TestViewsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		stop := running(t, s)
		see(s, 1, 501)
		poison := s.views.first()[0].ID
		w.breaks(func(_ context.Context, call string) error {
			if strings.Contains(call, poison) {
				return errDown
			}
			return nil
		})
		pass((viewsTries - 1) * time.Second)
		equal(t, "recorded before the last try", w.recorded(), []int64(nil))
		pass(10 * time.Second)
		equal(t, "recorded", w.recorded(), []int64{501})
		equal(t, "counted", w.views(), map[ViewsResult]int{ViewsFailed: viewsTries * viewsBatch, ViewsDropped: viewsBatch, ViewsRecorded: 1})
		stop()
	})
}

func TestViewsAtTheEnd(t *testing.T) {
	tests := map[string]struct {
		fails          func(context.Context, string) error
		recorded, lost int
		took           time.Duration
	}{
		"well":            {nil, 1200, 0, 0},
		"a little slow":   {takes("Record", 300*time.Millisecond), 1200, 0, 900 * time.Millisecond},
		"too slow":        {takes("Record", 600*time.Millisecond), 500, 700, time.Second},
		"down":            {refuse, 0, 1200, 0},
		"does not answer": {late, 0, 1200, time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := w.shop()
				stop := running(t, s)
				synctest.Wait() // it follows
				see(s, 1, 1200)
				w.breaks(test.fails)
				equal(t, "time", stop(), test.took)
				equal(t, "recorded", len(w.recorded()), test.recorded)
				equal(t, "dropped", w.views()[ViewsDropped], test.lost)
				see(s, 1, 1)
				equal(t, "dropped after the end", w.views()[ViewsDropped], test.lost+1)
			})
		})
	}
}

// A call that the end interrupts is repeated, with the same ids.
func TestViewsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		stop := running(t, s)
		w.breaks(takes("Record", 400*time.Millisecond))
		see(s, 1, 2)
		pass(viewsInterval + 200*time.Millisecond) // half way
		equal(t, "time", stop(), 400*time.Millisecond)
		equal(t, "recorded", w.recorded(), upTo(2))
		equal(t, "counted", w.views(), map[ViewsResult]int{ViewsFailed: 2, ViewsRecorded: 2})
	})
}
