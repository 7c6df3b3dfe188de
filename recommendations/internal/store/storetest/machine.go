package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

const (
	// machineSteps is how many steps there are at least, and runSteps in each run: enough for
	// the hundred runs that a check has by default.
	machineSteps = 10_000
	runSteps     = 85
	// machineTimeout bounds all of them.
	machineTimeout = 5 * time.Minute
)

// RunMachine does the same at random to a store and to a model, and compares every answer. Any
// two stores that pass answer equally. open returns an empty store that is migrated and ends
// with the test.
func RunMachine(t *testing.T, open func(t testing.TB) store.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), machineTimeout)
	defer cancel()
	m := &machine{store: open(t), ctx: ctx}
	// How many runs a check has is a flag's to say.
	for m.steps < machineSteps && !t.Failed() {
		rapid.Check(t, m.run)
	}
	t.Logf("%d steps", m.steps)
}

// A machine is a store and what it should be.
type machine struct {
	store    store.Store
	ctx      context.Context
	model    model
	revision int64
	cursors  []cursors
	ids      []int64 // of books, in this run
	runs     int64
	steps    int
}

// cursors are the same place in the store's words and in the model's.
type cursors struct {
	store store.Cursor
	model place
}

func (m *machine) run(t *rapid.T) {
	m.begin(t)
	actions := make(map[string]func(*rapid.T))
	for name, action := range map[string]func(*rapid.T){
		"put books": m.putBooks, "read books": m.books, "record": m.record, "record again": m.record, "put": m.put, "record views": m.recordViews,
		"list": m.list, "list on": m.list, "history": m.history, "statistics": m.stats, "days": m.daily,
		"delete events": m.deleteActivity, "delete a reader": m.deleteUser, "give up": m.giveUp,
	} {
		actions[name] = func(t *rapid.T) {
			m.steps++
			action(t)
		}
	}
	for end := m.steps + runSteps; m.steps < end; {
		t.Repeat(actions)
	}
	m.compareAll(t)
}

// begin forgets the readers and makes some books what they always are at first. Books cannot be
// removed: those that are to be new have ids that no run had before.
func (m *machine) begin(t *rapid.T) {
	for _, userID := range userIDs {
		_, err := m.store.DeleteUser(m.ctx, userID)
		must(t, err)
	}
	m.runs++
	m.ids = append([]int64{100 + 2*m.runs, 101 + 2*m.runs}, oldBookIDs...)
	var books []recommend.Book
	for _, id := range oldBookIDs {
		books = append(books, titled(id, "at first"))
	}
	_, err := m.store.PutBooks(m.ctx, books)
	must(t, err)
	kept, revision, err := m.store.Books(m.ctx)
	must(t, err)
	m.model, m.revision, m.cursors = model{books: kept}, revision, nil
}

// compareAll compares all that can be read.
func (m *machine) compareAll(t *rapid.T) {
	m.books(t)
	m.stats(t)
	for _, userID := range userIDs {
		m.compareHistory(t, userID)
		m.compareList(t, userID, nil, large)
	}
	m.compareDaily(t, unknown)
}

func (m *machine) putBooks(t *rapid.T) {
	books := rapid.SliceOfN(someBook(m.ids), 0, 4).Draw(t, "books")
	got, err := m.store.PutBooks(m.ctx, books)
	must(t, err)
	want := m.model.putBooks(books)
	same(t, "the counts", got, want)
	before := m.revision
	m.revision, err = m.store.CatalogRevision(m.ctx)
	must(t, err)
	if grown := want.New+want.Changed > 0; grown && m.revision <= before || !grown && m.revision != before {
		t.Fatalf("revision %d after %+v, was %d before", m.revision, want, before)
	}
}

func (m *machine) books(t *rapid.T) {
	books, revision, err := m.store.Books(m.ctx)
	must(t, err)
	sameList(t, "the books", books, m.model.books)
	same(t, "the revision", revision, m.revision)
}

func (m *machine) record(t *rapid.T) { m.recordAll(t, someEvents.Draw(t, "events")) }

// recordViews records so many that a history has no room for them after a few times.
func (m *machine) recordViews(t *rapid.T) {
	userID, first := someUser.Draw(t, "reader"), rapid.IntRange(0, 300).Draw(t, "first")
	times := rapid.SliceOfN(someTime, 1, 3).Draw(t, "times")
	var events []recommend.Activity
	for i := range 70 {
		events = append(events, view(fmt.Sprint("view-", first+i), userID, times[i%len(times)]))
	}
	m.recordAll(t, events)
}

