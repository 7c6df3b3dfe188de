package main

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The whole benchmark, in half a minute. Its figures are printed, never asserted: they are the
// machine's. That each is there, and above zero, is what can be promised.
func TestShortRun(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("left out: CPU time is read from /proc, which Linux alone has")
	}
	for _, test := range []struct {
		args        []string
		comparisons int
	}{
		{[]string{"-short"}, 3},
		{[]string{"-short", "-learning"}, 1},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			o, err := parse(test.args, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			var out, progress bytes.Buffer
			if err := run(t.Context(), &out, &progress, o); err != nil {
				t.Fatalf("%v\n%s", err, progress.String())
			}
			for _, figure := range figures {
				if n := strings.Count(out.String(), figure.name); n != test.comparisons {
					t.Errorf("%q is printed %d times, want %d", figure.name, n, test.comparisons)
				}
			}
			for _, wrong := range []string{" 0.0 ", " 0 ", "NaN", "Inf"} {
				if strings.Contains(out.String(), wrong) {
					t.Errorf("a figure is %q", wrong)
				}
			}
			t.Logf("\n%s", out.String())
		})
	}
}

func TestParse(t *testing.T) {
	o, err := parse([]string{"-rounds=2", "-seconds=0.5"}, io.Discard)
	if err != nil || o.rounds != 2 || o.window != 500*time.Millisecond {
		t.Errorf("got %+v, %v", o, err)
	}
	for _, args := range []string{"-rounds=0", "-seconds=0", "-rate=-1", "-connections=0", "-in-flight=0", "-x", "stray"} {
		var said strings.Builder
		if _, err := parse([]string{args}, &said); err == nil || said.Len() == 0 {
			t.Errorf("%s: got error %v and said %q", args, err, said.String())
		}
	}
}

func TestReportPairsTheServersOfEachRound(t *testing.T) {
	round := func(cpu time.Duration) measurement {
		return measurement{cpu: cpu, p50: cpu, p99: cpu, held: 1000, cpuMax: cpu, maximum: float64(cpu)}
	}
	c := &comparison{name: "calls", rounds: [2][]measurement{
		{round(20 * time.Microsecond), round(40 * time.Microsecond), round(10 * time.Microsecond)},
		{round(22 * time.Microsecond), round(40 * time.Microsecond), round(15 * time.Microsecond)},
	}}
	var out strings.Builder
	if err := report(&out, options{rounds: 3, window: time.Second, connections: 1, inFlight: 1}, []*comparison{c}); err != nil {
		t.Fatal(err)
	}
	var line []string
	for text := range strings.Lines(out.String()) {
		if rest, ok := strings.CutPrefix(text, figures[0].name); ok {
			line = strings.Fields(rest)
		}
	}
	want := "20.0 (10.0 to 40.0) 22.0 (15.0 to 40.0) 1.10 (1.00 to 1.50)"
	if got := strings.Join(line, " "); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
