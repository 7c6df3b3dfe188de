package main

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/protobufs/gen/bookmarketv1"
)

// marksLimit is how long the page of a book waits for what its reader did. That it is a view, too,
// must cost it nothing.
const marksLimit = 250 * time.Millisecond

// openReader opens a shop for a test of views, with a reader who rated book 1. The database is
// away from then on, until back is called.
func openReader(t *testing.T) (f *fixture, reader *browser, back func()) {
	t.Helper()
	rec := new(recommendations)
	rec.start()
	f = openShop(t, rec)
	reader = f.browser(t)
	time.Sleep(15 * time.Second)
	if p := reader.post(t, bookPath(1)+"/rating", url.Values{"rating": {"5"}}); p.notice != "rated" {
		t.Fatalf("status %d, notice %q", p.status, p.notice)
	}
	return f, reader, answering(only("ActivityService", hold))(rec)
}

// look visits books of the reader's, each once.
func look(t *testing.T, reader *browser, first, last int64) {
	t.Helper()
	for book := first; book <= last; book++ {
		if p := reader.get(t, bookPath(book)); p.took > marksLimit || !p.has("volume") {
			t.Errorf("book %d: status %d after %v", book, p.status, p.took)
		}
	}
}

func (f *fixture) viewed(book int64) int {
	return f.recommendations.count(func(a *bookmarketv1.Activity) bool {
		return a.GetBookId() == book && a.GetKind() == bookmarketv1.Activity_KIND_VIEW
	})
}

// views returns how many views there were with a result.
func (f *fixture) views(t *testing.T, result shop.ViewsResult) int {
	t.Helper()
	families, err := f.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == "marketplace_views_total" && metric.GetLabel()[0].GetValue() == string(result) {
				return int(metric.GetCounter().GetValue())
			}
		}
	}
	t.Fatalf("no metric of %s views", result)
	return 0
}

// What readers look at while the database is away is recorded when it is back, each view once.
func TestViewsOutliveAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, reader, back := openReader(t)
		begun := time.Now()
		look(t, reader, 11, 30)
		time.Sleep(time.Until(begun.Add(5 * time.Second)))
		if n := f.viewed(11); n != 0 || f.views(t, shop.ViewsFailed) == 0 {
			t.Fatalf("while nothing can be recorded, %d views were, and %d failed", n, f.views(t, shop.ViewsFailed))
		}
		back()
		time.Sleep(3 * time.Second)
		for book := int64(11); book <= 30; book++ {
			if n := f.viewed(book); n != 1 {
				t.Errorf("one view of book %d was recorded %d times", book, n)
			}
		}
		if recorded, dropped := f.views(t, shop.ViewsRecorded), f.views(t, shop.ViewsDropped); recorded != 20 || dropped != 0 {
			t.Errorf("%d views recorded, %d dropped", recorded, dropped)
		}
	})
}

// A crowd that looks at books while the database is away does not fill the memory: what there is
// no room for is dropped and counted, at no cost to the pages, and later views are recorded.
func TestViewsUnderPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, reader, back := openReader(t)
		const crowd, room = 20_000, 4096
		for n := range int64(crowd) {
			f.shop.Saw(shop.Visitor{Reader: 1<<32 + n}, 1)
		}
		if dropped := f.views(t, shop.ViewsDropped); dropped != crowd-room {
			t.Errorf("of %d views %d were dropped, want all but %d", crowd, dropped, room)
		}
		look(t, reader, 11, 14)
		if dropped := f.views(t, shop.ViewsDropped); dropped != crowd-room+4 {
			t.Errorf("%d views were dropped, want %d", dropped, crowd-room+4)
		}
		back()
		time.Sleep(3 * time.Second)
		look(t, reader, 21, 24)
		time.Sleep(time.Second)
		if crowd, late := f.viewed(1), f.viewed(21); crowd != room || late != 1 {
			t.Errorf("%d views of the crowd were recorded, want %d, and %d of a later one", crowd, room, late)
		}
	})
}
