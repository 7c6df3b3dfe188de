package main

import (
	"crypto/sha256"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	root     = "../.."
	version  = "v1.2.3"
	revision = "0123456789abcdef0123456789abcdef01234567"
)

var services = []string{"recommendations", "marketplace"}

// sources are what the services are built from.
var sources = []string{"Makefile", "go.mod", "go.sum", "internal", "marketplace", "protobufs/gen", "recommendations"}

// The same source makes the same programs, wherever it lies, with and without its history. Both
// builds share what is compiled already, to be quick; e2e/compose compares with one that does not.
func TestReproducible(t *testing.T) {
	here, there, copied := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "another/folder")
	for _, name := range sources {
		copyTree(t, filepath.Join(root, name), filepath.Join(copied, name))
	}
	// Left to itself, Go writes into a program what git knows of the source, where there is git.
	runMake(t, root, []string{"GOFLAGS=-buildvcs=auto"}, "build", "BIN="+here)
	runMake(t, copied, []string{"GOFLAGS=-buildvcs=auto"}, "build", "BIN="+there)
	for _, service := range services {
		if digest(t, filepath.Join(here, service)) != digest(t, filepath.Join(there, service)) {
			t.Errorf("two builds of %s differ: %s and %s", service, here, there)
		}
	}
}

// A release is for both kinds of processors, and its programs need nothing of the machine.
func TestCross(t *testing.T) {
	dist := t.TempDir()
	runMake(t, root, nil, "cross", "DIST="+dist)
	for arch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		for _, service := range services {
			isStatic(t, filepath.Join(dist, service+"-linux-"+arch), machine)
		}
	}
	for _, service := range services {
		own := filepath.Join(dist, service+"-linux-"+runtime.GOARCH)
		want := service + " " + version + " (revision " + revision + ", " + runtime.Version() + ")\n"
		if out := run(t, exec.Command(own, "version")); out != want {
			t.Errorf("the program says it is %q, want %q", out, want)
		}
	}
}

func isStatic(t *testing.T, file string, machine elf.Machine) {
	t.Helper()
	program, err := elf.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close() //nolint:errcheck // it was only read
	if program.Machine != machine || program.Class != elf.ELFCLASS64 {
		t.Errorf("%s is for %v", file, program.Machine)
	}
	for _, segment := range program.Progs {
		if segment.Type == elf.PT_INTERP || segment.Type == elf.PT_DYNAMIC {
			t.Errorf("%s is linked to libraries", file)
		}
	}
}

// runMake makes a target with a version and a revision of its own.
func runMake(t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	cmd := exec.Command("make", append(args, "VERSION="+version, "REVISION="+revision)...)
	cmd.Dir = dir
	// This test may have been started by make, whose flags are not for this one.
	cmd.Env = append(os.Environ(), append(env, "MAKEFLAGS=", "MAKELEVEL=")...)
	run(t, cmd)
}

func run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", cmd, err, out, problems.String())
	}
	return string(out)
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(from); err == nil && info.IsDir() {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		return
	}
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func digest(t *testing.T, file string) [sha256.Size]byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(content)
}
