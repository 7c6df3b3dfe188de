package console

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Where there is no terminal a line every few seconds says how far it is.
func TestLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		c := New(&out)
		for i := range int64(120) {
			time.Sleep(100 * time.Millisecond)
			c.Progress(Progress{Work: "ratings.csv", Done: i, Total: 200, Line: fmt.Sprintf("%d of 200", i)})
		}
		c.Progress(Progress{Work: "ratings.csv", Done: 200, Total: 200, Line: "all", End: true})
		c.Progress(Progress{Work: "stdin", Line: "some"})
		const want = "ratings.csv: 49 of 200\nratings.csv: 99 of 200\n"
		if out.String() != want {
			t.Errorf("got\n%swant\n%s", &out, want)
		}
	})
}

// On a terminal a bar does, which makes room for lines and is gone at the end.
func TestBar(t *testing.T) {
	for name, total := range map[string]int64{"known": 200, "unknown": 0} {
		var out strings.Builder
		c := New(&out)
		c.terminal = true
		c.Progress(Progress{Work: "data/ratings.csv", Title: "ratings.csv, half", Done: 100, Total: total, Bytes: true})
		if !strings.Contains(out.String(), "ratings.csv, half") {
			t.Errorf("%s: the bar is %q", name, &out)
		}
		c.Notice("a line")
		if !strings.HasSuffix(out.String(), "\ra line\n") {
			t.Errorf("%s: a line is %q", name, &out)
		}
		c.Progress(Progress{Work: "data/ratings.csv", Title: "ratings.csv, all", Done: 200, Total: total, End: true})
		if !strings.HasSuffix(out.String(), "\r") || c.bar != nil {
			t.Errorf("%s: at the end there is %q", name, &out)
		}
	}
}

// A file of something else does not fill the screen.
func TestFaults(t *testing.T) {
	var out strings.Builder
	c := New(&out)
	for range 2 * MaxFaults {
		c.Fault(errors.New("is wrong"))
	}
	if lines := strings.Count(out.String(), "\n"); lines != MaxFaults+1 {
		t.Errorf("%d faults make %d lines", 2*MaxFaults, lines)
	}
}
