package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// The whole benchmark, in moments. Its figures are printed, never asserted: they are the machine's.
func TestShortRun(t *testing.T) {
	o, err := parse([]string{"-short"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var out, progress bytes.Buffer
	if err := run(t.Context(), &out, &progress, o); err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	for _, page := range []string{"bare net/http", "home  ", "home, in br", "home of who looked", "book", "category", "search"} {
		if !strings.Contains(out.String(), "\n"+page) {
			t.Errorf("%q is not measured", page)
		}
	}
	if strings.Contains(out.String(), " 0.00 ") {
		t.Error("a figure is 0")
	}
	t.Logf("\n%s", out.String())
}

func TestParse(t *testing.T) {
	for _, args := range [][]string{{"-rounds=0"}, {"-seconds=-1"}, {"-rate=0"}, {"x"}, {"-nothing"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q is measured", args)
		}
	}
}
