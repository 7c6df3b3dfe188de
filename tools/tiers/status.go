package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

const heartbeat = 5 * time.Second

// A statusLine is the line of a running tier: its name, a dot for every few seconds, and its counts in the end.
type statusLine struct {
	mu   sync.Mutex
	out  io.Writer
	name string
	open bool // The name is printed and the line not ended yet.
	stop chan struct{}
}

func startLine(out io.Writer, name string) *statusLine {
	l := &statusLine{out: out, name: name, open: true, stop: make(chan struct{})}
	fmt.Fprintf(out, "%-16s ", name)
	go l.beat()
	return l
}

func (l *statusLine) beat() {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			l.mu.Lock()
			l.reopen()
			fmt.Fprint(l.out, ".")
			l.mu.Unlock()
		}
	}
}

// show prints a block of its own between the line's dots.
func (l *statusLine) show(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open {
		fmt.Fprintln(l.out)
		l.open = false
	}
	fmt.Fprintln(l.out, strings.TrimRight(text, "\n"))
}

func (l *statusLine) reopen() {
	if !l.open {
		fmt.Fprintf(l.out, "%-16s ", l.name)
		l.open = true
	}
}

func (l *statusLine) end(r result, took time.Duration) {
	close(l.stop)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reopen()
	fmt.Fprintf(l.out, " %d passed", r.passed)
	if r.failed > 0 {
		fmt.Fprintf(l.out, ", %d FAILED", r.failed)
	}
	if len(r.leftOut) > 0 {
		fmt.Fprintf(l.out, ", %d left out", len(r.leftOut))
	}
	fmt.Fprintf(l.out, " in %.1f s\n", took.Seconds())
}

// A lineWriter hands on what is written to it line by line.
type lineWriter struct {
	line    func(string)
	pending []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.pending = append(w.pending, p...)
	for {
		head, tail, found := bytes.Cut(w.pending, []byte("\n"))
		if !found {
			return len(p), nil
		}
		w.line(string(head))
		w.pending = tail
	}
}

// flush hands on a last line that had no end.
func (w *lineWriter) flush() {
	if len(w.pending) > 0 {
		w.line(string(w.pending))
		w.pending = nil
	}
}
