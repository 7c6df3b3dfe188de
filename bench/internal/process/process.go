// Package process builds the programs that are measured, the way they are shipped, runs them
// on loopback, and asks the operating system for the CPU time that they took.
package process

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Build builds a package of this module into a folder and returns the program's path.
func Build(ctx context.Context, dir, pkg string) (string, error) {
	program := filepath.Join(dir, filepath.Base(pkg))
	//nolint:gosec // a package of ours into a folder of ours
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-tags=grpcnotrace", "-o", program, pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return program, nil
}

// A Process is a server that runs.
type Process struct {
	Addr string // of its gRPC

	cmd *exec.Cmd
	end context.CancelFunc
}

// Start runs a program with no other environment than env, and returns when the program has
// logged that its gRPC server listens. It runs until Stop, or until ctx ends.
func Start(ctx context.Context, program string, env ...string) (*Process, error) {
	ctx, end := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = env
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		end()
		return nil, err
	}
	p := &Process{cmd: cmd, end: end}
	lines := bufio.NewReader(stderr)
	if p.Addr, err = listening(lines); err != nil {
		p.Stop()
		return nil, fmt.Errorf("%s did not start: %w", program, err)
	}
	go io.Copy(io.Discard, lines) //nolint:errcheck // a full pipe would stop the server; nobody reads what it says
	return p, nil
}

// listening reads a program's log up to the line that tells the address of its gRPC server.
func listening(log *bufio.Reader) (string, error) {
	var said []byte
	for {
		text, err := log.ReadBytes('\n')
		var line struct{ Msg, Server, Addr string }
		if json.Unmarshal(text, &line) == nil && line.Msg == "listening" && line.Server == "grpc" {
			return line.Addr, nil
		}
		said = append(said, text...)
		if err != nil {
			return "", errors.Join(err, errors.New(string(said)))
		}
	}
}

// Suspend keeps the program from running at all, until Resume: what it would do in the
// background is then no part of what another one takes.
func (p *Process) Suspend() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume lets a program that was suspended run again.
func (p *Process) Resume() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// Stop kills the program: it has nothing to save.
func (p *Process) Stop() {
	p.end()
	p.cmd.Wait() //nolint:errcheck // it was killed, which is what Wait says
}
