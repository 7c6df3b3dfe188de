package postgrestest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	startTimeout = 30 * time.Second
	// attempts is how many ports are tried: another process may take one before the server does.
	attempts = 5
)

// Stop ends the server at once, as a power cut does for its clients: nothing is written that was
// not yet, and nobody is waited for.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.process.end(); err != nil {
		t.Fatal(err)
	}
}

// Start starts a server that was stopped, on its port.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// Restart stops the server in good order, which ends its clients' connections, and starts it.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.process.shutDown(); err != nil {
		t.Fatal(err)
	}
	s.Start(t)
}

// Pause stops the server and all that it has started from doing anything; its machine goes on
// to accept what is sent to it.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	if err := s.process.pause(); err != nil {
		t.Fatal(err)
	}
}

// Resume ends a pause.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	if err := s.process.resume(); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) startSomewhere() error {
	var err error
	for range attempts {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.start(); err == nil {
			return nil
		}
	}
	return err
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it takes no time
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// start starts the server and waits for its first answer.
func (s *Server) start() error {
	settings := map[string]string{
		"listen_addresses": "127.0.0.1", "port": strconv.Itoa(s.port), "unix_socket_directories": "",
		"shared_buffers": "32MB", "max_connections": "100", "log_checkpoints": "off",
	}
	if s.mode == Fast {
		settings["fsync"], settings["full_page_writes"], settings["synchronous_commit"] = "off", "off", "off"
	}
	args := []string{"-D", s.data()}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the server has it open itself
	if s.process, err = startProcess(filepath.Join(s.binaries, "postgres"), args, s.folder, log); err != nil {
		return err
	}
	if err := s.waitUntilUp(); err != nil {
		_ = s.process.end() // What it wrote says more.
		return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, s.log())
	}
	return nil
}

func (s *Server) waitUntilUp() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.process.ended:
			return err
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
