package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A testEvent is a line of `go test -json`: see `go doc test2json` and `go help buildjson`.
type testEvent struct {
	Action      string
	Package     string
	Test        string
	Output      string
	ImportPath  string
	FailedBuild string
}

// optionalMark ends the reason of a test that is left out and that strict mode does without, too:
// another one tests the same, with less, or it is of no use there.
const optionalMark = "(optional)"

// A testID names a test, or with an empty test the whole package.
type testID struct{ pkg, test string }

// A goCounter counts tests by the events of `go test -json`. A test that only groups subtests is not
// counted beside them.
type goCounter struct {
	name   string
	show   func(string)
	output map[testID][]string
	groups map[testID]bool
	failed map[testID]bool // It, or something in it, was counted as failed.
	result result
}

func newGoCounter(name string, show func(string)) *goCounter {
	return &goCounter{
		name: name, show: show,
		output: map[testID][]string{}, groups: map[testID]bool{}, failed: map[testID]bool{},
	}
}

func (c *goCounter) line(text string) {
	var e testEvent
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		c.show(text)
		return
	}
	id := testID{e.Package, e.Test}
	switch e.Action {
	case "run":
		for _, group := range groupsOf(id) {
			c.groups[group] = true
		}
	case "output":
		c.output[id] = append(c.output[id], e.Output)
	case "build-output":
		build := testID{pkg: e.ImportPath}
		c.output[build] = append(c.output[build], e.Output)
	case "pass":
		if e.Test != "" && !c.groups[id] {
			c.result.passed++
		}
	case "skip":
		if e.Test != "" {
			why := c.reason(id)
			c.result.leftOut = append(c.result.leftOut, omission{e.Package + " " + e.Test, why, strings.HasSuffix(why, optionalMark)})
		}
	case "fail":
		if c.failed[id] {
			break
		}
		c.result.failed++
		for _, group := range groupsOf(id) {
			c.failed[group] = true
		}
		c.show(strings.Join(c.output[testID{pkg: e.FailedBuild}], "") + c.text(id))
	}
}

func (c *goCounter) finish(err error) result {
	ran := c.result.passed + c.result.failed + len(c.result.leftOut)
	switch {
	case err != nil && (c.result.failed == 0 || exitCode(err) < 0):
		c.result.failed++
		c.show(fmt.Sprintf("FAIL: %s: %v", c.name, err))
	case err == nil && ran == 0:
		c.result.failed++
		c.show(fmt.Sprintf("FAIL: %s: there is no test", c.name))
	}
	return c.result
}

// text is what a test printed, without the lines in which the Go tool says where it is.
func (c *goCounter) text(id testID) string {
	var b strings.Builder
	for _, text := range c.output[id] {
		if !strings.HasPrefix(text, "=== ") {
			b.WriteString(text)
		}
	}
	return b.String()
}

// reason is the argument of t.Skip.
func (c *goCounter) reason(id testID) string {
	before, _, _ := strings.Cut(c.text(id), "--- SKIP")
	return strings.Join(strings.Fields(before), " ")
}

// groupsOf lists what a test is part of: the tests around it and its package.
func groupsOf(id testID) []testID {
	if id.test == "" {
		return nil
	}
	groups := []testID{{pkg: id.pkg}}
	for i, r := range id.test {
		if r == '/' {
			groups = append(groups, testID{id.pkg, id.test[:i]})
		}
	}
	return groups
}
