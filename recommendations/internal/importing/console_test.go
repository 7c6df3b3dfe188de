package importing

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Where there is no terminal a line every few seconds says how far it is.
func TestLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		c := newConsole(&out)
		for i := range 120 {
			time.Sleep(100 * time.Millisecond)
			c.progress(Progress{File: "ratings.csv", Read: int64(i), Size: 200, Rows: i * 5000})
		}
		c.progress(Progress{File: "ratings.csv", Read: 200, Size: 200, Rows: 600_000, Done: true})
		c.progress(Progress{File: "stdin", Rows: 1})
		const want = "ratings.csv: 245,000 rows, 24% of the file\nratings.csv: 495,000 rows, 49% of the file\n"
		if out.String() != want {
			t.Errorf("got\n%swant\n%s", &out, want)
		}
	})
}

// On a terminal a bar does, which makes room for lines and is gone at the end.
func TestBar(t *testing.T) {
	for name, size := range map[string]int64{"a file": 200, "standard input": 0} {
		var out strings.Builder
		c := newConsole(&out)
		c.terminal = true
		c.progress(Progress{File: "data/ratings.csv", Read: 100, Size: size, Rows: 5000})
		if !strings.Contains(out.String(), "ratings.csv, 5,000 rows") {
			t.Errorf("%s: the bar is %q", name, &out)
		}
		c.notice("a line")
		if !strings.HasSuffix(out.String(), "\ra line\n") {
			t.Errorf("%s: a line is %q", name, &out)
		}
		c.progress(Progress{File: "data/ratings.csv", Read: 200, Size: size, Rows: 10_000, Done: true})
		if !strings.HasSuffix(out.String(), "\r") || c.bar != nil {
			t.Errorf("%s: at the end there is %q", name, &out)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 981756: "981,756", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
