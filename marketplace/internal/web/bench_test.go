package web_test

import (
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"bookmarket/marketplace/internal/shop"
)

// The home page with 72 books, by the whole handler, its answer thrown away, uncompressed and
// compressed. On as many
// processors as -cpu says: pages/s is for all of them together, and says little on a machine
// that is busy. CPU-µs/page is then what to look at.
func BenchmarkHome(b *testing.B) {
	var home shop.Home
	for i := range 12 { // a third of the categories are ones that no language has a name for
		shelf := shop.Shelf{
			Kind:     shop.OfCategory,
			Category: shop.Category{Slug: []string{"mystery", "fantasy", "own"}[i%3], Name: "My own"},
			Source:   shop.Fresh,
		}
		for j := range 6 {
			shelf.Picks = append(shelf.Picks, shop.Pick{
				Book:   &shop.Book{ID: int64(6*i + j + 1), Title: "The Hitchhiker's Guide to the Galaxy", Authors: []string{"Douglas Adams"}, SeriesPosition: 1},
				Reason: shop.Reason{Kind: shop.BecauseYouLiked, Because: []*shop.Book{{ID: 1000, Title: "Dune"}, {ID: 1001, Title: "Ender's Game"}}},
			})
		}
		home.Shelves = append(home.Shelves, shelf)
	}
	server := storefront(b, &fakeShop{home: home})
	for _, coding := range []string{"identity", "gzip", "br"} {
		b.Run(coding, func(b *testing.B) {
			b.ReportAllocs()
			before := cpuTime(b)
			b.RunParallel(func(next *testing.PB) {
				request := httptest.NewRequest("GET", "/", http.NoBody)
				request.Header.Set("Accept-Language", "pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7")
				request.Header.Set("Accept-Encoding", coding)
				for next.Next() {
					server.ServeHTTP(&discard{header: make(http.Header)}, request)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
			b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "CPU-µs/page")
		})
	}
}

// cpuTime returns what the operating system has charged to this process.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// A discard is an answer that nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header       { return d.header }
func (*discard) WriteHeader(int)             {}
func (*discard) Write(b []byte) (int, error) { return len(b), nil }
