// Package httpserver is an HTTP server with bounds on time and size, run and stopped like
// the gRPC server beside it.
package httpserver

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Server serves HTTP on one listener until it is stopped.
type Server struct {
	*http.Server
	name     string
	listener net.Listener
	log      *slog.Logger
	silent   sync.Map // of net.Conn: connections on which nothing came yet
}

// New returns a server that nobody can keep busy by being slow. name tells the process's
// servers apart in its log.
func New(name string, listener net.Listener, handler http.Handler, log *slog.Logger) *Server {
	s := &Server{name: name, listener: listener, log: log}
	s.Server = &http.Server{
		Handler:                      handler,
		ReadHeaderTimeout:            5 * time.Second,
		ReadTimeout:                  10 * time.Second,
		WriteTimeout:                 15 * time.Second,
		IdleTimeout:                  60 * time.Second,
		MaxHeaderBytes:               16 << 10,
		DisableGeneralOptionsHandler: true, // every answer is the handler's
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ConnState:                    s.noteSilence,
	}
	s.RegisterOnShutdown(s.closeSilent)
	return s
}

func (s *Server) noteSilence(conn net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.silent.Store(conn, nil)
	} else {
		s.silent.Delete(conn)
	}
}

// closeSilent ends the connections that browsers opened in advance. Shutdown would wait five
// seconds for a request on each, and not answer it.
func (s *Server) closeSilent() {
	s.silent.Range(func(conn, _ any) bool {
		_ = conn.(net.Conn).Close() // nobody said anything on it
		return true
	})
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
