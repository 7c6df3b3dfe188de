package main

import (
	"errors"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

// testdata/events.json was recorded from `go test -json` over four packages: a has tests of every
// outcome, b panics, c does not compile and d ends in its TestMain.
func TestGoCounter(t *testing.T) {
	events, err := os.ReadFile("testdata/events.json")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	c := newGoCounter("unit", func(text string) { shown = append(shown, text) })
	for line := range strings.Lines(string(events)) {
		c.line(line)
	}
	got := c.finish(exec.Command("false").Run())

	want := result{
		passed: 2, // TestOK/x and FuzzX/seed#0; TestOK and FuzzX only group them.
		failed: 4, // TestBad/x, and b, c and d once each.
		leftOut: []omission{
			{what: "evt/a TestOK/y_z", why: "a_test.go:3: no network here"},
			{what: "evt/a TestSkip", why: "a_test.go:5:"},
			{what: "evt/a TestSample", why: "a_test.go:7: no whole file; TestOK reads a sample (optional)", optional: true},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	output := strings.Join(shown, "\n")
	for _, want := range []string{"bad x", "panic: boom", "undefined: undefined", "setup failed"} {
		if !strings.Contains(output, want) {
			t.Errorf("the output of what failed lacks %q:\n%s", want, output)
		}
	}
	if strings.Contains(output, "=== RUN") {
		t.Errorf("the output of what failed has the Go tool's own lines:\n%s", output)
	}
}

func TestGoCounterWithoutFailedTest(t *testing.T) {
	pass := `{"Action":"pass","Package":"p","Test":"TestX"}`
	for _, tt := range []struct {
		name   string
		events []string
		err    error
		want   result
	}{
		{"the command fails nevertheless", []string{pass}, exec.Command("false").Run(), result{passed: 1, failed: 1}},
		{"the command is ended from outside", []string{pass}, errors.New("did not end"), result{passed: 1, failed: 1}},
		{"no test at all", nil, nil, result{failed: 1}},
		{"all well", []string{pass}, nil, result{passed: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newGoCounter("unit", func(string) {})
			for _, e := range tt.events {
				c.line(e)
			}
			if got := c.finish(tt.err); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
