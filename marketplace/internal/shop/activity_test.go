package shop

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestActs(t *testing.T) {
	acts := map[string]struct {
		act  func(ctx context.Context, s *Shop) error
		want Event
	}{
		"rate":      {func(ctx context.Context, s *Shop) error { return s.Rate(ctx, reader, 7, 4) }, Event{Reader: reader, Book: 7, Kind: Rated, Rating: 4}},
		"want":      {func(ctx context.Context, s *Shop) error { return s.Want(ctx, reader, 7) }, Event{Reader: reader, Book: 7, Kind: Wanted}},
		"wave away": {func(ctx context.Context, s *Shop) error { return s.WaveAway(ctx, reader, 7) }, Event{Reader: reader, Book: 7, Kind: NotInterested}},
	}
	for name, test := range acts {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := w.shop()
				w.breaks(late)
				var err error
				took := timed(func() { err = test.act(t.Context(), s) })
				if took != pageLimit || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("took %v: %v", took, err)
				}
				w.breaks(refuse)
				if err := test.act(t.Context(), s); !errors.Is(err, errDown) {
					t.Errorf("got %v", err)
				}
				w.breaks(nil)
				if err := test.act(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				first := w.events[0]
				test.want.ID, test.want.At = first.ID, time.Now()
				equal(t, "what is kept", w.events, []Event{test.want})
				if err := test.act(t.Context(), s); err != nil || first.ID == "" || w.events[0].ID == first.ID {
					t.Errorf("the next has the id %q after %q: %v", w.events[0].ID, first.ID, err)
				}
			})
		})
	}
}

// Who likes a book after all does not wave it away any more, as far as that can be removed; what they
// did with it otherwise, and what they waved away besides, stays.
func TestLikedAfterAll(t *testing.T) {
	acts := map[string]struct {
		act    func(ctx context.Context, s *Shop) error
		keeps  bool // that it was waved away
		recent EventKind
	}{
		"wants":        {func(ctx context.Context, s *Shop) error { return s.Want(ctx, reader, 7) }, false, Wanted},
		"five stars":   {func(ctx context.Context, s *Shop) error { return s.Rate(ctx, reader, 7, 5) }, false, Rated},
		"four stars":   {func(ctx context.Context, s *Shop) error { return s.Rate(ctx, reader, 7, 4) }, false, Rated},
		"three stars":  {func(ctx context.Context, s *Shop) error { return s.Rate(ctx, reader, 7, 3) }, true, Rated},
		"waves it off": {func(ctx context.Context, s *Shop) error { return s.WaveAway(ctx, reader, 7) }, true, NotInterested},
	}
	for name, test := range acts {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := w.shop()
				w.did(NotInterested, 7)
				w.did(Viewed, 7)
				w.did(NotInterested, 7)
				w.did(NotInterested, 8)
				do := func() {
					t.Helper()
					if took := timed(func() {
						if err := test.act(t.Context(), s); err != nil {
							t.Errorf("what is kept is said not to be: %v", err)
						}
					}); took > pageLimit {
						t.Errorf("took %v", took)
					}
				}
				for _, fails := range []func(context.Context, string) error{only(errDown, "Remove"), takes("Events", time.Hour)} {
					w.breaks(fails)
					do()
					w.heals()
					shown, _ := s.Book(t.Context(), Visitor{Reader: reader}, 7)
					equal(t, "its page says that it was waved away, while that cannot be removed", shown.Yours.NotInterested, true)
				}
				do()
				want := []int64{8}
				if test.keeps {
					want = []int64{8, 7}
				}
				if test.recent == NotInterested {
					want = []int64{7, 8}
				}
				equal(t, "waved away", myIDs(s.MyBooks(t.Context(), Visitor{Reader: reader}).Waved), want)
				equal(t, "the latest", w.events[0].Kind, test.recent)
				shown, _ := s.Book(t.Context(), Visitor{Reader: reader}, 7)
				equal(t, "its page says that it was", shown.Yours.NotInterested, test.keeps)
			})
		})
	}
}

func TestUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		for range 600 { // more than one call removes
			w.did(Rated, 7, 5)
		}
		for range historyEvents { // the oldest are beyond what a page looks at
			w.did(Viewed, 8)
		}
		w.did(Rated, 7, 4)
		w.did(Wanted, 7)
		w.did(Rated, 8, 4)
		w.events = append(w.events, Event{ID: "another's", Reader: reader + 1, Book: 7, Kind: Rated, Rating: 1})
		undo := func(want error, left int) {
			t.Helper()
			if err := s.Undo(t.Context(), reader, 7, Rated); !errors.Is(err, want) || (err != nil) != (want != nil) {
				t.Errorf("the error is %v, want %v", err, want)
			}
			equal(t, "events left", len(w.events), left)
		}
		const all = 600 + historyEvents + 4
		w.breaks(only(errDown, "Events 1099511627776 2000"))
		undo(errDown, all)
		w.breaks(only(errDown, "Remove"))
		undo(errDown, all)
		w.breaks(takes("Events", 50*time.Millisecond))
		undo(nil, historyEvents+3)
		equal(t, "the latest", []EventKind{w.events[0].Kind, w.events[1].Kind}, []EventKind{Rated, Wanted})
		w.reset()
		undo(nil, historyEvents+3)
		equal(t, "removals of nothing", w.asked("Remove"), 0)
		w.breaks(takes("Events", 100*time.Millisecond)) // six pages: too long to know them all
		undo(context.DeadlineExceeded, historyEvents+3)
	})
}

