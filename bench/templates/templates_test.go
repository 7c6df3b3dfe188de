package templates

import (
	"bytes"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The two pages are one, but for white space and for how an apostrophe is written.
func TestSamePage(t *testing.T) {
	var standardPage, compiledPage bytes.Buffer
	if err := standard.Execute(&standardPage, home()); err != nil {
		t.Fatal(err)
	}
	if err := compiled(home()).Render(t.Context(), &compiledPage); err != nil {
		t.Fatal(err)
	}
	between := regexp.MustCompile(`>\s+|\s+<`)
	plain := func(html string) string {
		return between.ReplaceAllStringFunc(html, strings.TrimSpace)
	}
	if a, b := plain(standardPage.String()), plain(compiledPage.String()); a != b {
		t.Errorf("html/template wrote\n%s\ntempl wrote\n%s", a, b)
	}
	if n := strings.Count(compiledPage.String(), "<li "); n != 48 {
		t.Errorf("%d books, want 48", n)
	}
}

// On as many processors as -cpu says: pages/s is for all of them together, and says little on a
// machine that is busy. CPU-µs/page is then what to look at.
func BenchmarkPage(b *testing.B) {
	p := home()
	b.Run("html/template", func(b *testing.B) {
		measure(b, func(w *bytes.Buffer) error { return standard.Execute(w, p) })
	})
	b.Run("templ", func(b *testing.B) {
		measure(b, func(w *bytes.Buffer) error { return compiled(p).Render(b.Context(), w) })
	})
}

func measure(b *testing.B, write func(*bytes.Buffer) error) {
	b.ReportAllocs()
	before := cpuTime(b)
	b.RunParallel(func(next *testing.PB) {
		for next.Next() {
			var w bytes.Buffer
			if err := write(&w); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "CPU-µs/page")
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
