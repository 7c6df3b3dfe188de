package process

import (
	"bufio"
	"strings"
	"testing"
	"time"
)

func TestListening(t *testing.T) {
	log := `a line that is no JSON
{"msg":"listening","server":"admin","addr":"127.0.0.1:9051"}
{"msg":"listening","server":"grpc","addr":"127.0.0.1:50051"}
`
	addr, err := listening(bufio.NewReader(strings.NewReader(log)))
	if err != nil || addr != "127.0.0.1:50051" {
		t.Errorf("got %q, %v", addr, err)
	}
}

func TestListeningTellsWhatAProgramDiedOf(t *testing.T) {
	_, err := listening(bufio.NewReader(strings.NewReader("no such setting\n")))
	if err == nil || !strings.Contains(err.Error(), "no such setting") {
		t.Errorf("got %v", err)
	}
}

func TestCPUTime(t *testing.T) {
	const stat = "42 (a ) b) S 1 42 42 0 -1 4194560 1024 0 0 0 250 150 7 9 20 0 8 0 1234 1261568000 3072\n"
	got, err := cpuTime([]byte(stat))
	if want := 4 * time.Second; err != nil || got != want {
		t.Errorf("got %v, %v, want %v: 250 ticks of its own and 150 in the kernel", got, err, want)
	}
	for _, bad := range []string{"", "42 (a) S 1 2", strings.Replace(stat, "250", "x", 1)} {
		if _, err := cpuTime([]byte(bad)); err == nil {
			t.Errorf("%q has a CPU time", bad)
		}
	}
}
