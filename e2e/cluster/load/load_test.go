package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// What is not a complete page with status 200 has failed; of the others, those without books are counted.
func TestWhatFails(t *testing.T) {
	for _, tt := range []struct {
		name          string
		answer        func(w http.ResponseWriter)
		failed, sorry bool
	}{
		{"a page", func(w http.ResponseWriter) { fmt.Fprintln(w, "<html></html>") }, false, false},
		{"a page without books", func(w http.ResponseWriter) { fmt.Fprint(w, `<html><p class="sorry"></html>`) }, false, true},
		{"another status", func(w http.ResponseWriter) { w.WriteHeader(503); fmt.Fprint(w, "<html></html>") }, true, false},
		{"half a page", func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") }, true, false},
		{"a page that breaks off", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "<html></html>")
		}, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { tt.answer(w) }))
			defer server.Close()
			l := newLoad(server.URL)
			l.request(l.fresh, "new connection")
			l.request(l.kept, "kept connection")
			if l.requests != 2 || (l.failed == 2) != tt.failed || (l.sorry == 2) != tt.sorry {
				t.Errorf("%v; want failed %v, sorry %v", l, tt.failed, tt.sorry)
			}
			if told := strings.Contains(l.String(), "first failures"); told != tt.failed {
				t.Errorf("%v: are the reasons of failures told? %v", l, told)
			}
		})
	}
}

// Half of the requests open a connection, the others share one; slow answers do not hold up the next request.
func TestConnections(t *testing.T) {
	var connections, waiting atomic.Int64
	release := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if waiting.Add(1) == 20 {
			close(release)
		}
		<-release // until the twentieth is there
		fmt.Fprint(w, "<html></html>")
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	l := newLoad(server.URL)
	l.run(ctx, io.Discard, 50)
	if l.failed > 0 || l.requests < 90 {
		t.Fatalf("%v, want some hundred requests", l)
	}
	// Every second one, and those that waited side by side at the beginning.
	if fresh := int64(l.requests / 2); connections.Load() < fresh || connections.Load() > fresh+15 {
		t.Errorf("%d connections for %d requests", connections.Load(), l.requests)
	}
}

func TestConnect(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := connect(t.Context(), io.Discard, listener.Addr().String()); err != nil {
		t.Errorf("somebody listens, but: %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := connect(ctx, io.Discard, listener.Addr().String()); err == nil {
		t.Error("nobody listens, and it is connected")
	}
}
