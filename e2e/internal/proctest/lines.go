package proctest

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// A Line is one line of a structured log.
type Line map[string]any

// has reports whether the line has all these attributes: keys, each with its value.
func (l Line) has(want []string) bool {
	for pair := range slices.Chunk(want, 2) {
		if l[pair[0]] != pair[1] {
			return false
		}
	}
	return true
}

// Lines collects what a process writes.
type Lines struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // closed at the next write
}

// Write is called by the process.
func (l *Lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return l.text.Write(b)
}

// String returns what was written by now.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// All returns the lines that were written by now.
func (l *Lines) All() []string {
	text := strings.TrimSuffix(l.String(), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// find returns the log lines that have these attributes, and a channel that is closed when
// there is more to look at.
func (l *Lines) find(want []string) (found []Line, more <-chan struct{}) {
	l.mu.Lock()
	if l.more == nil {
		l.more = make(chan struct{})
	}
	text, more := l.text.String(), l.more
	l.mu.Unlock()
	for row := range strings.Lines(text) {
		var line Line
		if json.Unmarshal([]byte(row), &line) == nil && line.has(want) {
			found = append(found, line)
		}
	}
	return found, more
}
