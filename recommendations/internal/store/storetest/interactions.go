package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

var interactionCases = []testCase{
	{"there are none at first", func(s *subject) { expect(s, "interactions", len(s.interactions()), 0) }},
	{"are in the order of readers and of their events", interactionOrder},
	{"are as they were at one moment", interactionSnapshot},
	{"end with the error of who takes them", interactionError},
	{"end with their context", interactionCancelled},
	{"hold up nobody who writes", interactionsWait},
	{"are not held in memory", interactionMemory},
}

func (s *subject) interactions() (events []recommend.Activity) {
	s.Helper()
	s.must(s.store.Interactions(s.ctx, func(a recommend.Activity) error {
		events = append(events, a)
		return nil
	}))
	return events
}

// What comes is what ListActivity returns of one reader after the other, but for views.
func interactionOrder(s *subject) {
	readers := []int64{1, 2, 11, 100, 1 << 40}
	for i, id := range slices.Backward(readers) {
		s.record(mixed(fmt.Sprint(id, "-"), id, 30+i)...)
		s.record(rating(fmt.Sprint(id, "-untimed"), id, 7, 5, unknown), rating(fmt.Sprint(id, "-late"), id, 8, 1, noon))
	}
	s.put(rating("100-late", 100, 9, 4, noon)) // it keeps its place
	var want []recommend.Activity
	for _, id := range readers {
		for _, event := range s.list(id) {
			if event.Kind != recommend.View {
				event.EventID = ""
				want = append(want, event)
			}
		}
	}
	if got := s.interactions(); !slices.Equal(got, want) {
		s.Errorf("got %v, want %v", got, want)
	}
}

// Each call gives every reader an event, or takes one from each: at every moment all have the
// same number.
func interactionSnapshot(s *subject) {
	const readers, rounds = 300, 15
	call := func(round int) []recommend.Activity {
		events := make([]recommend.Activity, readers)
		for i := range events {
			events[i] = rating(fmt.Sprint(i, "-", round), int64(i+1), int64(round+1), 3, after(round))
		}
		return events
	}
	s.record(call(rounds)...)
	done := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		defer close(done)
		for round := range rounds {
			if _, err := s.store.RecordActivity(s.ctx, call(round)); err != nil {
				s.Error(err)
			}
		}
	})
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		counts := make(map[int64]int)
		for _, event := range s.interactions() {
			counts[event.UserID]++
		}
		for id := range int64(readers) {
			if counts[id+1] != counts[1] {
				s.Fatalf("reader %d has %d interactions and reader 1 %d", id+1, counts[id+1], counts[1])
			}
		}
	}
	writing.Wait()
	expect(s, "interactions", len(s.interactions()), readers*(rounds+1))
}

func interactionError(s *subject) {
	s.manyInteractions(large)
	for _, want := range []error{errors.New("enough"), context.Canceled, recommend.ErrUnavailable} {
		n := 0
		err := s.store.Interactions(s.ctx, func(recommend.Activity) error {
			n++
			if n == 10 {
				return want
			}
			return nil
		})
		if err != want || n != 10 { //nolint:errorlint // it is promised as it is
			s.Errorf("after %d events it ended with %v, want %v after 10", n, err, want)
		}
	}
	expect(s, "interactions", len(s.interactions()), large)
}

func interactionCancelled(s *subject) {
	const events = 1000
	s.manyInteractions(events)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	n := 0
	err := s.store.Interactions(ctx, func(recommend.Activity) error {
		n++
		if n >= 10 {
			cancel()
			time.Sleep(time.Millisecond) // those that are on their way may still come
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n == events {
		s.Errorf("after %d events it ended with %v, want %v soon", n, err, context.Canceled)
	}
}

// Who takes events may take as long as it likes, and write meanwhile.
func interactionsWait(s *subject) {
	s.manyInteractions(10)
	n := 0
	s.must(s.store.Interactions(s.ctx, func(recommend.Activity) error {
		n++
		s.record(rating(fmt.Sprint("meanwhile-", n), 1, 1, 3, after(n)))
		return nil
	}))
	expect(s, "interactions of before", n, 10)
	expect(s, "interactions", len(s.interactions()), 20)
}

// Memory grows by a fraction of what all events would take.
func interactionMemory(s *subject) {
	const events = 5 * large
	s.manyInteractions(events)
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	before, most, n := heap(), uint64(0), 0
	s.must(s.store.Interactions(s.ctx, func(recommend.Activity) error {
		n++
		if n%(events/5) == 0 {
			most = max(most, heap())
		}
		return nil
	}))
	expect(s, "interactions", n, events)
	const limit = events * 16 // bytes; an event has some 80
	if most > before+limit {
		s.Errorf("it held %d bytes, want %d at most", most-before, limit)
	}
}

// manyInteractions records ratings of many readers.
func (s *subject) manyInteractions(n int) {
	s.Helper()
	for first := 0; first < n; first += large {
		events := make([]recommend.Activity, min(large, n-first))
		for i := range events {
			row := first + i
			events[i] = rating(fmt.Sprint("many-", row), int64(row/20+1), int64(row%20+1), 3, after(row))
		}
		s.put(events...)
	}
}