func (m *machine) recordAll(t *rapid.T, events []recommend.Activity) {
	got, err := m.store.RecordActivity(m.ctx, events)
	must(t, err)
	same(t, "recorded", got, m.model.record(events))
}

func (m *machine) put(t *rapid.T) {
	events := someEvents.Draw(t, "events")
	got, err := m.store.PutActivity(m.ctx, events)
	must(t, err)
	same(t, "the counts", got, m.model.put(events))
}

func (m *machine) deleteActivity(t *rapid.T) {
	userID, eventIDs := someUser.Draw(t, "reader"), rapid.SliceOfN(someEventID, 0, 6).Draw(t, "ids")
	got, err := m.store.DeleteActivity(m.ctx, userID, eventIDs)
	must(t, err)
	want := 0
	for _, id := range eventIDs {
		want += m.model.deleteIf(func(a arrived) bool { return a.UserID == userID && a.EventID == id })
	}
	same(t, "deleted", got, want)
}

func (m *machine) deleteUser(t *rapid.T) {
	userID := someUser.Draw(t, "reader")
	got, err := m.store.DeleteUser(m.ctx, userID)
	must(t, err)
	same(t, "deleted", got, int64(m.model.deleteIf(func(a arrived) bool { return a.UserID == userID })))
}

// giveUp calls any method with a context that has ended: the model stays as it is.
func (m *machine) giveUp(t *rapid.T) {
	ctx, cancel := context.WithCancel(m.ctx)
	cancel()
	all := calls()
	c := all[rapid.IntRange(0, len(all)-1).Draw(t, "method")]
	if err := c.do(ctx, m.store); !errors.Is(err, context.Canceled) {
		t.Fatalf("%s returned %v, want %v", c.method, err, context.Canceled)
	}
}

func (m *machine) list(t *rapid.T) {
	userID, n := someUser.Draw(t, "reader"), rapid.IntRange(1, 8).Draw(t, "n")
	var after *cursors
	if i := rapid.IntRange(-1, len(m.cursors)-1).Draw(t, "cursor"); i >= 0 {
		after = &m.cursors[i]
	}
	m.compareList(t, userID, after, n)
}

// compareList compares a page and, if there is one, keeps the cursor after it.
func (m *machine) compareList(t *rapid.T, userID int64, after *cursors, n int) {
	var storeCursor *store.Cursor
	var modelCursor *place
	if after != nil {
		storeCursor, modelCursor = &after.store, &after.model
	}
	got, next, err := m.store.ListActivity(m.ctx, userID, storeCursor, n)
	must(t, err)
	want, places := m.model.list(userID, modelCursor)
	sameList(t, "the events", got, want[:min(n, len(want))])
	same(t, "whether there is a next page", next != nil, len(want) > n)
	if next != nil {
		m.cursors = append(m.cursors, cursors{*next, places[n-1]})
	}
}

func (m *machine) history(t *rapid.T) { m.compareHistory(t, someUser.Draw(t, "reader")) }

func (m *machine) compareHistory(t *rapid.T, userID int64) {
	got, err := m.store.History(m.ctx, userID)
	must(t, err)
	sameList(t, "the history", got, m.model.history(userID))
}

func (m *machine) stats(t *rapid.T) {
	got, err := m.store.BookStats(m.ctx)
	must(t, err)
	if want := m.model.stats(); len(got)+len(want) > 0 {
		same(t, "the statistics", got, want)
	}
}

func (m *machine) daily(t *rapid.T) { m.compareDaily(t, someTime.Draw(t, "since")) }

func (m *machine) compareDaily(t *rapid.T, since time.Time) {
	got, err := m.store.DailyReaders(m.ctx, since)
	must(t, err)
	sameList(t, "the days", got, m.model.daily(since))
}

func must(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func same[T any](t *rapid.T, what string, got, want T) {
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %+v, want %+v", what, got, want)
	}
}

// sameList compares lists, of which an empty one may be nil.
func sameList[T any](t *rapid.T, what string, got, want []T) {
	if len(got)+len(want) > 0 {
		same(t, what, got, want)
	}
}
