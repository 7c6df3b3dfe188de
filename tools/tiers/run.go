package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// grace is how long a tier may clean up once it was told to end.
const grace = 20 * time.Second

// A session runs tiers one after the other and adds up what they report.
type session struct {
	out    io.Writer
	root   string
	strict bool
	total  result
}

// runAll runs the tiers and prints the report, whose last line is "N passed, N failed".
func (s *session) runAll(ctx context.Context, tiers []tier) {
	for _, t := range tiers {
		r := s.runTier(ctx, t)
		s.total.passed += r.passed
		s.total.failed += r.failed
		s.total.leftOut = append(s.total.leftOut, r.leftOut...)
	}
	fmt.Fprintln(s.out, "\nLeft out here, and why:")
	if len(s.total.leftOut) == 0 {
		fmt.Fprintln(s.out, "  nothing")
	}
	for _, o := range s.total.leftOut {
		verdict := ""
		if s.strict && !o.optional {
			s.total.failed++
			verdict = " (counts as failed: STRICT)"
		}
		fmt.Fprintf(s.out, "  %s: %s%s\n", o.what, o.why, verdict)
	}
	fmt.Fprintf(s.out, "%d passed, %d failed\n", s.total.passed, s.total.failed)
}

// runTier runs one tier where its needs are met, or what stands in for it where they are not.
func (s *session) runTier(ctx context.Context, t tier) result {
	var missing []omission
	for _, n := range t.needs {
		if !s.met(ctx, n) {
			missing = append(missing, omission{t.name, n.missing, n.optional})
		}
	}
	if ctx.Err() != nil {
		return result{leftOut: []omission{{what: t.name, why: "interrupted"}}}
	}
	if len(missing) > 0 {
		if t.or == "" {
			fmt.Fprintf(s.out, "%-16s left out\n", t.name)
			return result{leftOut: missing}
		}
		t.run = t.or
	}

	line := startLine(s.out, t.name)
	start := time.Now()
	r := s.execute(ctx, t, line.show)
	line.end(r, time.Since(start))
	r.leftOut = append(missing, r.leftOut...)
	return r
}

func (s *session) met(ctx context.Context, n need) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return runGroup(s.command(ctx, ".", n.check)) == nil
}

// execute runs the tier's command to its end and counts its tests; show prints the output of failed ones.
func (s *session) execute(ctx context.Context, t tier, show func(string)) result {
	ctx, cancel := context.WithTimeoutCause(ctx, t.limit, fmt.Errorf("did not end within %v", t.limit))
	defer cancel()

	c, run := counterFor(t, show)
	cmd := s.command(ctx, t.dir, run)
	stdout := &lineWriter{line: c.line}
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	err := runGroup(cmd)
	stdout.flush()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	r := c.finish(err)
	if r.failed > 0 && stderr.Len() > 0 {
		show(stderr.String())
	}
	return r
}

// command prepares a shell command in a process group of its own.
func (s *session) command(ctx context.Context, dir, run string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-c", run) //nolint:gosec // The commands are those of tiers.go.
	cmd.Dir = filepath.Join(s.root, dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace
	return cmd
}

// runGroup runs the command and then ends what it left running.
func runGroup(cmd *exec.Cmd) error {
	err := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // Fails where nothing is left, as it should be.
	}
	return err
}
