// Package proctest runs the shop's programs as their users do: as processes that are known
// by their addresses, their output and their exit code.
package proctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that takes milliseconds on an idle machine. A test
// that is about time has a limit of its own.
const patience = 10 * time.Second

// Build compiles services into dir, as they are shipped.
func Build(dir string, services ...string) error {
	build := exec.Command("make", "--silent", "build", "BIN="+dir, "SERVICES="+strings.Join(services, " "), "VERSION=e2e") //nolint:noctx // it ends by itself
	build.Dir = Root()
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", build, err, out)
	}
	return nil
}

// Root is the repository's root folder.
func Root() string {
	_, file, _, _ := runtime.Caller(0) //nolint:dogsled // only the file is of interest
	return filepath.Join(filepath.Dir(file), "../../..")
}

// A Process is a running program. It ends with its test at the latest; where the test failed,
// its output is shown.
type Process struct {
	Stdout, Stderr Lines
	Dir            string // its working folder, which was empty

	name string
	cmd  *exec.Cmd
	done chan struct{} // closed after the process has ended
}

// Start runs a program. Nothing of this machine's environment reaches it: env has its
// variables, as NAME=value.
func Start(t testing.TB, env []string, program string, args ...string) *Process {
	t.Helper()
	p, err := Launch(t.Context(), t.TempDir(), env, program, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		<-p.done // the test's context is over, which has killed it
		if t.Failed() {
			t.Logf("output of %s:\n%s\n%s", p.name, p.Stdout.String(), p.Stderr.String())
		}
	})
	return p
}

// Launch is Start for a program that several tests share. It ends with the context; dir is its
// working folder.
func Launch(ctx context.Context, dir string, env []string, program string, args ...string) (*Process, error) {
	p := &Process{name: filepath.Base(program), Dir: dir, done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, program, args...)
	p.cmd.Env = append([]string{"LC_ALL=C.UTF-8"}, env...)
	p.cmd.Dir = p.Dir
	p.cmd.Stdout, p.cmd.Stderr = &p.Stdout, &p.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // Exit tells how it ended
	}()
	return p, nil
}

// Signal sends a signal.
func (p *Process) Signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatalf("%s: %v: %v", p.name, s, err)
	}
}

// Pause stops the process in the middle of whatever it does and returns when it stands still;
// SIGCONT lets it go on.
func (p *Process) Pause(t testing.TB) {
	t.Helper()
	p.Signal(t, syscall.SIGSTOP)
	for end := time.Now().Add(patience); !p.stopped(t); {
		if time.Now().After(end) {
			t.Fatalf("%s runs on %v after SIGSTOP", p.name, patience)
		}
		time.Sleep(time.Millisecond)
	}
}

// stopped reports whether every thread of the process is in state T of proc(5). Signals take
// effect later than they are sent.
func (p *Process) stopped(t testing.TB) bool {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux shows in /proc whether a process stands still")
	}
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", p.cmd.Process.Pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("%s has no threads: %v", p.name, err)
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			return false // it ended since
		}
		if !bytes.Contains(stat, []byte(") T ")) {
			return false
		}
	}
	return true
}

// Kill ends the process at once and returns when it is gone.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	p.Signal(t, os.Kill)
	p.Exit(t, patience)
}

// KillIfRunning ends the process at once, and reports whether it ran until then.
func (p *Process) KillIfRunning(t testing.TB) bool {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatalf("%s: %v", p.name, err)
	}
	p.Exit(t, patience)
	return p.Signalled() == os.Kill
}

// Exit waits for the process to end and returns its exit code: -1 where a signal ended it.
func (p *Process) Exit(t testing.TB, within time.Duration) int {
	t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(within):
		t.Fatalf("%s has not ended within %v", p.name, within)
		return -1
	}
}

// Wait waits for the process to end.
func (p *Process) Wait() { <-p.done }

// Signalled reports which signal ended the process.
func (p *Process) Signalled() syscall.Signal {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return 0
	}
	return status.Signal()
}

// Await returns the first line of the log that has all these attributes, waiting for it if
// need be. want are keys, each with the value that it must have.
func (p *Process) Await(t testing.TB, want ...string) Line {
	t.Helper()
	return p.AwaitN(t, 1, want...)[0]
}

// AwaitN returns the lines of the log that have all these attributes once there are n.
func (p *Process) AwaitN(t testing.TB, n int, want ...string) []Line {
	t.Helper()
	found, err := p.TryAwaitN(n, want...)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TryAwaitN is AwaitN for a program that no test has for itself.
func (p *Process) TryAwaitN(n int, want ...string) ([]Line, error) {
	timeout := time.After(patience)
	for ended := false; ; {
		found, more := p.Stderr.find(want)
		switch {
		case len(found) >= n:
			return found, nil
		case ended:
			return nil, fmt.Errorf("%s ended with %d lines of %v in its log, want %d\n%s", p.name, len(found), want, n, p.Stderr.String())
		}
		select {
		case <-more:
		case <-p.done:
			ended = true
		case <-timeout:
			return nil, fmt.Errorf("%s has %d lines of %v in its log after %v, want %d", p.name, len(found), want, patience, n)
		}
	}
}

// Addr is where one of the process's servers (grpc, http or admin) listens.
func (p *Process) Addr(t testing.TB, server string) string {
	t.Helper()
	addr, ok := p.Await(t, "msg", "listening", "server", server)["addr"].(string)
	if !ok {
		t.Fatalf("%s listens without saying where", p.name)
	}
	return addr
}

// Run runs a program that ends by itself, within the time given, and returns its exit code.
func Run(t testing.TB, within time.Duration, env []string, program string, args ...string) (p *Process, code int) {
	t.Helper()
	p = Start(t, env, program, args...)
	code = p.Exit(t, within)
	return p, code
}
