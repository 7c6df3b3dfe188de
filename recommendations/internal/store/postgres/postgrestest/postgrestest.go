// Package postgrestest runs PostgreSQL servers for tests: Debian's binaries on a folder and a
// port of their own. Where they are not installed the test is skipped and says so.
package postgrestest

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A Mode is how much a server does for what it is told to keep.
type Mode int

// Modes.
const (
	Fast    Mode = iota // it forgets when its machine stops
	Durable             // as PostgreSQL comes
)

// A Server is a PostgreSQL that belongs to a test.
type Server struct {
	folder   string
	binaries string
	password string
	port     int
	mode     Mode
	process  *process
}

// Start starts a server that ends with the test.
func Start(t testing.TB, mode Mode) *Server {
	t.Helper()
	binaries, err := findBinaries()
	if err != nil {
		t.Skip(err)
	}
	s, err := newServer(binaries, mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("PostgreSQL's last words:\n%s", s.log())
		}
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// findBinaries returns the folder of PostgreSQL's newest programs.
func findBinaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		newest := slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(version(a), version(b)) })
		return filepath.Dir(newest), nil
	}
	if pgCtl, err := exec.LookPath("pg_ctl"); err == nil {
		pgCtl, err = filepath.EvalSymlinks(pgCtl)
		return filepath.Dir(pgCtl), err
	}
	return "", errors.New("PostgreSQL is not installed: apt-get install postgresql")
}

func version(path string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0 // no version that we know
	}
	return n
}

// newServer makes the files of a server and starts it.
func newServer(binaries string, mode Mode) (s *Server, err error) {
	made := &Server{binaries: binaries, mode: mode, password: "s3cret/:@?" + strconv.Itoa(os.Getpid())}
	if made.folder, err = os.MkdirTemp("", "postgrestest-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, made.remove())
		}
	}()
	passwords := filepath.Join(made.folder, "password")
	if err := os.WriteFile(passwords, []byte(made.password), 0o600); err != nil {
		return nil, err
	}
	if err := handOver(made.folder, passwords); err != nil {
		return nil, err
	}
	// The collation of a language, not of bytes, as databases in use have: what relies on bytes
	// must say so.
	initdb := exec.Command(filepath.Join(binaries, "initdb"), "--pgdata", made.data(), "--username", "tester", //nolint:noctx // it takes a second
		"--auth", "scram-sha-256", "--pwfile", passwords, "--encoding", "UTF8", "--no-sync",
		"--locale", "C", "--locale-provider", "icu", "--icu-locale", "en-US")
	initdb.Dir = made.folder
	initdb.SysProcAttr = attributes()
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := made.startSomewhere(); err != nil {
		return nil, err
	}
	return made, nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// log returns the end of what the server wrote.
func (s *Server) log() string {
	content, err := os.ReadFile(filepath.Join(s.folder, "log"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}

func (s *Server) remove() error {
	var err error
	if s.process != nil {
		err = s.process.end()
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}
