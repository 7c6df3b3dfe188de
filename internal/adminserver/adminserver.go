// Package adminserver is what operators and Kubernetes ask a service: is it alive, is it
// ready, what does it count, where does it spend its time. It is never published.
package adminserver

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"bookmarket/internal/httpserver"
)

// New returns the server. ready answers whether the service is; whether the process is
// alive never depends on it.
func New(listener net.Listener, log *slog.Logger, metrics *prometheus.Registry, ready func(context.Context) bool) *httpserver.Server {
	server := httpserver.New("admin", listener, handler(metrics, ready), log)
	server.WriteTimeout = 2 * time.Minute // a CPU profile takes 30 s by default
	return server
}

func handler(metrics *prometheus.Registry, ready func(context.Context) bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "alive\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if ready(r.Context()) {
			answer(w, http.StatusOK, "ready\n")
		} else {
			answer(w, http.StatusServiceUnavailable, "not ready\n")
		}
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // a probe that hung up needs no answer
}
