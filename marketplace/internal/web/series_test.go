package web_test

import (
	"testing"

	"bookmarket/marketplace/internal/shop"
)

// Of a long series the page shows the books around this one, and unfolds all of them.
func TestLongSeries(t *testing.T) {
	for here, first := range map[int]string{1: "1", 2: "1", 20: "14", 40: "29"} {
		s := duneShop()
		s.book.InSeries = nil
		for n := 1; n <= 40; n++ {
			volume := &shop.Book{ID: int64(100 + n), Title: "Volume", SeriesPosition: float64(n)}
			if n == here {
				volume = dune()
				volume.SeriesPosition = float64(n)
			}
			s.book.InSeries = append(s.book.InSeries, volume)
		}
		page := bookPage(t, s)
		lists := page.all(".volumes")
		if len(lists) != 2 || len(lists[1].all("li")) != 40 || len(page.the(t, ".rest").all("li")) != 40 {
			t.Fatalf("there are %d lists", len(lists))
		}
		near := lists[0].texts(".position")
		if len(near) != 12 || near[0] != first || len(lists[0].all("a[aria-current]")) != 1 {
			t.Errorf("around %d are %q", here, near)
		}
		equal(t, "unfolds", page.the(t, "summary").text(), "All 40 books of the series")
	}
}
