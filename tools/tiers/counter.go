package main

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// A result is what one tier reports.
type result struct {
	passed, failed int
	leftOut        []omission
}

// An omission is a test or a whole tier that did not run.
type omission struct {
	what, why string
	optional  bool
}

// A counter reads a command's standard output and knows in the end how many tests passed and failed.
type counter interface {
	line(text string)
	// finish is told how the command ended: nil means with exit code 0.
	finish(err error) result
}

// counterFor tells how a tier's tests are counted, and the command that makes them countable:
// one by one where the Go tool runs them, else as the script itself says.
func counterFor(t tier, show func(string)) (counter, string) {
	if flags, ok := strings.CutPrefix(t.run, "go test "); ok {
		return newGoCounter(t.name, show), "go test -json " + flags
	}
	return &scriptCounter{name: t.name, show: show}, "exec 2>&1\n" + t.run
}

// exitCannotRun is how a script says that this machine lacks something; its last line says what.
// Automake gave the number that meaning.
const exitCannotRun = 77

// A scriptCounter counts the tests of a script: by its last line when that is "N passed, N failed",
// else the script is one test. A line "left out: what: why" names a test that did not run.
type scriptCounter struct {
	name   string
	show   func(string)
	output []string
}

var tally = regexp.MustCompile(`^(\d+) passed, (\d+) failed$`)

func (c *scriptCounter) line(text string) { c.output = append(c.output, text) }

func (c *scriptCounter) finish(err error) result {
	last := ""
	if len(c.output) > 0 {
		last = c.output[len(c.output)-1]
	}
	code := exitCode(err)
	if code == exitCannotRun {
		return result{leftOut: []omission{{what: c.name, why: last}}}
	}

	var r result
	for _, text := range c.output {
		if rest, ok := strings.CutPrefix(text, "left out: "); ok {
			what, why, _ := strings.Cut(rest, ": ")
			r.leftOut = append(r.leftOut, omission{c.name + " " + what, why, strings.HasSuffix(why, optionalMark)})
		}
	}
	counts := tally.FindStringSubmatch(last)
	switch {
	case counts != nil:
		r.passed, _ = strconv.Atoi(counts[1])
		r.failed, _ = strconv.Atoi(counts[2])
	case code == 0:
		r.passed = 1
	}
	if code != 0 && r.failed == 0 {
		r.failed = 1
	}
	if r.failed > 0 {
		c.show(strings.Join(c.output, "\n"))
		if err != nil {
			c.show(fmt.Sprintf("FAIL: %s: %v", c.name, err))
		}
	}
	return r
}

// exitCode is the code that a command ended with, or -1 where it did not end by itself.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	default:
		return -1
	}
}