func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.perPage = 10
		for id := range int64(25) {
			w.did(Viewed, id+1)
		}
		s := w.shop()
		all := func(stop int) (books []int64, fault error) {
			for event, err := range s.Events(t.Context(), reader) {
				if err != nil {
					return books, err
				}
				if books = append(books, event.Book); len(books) == stop {
					break
				}
			}
			return books, nil
		}
		w.breaks(takes("Events", time.Second)) // beyond the time of a page
		books, err := all(0)
		if len(books) != 25 || books[0] != 25 || books[24] != 1 || err != nil {
			t.Errorf("got %v, %v", books, err)
		}
		w.reset()
		if books, err = all(3); len(books) != 3 || err != nil || w.asked("Events") != 1 {
			t.Errorf("stopped after %v, %v", books, err)
		}
		w.breaks(only(errDown, "Events 1099511627776 20"))
		if books, err = all(0); len(books) != 20 || !errors.Is(err, errDown) {
			t.Errorf("got %v, %v", books, err)
		}
		w.breaks(takes("Events", time.Hour))
		if took := timed(func() { _, err = all(0) }); took != bulkLimit || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("took %v: %v", took, err)
		}
		w.breaks(nil)
		w.lies(func(string) any { return eventsPage{w.events[:1], "again"} })
		if books, err = all(0); fmt.Sprint(books) != "[25]" || !errors.Is(err, errUnusable) {
			t.Errorf("of pages without end, got %v, %v", books, err)
		}
	})
}

// Nothing is recorded of a reader after everything was removed, though it waited before.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.Run(ctx) }()
		w.did(Rated, 7, 5)
		w.breaks(only(errDown, "Record"))
		s.Saw(Visitor{Reader: reader}, 7)
		s.Saw(Visitor{Reader: reader + 1}, 8)
		pass(2 * time.Second) // tried in vain
		if err := s.Forget(t.Context(), reader); err != nil {
			t.Fatal(err)
		}
		w.breaks(nil)
		pass(2 * time.Second)
		if len(w.kept()) != 1 || w.kept()[0].Reader != reader+1 {
			t.Errorf("what is kept is %v", w.kept())
		}

		// A view that is being recorded comes first, if it does not take too long.
		for _, test := range []struct {
			reader int64
			takes  time.Duration
			want   error
			left   int
		}{{reader + 2, 200 * time.Millisecond, nil, 1}, {reader + 3, 900 * time.Millisecond, context.DeadlineExceeded, 2}} {
			w.breaks(takes("Record", test.takes))
			s.Saw(Visitor{Reader: test.reader}, 7)
			pass(viewsInterval + time.Millisecond)
			var err error
			if took := timed(func() { err = s.Forget(t.Context(), test.reader) }); !errors.Is(err, test.want) || took > pageLimit {
				t.Errorf("where recording takes %v: %v after %v", test.takes, err, took)
			}
			pass(time.Second)
			equal(t, "events left", len(w.kept()), test.left)
		}
		cancel()
		<-done
	})
}

// A page that was on its way when its reader was forgotten leaves nothing. Who could not be forgotten
// is a reader as before.
func TestForgetPagesOnTheirWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		see := func(reader int64) { s.Saw(Visitor{Reader: reader}, 7) }
		see(reader)
		w.breaks(only(errDown, "Erase"))
		if err := s.Forget(t.Context(), reader); !errors.Is(err, errDown) {
			t.Errorf("got %v", err)
		}
		see(reader)
		equal(t, "views that wait of who was not forgotten", len(s.views.first()), 2)
		w.breaks(takes("Erase", 100*time.Millisecond))
		go func() {
			time.Sleep(50 * time.Millisecond)
			see(reader)
		}()
		if err := s.Forget(t.Context(), reader); err != nil {
			t.Fatal(err)
		}
		see(reader)
		see(reader + 1)
		if waiting := s.views.first(); len(waiting) != 1 || waiting[0].Reader != reader+1 {
			t.Errorf("views that wait: %v", waiting)
		}
		equal(t, "counted as dropped", w.views()[ViewsDropped], 0)
		for n := range int64(2 * maxGone) {
			s.views.forget(reader + 2 + n)
		}
		equal(t, "readers who are remembered as forgotten", len(s.views.gone), maxGone)
	})
}

// The undoing of a view reaches one that waits.
func TestUndoWaitingView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.shop()
		for _, book := range []int64{7, 8} {
			s.Saw(Visitor{Reader: reader}, book)
		}
		s.Saw(Visitor{Reader: reader + 1}, 7)
		if err := s.Undo(t.Context(), reader, 7, Viewed); err != nil {
			t.Fatal(err)
		}
		equal(t, "views that wait", len(s.views.first()), 2)
		release, err := s.views.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Undo(t.Context(), reader, 8, Viewed); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while somebody records: %v", err)
		}
		release()
	})
}
