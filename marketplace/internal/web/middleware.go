package web

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"bookmarket/internal/telemetry"
	"bookmarket/marketplace/internal/web/delivery"
)

// maxBodyBytes is far above what any page of the shop sends.
const maxBodyBytes = 64 << 10

// withMiddleware wraps every request, outermost last: its id is needed by all within, the log
// must see what recovery makes of a panic, and no page sees a client that asks too often, a body
// that is too large or a form that another site sends.
// MaxBytesHandler stands outermost, where it finds net/http's own writer and can tell it to
// close the connection of a body that went on too long.
func (s *Server) withMiddleware(next http.Handler, metrics prometheus.Registerer) http.Handler {
	next = s.refuseForeign(next)
	next = s.limitBody(next)
	next = s.limitRate(next, metrics)
	next = s.withSecurityHeaders(next)
	next = s.recoverPanic(next)
	next = delivery.Compress(next) // all pages, those of what went wrong too, and within what times them
	next = s.observe(next, metrics)
	return http.MaxBytesHandler(withRequestID(next), maxBodyBytes)
}

func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := telemetry.WithRequestID(r.Context(), r.Header.Get(telemetry.RequestIDHeader))
		w.Header().Set(telemetry.RequestIDHeader, telemetry.RequestID(ctx))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// observe logs and counts every request.
func (s *Server) observe(next http.Handler, metrics prometheus.Registerer) http.Handler {
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "marketplace_http_request_duration_seconds",
		Help:    "Time from a request's headers to the end of its answer, by route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .35, .5, 1, 5},
	}, []string{"route", "code"})
	metrics.MustRegister(durations)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		answer := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() { // also where a panic cuts the answer off
			took := time.Since(start)
			// The mux sets the pattern; paths are the visitors' and would be endless.
			durations.WithLabelValues(cmp.Or(r.Pattern, "none"), strconv.Itoa(answer.status)).Observe(took.Seconds())
			level := slog.LevelInfo
			if answer.status == http.StatusTooManyRequests {
				level = slog.LevelDebug // who floods the shop must not flood its log
			}
			s.log.Log(r.Context(), level, "http",
				"method", r.Method, "path", r.URL.Path, "status", answer.status, telemetry.Milliseconds("duration_ms", took))
		}()
		next.ServeHTTP(answer, r)
	})
}

// recoverPanic answers a panic with the page for our own faults, where nothing was sent yet.
func (s *Server) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &recorder{ResponseWriter: w}
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			if value == http.ErrAbortHandler { //nolint:errorlint // no page wraps it
				panic(value) // a page has cut itself off
			}
			s.log.ErrorContext(r.Context(), "panic", "error", fmt.Sprint(value), "stack", string(debug.Stack()))
			if answer.begun {
				panic(http.ErrAbortHandler) // a cut connection says that the answer is not whole
			}
			s.problem(w, r, fmt.Errorf("panic: %v", value))
		}()
		next.ServeHTTP(answer, r)
	})
}

// refuseForeign refuses what another site makes a visitor's browser send (ASVS 3.5.1).
func (s *Server) refuseForeign(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(s.page(func(http.ResponseWriter, *http.Request) error { return errForeign }))
	return protection.Handler(next)
}

func (s *Server) limitBody(next http.Handler) http.Handler {
	tooLarge := s.page(func(http.ResponseWriter, *http.Request) error { return errTooLarge })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > maxBodyBytes {
			// Read what is allowed, or the client, still writing, sees a reset and not our answer.
			_, _ = io.Copy(io.Discard, r.Body)
			tooLarge.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// A recorder remembers how a request was answered.
type recorder struct {
	http.ResponseWriter
	status int
	begun  bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.begun {
		r.begun, r.status = true, status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.begun = true
	return r.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the connection's own writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
