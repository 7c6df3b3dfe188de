package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

var pageCases = []testCase{
	{"pages of every size", everyPageSize},
	{"a page of all has no next", exactPage},
	{"pages between new events", pagesBetweenArrivals},
	{"a cursor outlives its event", cursorOutlivesEvent},
	{"a cursor outlives all events", cursorOutlivesAll},
	{"a cursor outlives its event and the arrival of others", cursorKeepsPlace},
	{"a cursor can be used again", cursorAgain},
	{"the same cursor for another reader", cursorOfAnother},
	{"pages while others write and delete", pagesUnderWrites},
}

// pages returns all of a reader's events, read in pages of n, and calls between after each page.
func (s *subject) pages(userID int64, n int, between func()) (events []recommend.Activity) {
	s.Helper()
	for cursor := (*store.Cursor)(nil); ; between() {
		page, next := s.page(userID, cursor, n)
		if len(page) > n || next != nil && len(page) < n {
			s.Fatalf("a page of %d events, asked for %d, with next %v", len(page), n, next)
		}
		events = append(events, page...)
		if next == nil {
			return events
		}
		cursor = next
	}
}

// mixed returns n events with few different times, so that there are many ties.
func mixed(prefix string, userID int64, n int) []recommend.Activity {
	events := make([]recommend.Activity, n)
	for i := range events {
		events[i] = did(everyKind[i%len(everyKind)], fmt.Sprint(prefix, i), userID, int64(i+1), after(i*7%5))
		if i%6 == 0 {
			events[i].OccurredAt = unknown
		}
	}
	return events
}

func everyPageSize(s *subject) {
	const n = 23
	s.record(mixed("event-", 1, n)...)
	s.record(mixed("another's-", 2, n)...)
	want := s.list(1)
	expect(s, "kept", len(want), n)
	for size := 1; size <= n+1; size++ {
		expect(s, fmt.Sprintf("in pages of %d", size), s.pages(1, size, func() {}), want)
	}
}

func exactPage(s *subject) {
	s.record(views("event-", 1, 4)...)
	if events, next := s.page(1, nil, 4); len(events) != 4 || next != nil {
		s.Errorf("%d events and next %v, want 4 and none", len(events), next)
	}
	_, next := s.page(1, nil, 2)
	if events, next := s.page(1, next, 2); len(events) != 2 || next != nil {
		s.Errorf("%d events and next %v on the second page, want 2 and none", len(events), next)
	}
}

// Between pages come events before, after and at the place of the cursor.
func pagesBetweenArrivals(s *subject) {
	for size := 1; size <= 12; size++ {
		user := int64(size)
		s.record(mixed(fmt.Sprint("event-", user, "-"), user, 12)...)
		want, arrived := s.list(user), 0
		got := s.pages(user, size, func() {
			if arrived < 10 { // else there is always one more page
				s.record(mixed(fmt.Sprint("new-", user, "-", arrived, "-"), user, 6)...)
			}
			arrived++
		})
		got = slices.DeleteFunc(got, func(a recommend.Activity) bool { return strings.HasPrefix(a.EventID, "new-") })
		expect(s, fmt.Sprintf("in pages of %d", size), got, want)
	}
}

func cursorOutlivesEvent(s *subject) {
	for _, size := range []int{1, 2, 3, 5} {
		user := int64(size)
		s.record(mixed(fmt.Sprint("event-", user, "-"), user, 12)...)
		want := ids(s.list(user))
		page, next := s.page(user, nil, size)
		s.deleteActivity(user, ids(page)...)
		rest, _ := s.page(user, next, 12)
		expectIDs(s, fmt.Sprintf("after %d that are gone", size), rest, want[size:]...)
	}
}

func cursorOutlivesAll(s *subject) {
	s.record(views("event-", 1, 5)...)
	_, cursor := s.page(1, nil, 2)
	s.deleteUser(1)
	if events, next := s.page(1, cursor, 2); len(events) != 0 || next != nil {
		s.Errorf("%d events and next %v, want none", len(events), next)
	}
}

// An event that arrives after the cursor was made is newer than its place, also where the events
// that arrived last are gone and their numbers would be free.
func cursorKeepsPlace(s *subject) {
	s.record(view("a", 1, noon), view("b", 1, noon), view("c", 1, noon), view("d", 1, noon))
	_, cursor := s.page(1, nil, 2)
	s.deleteActivity(1, "d", "c", "b")
	s.record(view("e", 1, noon))
	rest, next := s.page(1, cursor, 10)
	expectIDs(s, "the next page", rest, "a")
	expect(s, "the page after it", next, nil)
	expectIDs(s, "all", s.list(1), "e", "a")
}

func cursorAgain(s *subject) {
	s.record(views("event-", 1, 9)...)
	_, cursor := s.page(1, nil, 3)
	kept := *cursor
	first, _ := s.page(1, cursor, 3)
	second, _ := s.page(1, cursor, 3)
	expectIDs(s, "the second time", second, ids(first)...)
	expect(s, "the cursor", *cursor, kept)
}

// A cursor is a time and a number, which other readers' events have as well.
func cursorOfAnother(s *subject) {
	s.record(view("a", 1, after(1)), view("b", 2, after(2)), view("c", 1, after(3)), view("d", 2, after(4)), view("e", 1, after(5)))
	_, cursor := s.page(1, nil, 2)
	events, _ := s.page(2, cursor, 10)
	expectIDs(s, "the other reader's", events, "b")
}

func pagesUnderWrites(s *subject) {
	stable := mixed("stable-", 1, 60)
	s.record(stable...)
	want := s.list(1)
	ctx, stop := context.WithCancel(s.ctx)
	var writing sync.WaitGroup
	for writer := range uint64(4) {
		writing.Go(func() {
			random := rand.New(rand.NewPCG(1, writer))
			for round := 0; ctx.Err() == nil; round++ {
				events := mixed(fmt.Sprintf("passing-%d-%d-", writer, round), 1, 1+random.IntN(5))
				if _, err := s.store.RecordActivity(s.ctx, events); err != nil {
					s.Errorf("record: %v", err)
				}
				if _, err := s.store.DeleteActivity(s.ctx, 1, ids(events)); err != nil {
					s.Errorf("delete: %v", err)
				}
			}
		})
	}
	for size := 1; size <= 15; size++ {
		got := s.pages(1, size, func() {})
		got = slices.DeleteFunc(got, func(a recommend.Activity) bool { return strings.HasPrefix(a.EventID, "passing-") })
		expect(s, fmt.Sprintf("in pages of %d", size), got, want)
	}
	stop()
	writing.Wait()
	expect(s, "in the end", s.list(1), want)
}
