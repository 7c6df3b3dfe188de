// Package httpserver is an HTTP server with bounds on time and size, run and stopped like
// the gRPC server beside it.
package httpserver

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// A Server serves HTTP on one listener until it is stopped.
type Server struct {
	*http.Server
	name     string
	listener net.Listener
	log      *slog.Logger
}

// New returns a server that nobody can keep busy by being slow. name tells the process's
// servers apart in its log.
func New(name string, listener net.Listener, handler http.Handler, log *slog.Logger) *Server {
	return &Server{
		Server: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      15 * time.Second,
			IdleTimeout:       60 * time.Second,
			MaxHeaderBytes:    16 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
		name:     name,
		listener: listener,
		log:      log,
	}
}

// Serve answers requests until Stop; its error is nil then.
func (s *Server) Serve() error {
	s.log.Info("listening", "server", s.name, "addr", s.listener.Addr().String())
	err := s.Server.Serve(s.listener)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Stop takes no more requests and finishes those in flight. When ctx ends first, it cuts
// them and returns ctx's error.
func (s *Server) Stop(ctx context.Context) error {
	err := s.Shutdown(ctx)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}
