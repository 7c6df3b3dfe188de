package web

import (
	"math"
	"net/http"
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"bookmarket/marketplace/internal/web/ratelimit"
)

// burst is for how many seconds' worth of requests a client may send at once: whoever opens a
// page of results in twenty tabs is no flood.
const burst = 5

// limitRate refuses the requests of clients that ask too often (ASVS 2.4.1). The files that every
// page needs, and that cost next to nothing, are not counted.
func (s *Server) limitRate(next http.Handler, metrics prometheus.Registerer) http.Handler {
	limited := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "marketplace_rate_limited_total",
		Help: "Requests refused with status 429, because their client sent too many.",
	})
	metrics.MustRegister(limited)
	if s.rateLimit == 0 {
		return next
	}
	limiter := ratelimit.New(float64(s.rateLimit), burst*s.rateLimit)
	tooMany := s.page(func(http.ResponseWriter, *http.Request) error { return errTooMany })
	var unknownProxy sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.isFile(r) {
			next.ServeHTTP(w, r)
			return
		}
		way := s.visitors.Way()
		if way.Proxies == 0 && r.Header.Get("X-Forwarded-For") != "" {
			unknownProxy.Do(func() {
				s.log.WarnContext(r.Context(), "a request has X-Forwarded-For, and MARKETPLACE_TRUSTED_PROXIES is 0: if there is a proxy, all of its visitors share one rate limit")
			})
		}
		wait, ok := limiter.Allow(way.Client(r))
		if !ok {
			limited.Inc()
			w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
			tooMany.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
