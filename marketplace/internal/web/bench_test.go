package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"bookmarket/marketplace/internal/shop"
)

// The home page with 48 books, by the whole handler, its answer thrown away, uncompressed
// and compressed. On as many
// processors as -cpu says: pages/s is for all of them together, and says little on a machine
// that is busy. CPU-µs/page is then what to look at.
func BenchmarkHome(b *testing.B) {
	home := make(fakeShop, 16)
	for i := range home { // every other category is one that no language has a name for
		home[i] = shop.Shelf{Category: shop.Category{Slug: []string{"mystery", "own"}[i%2], Name: "My own"}, Source: shop.Fresh}
		for j := range 3 {
			home[i].Books = append(home[i].Books, shop.Book{ID: int64(3*i + j), Title: "The Hitchhiker's Guide to the Galaxy", Author: "Douglas Adams"})
		}
	}
	server := storefront(home, io.Discard, prometheus.NewRegistry())
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
