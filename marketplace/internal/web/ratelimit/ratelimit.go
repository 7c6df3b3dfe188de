// Package ratelimit holds every client to so many requests a second, in bounded memory.
package ratelimit

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"bookmarket/marketplace/internal/lru"
)

// maxClients bounds the memory: some 3 MB. Who is not among the latest so many clients
// begins anew, as everybody may who did nothing for a few seconds.
const maxClients = 16 << 10

// A Limiter knows what each client may still do.
type Limiter struct {
	rate    rate.Limit
	burst   int
	buckets *lru.Cache[netip.Prefix, *rate.Limiter]
}

// New returns a limiter of so many requests a second, and so many at once after a pause.
func New(perSecond float64, burst int) *Limiter {
	return &Limiter{
		rate:    rate.Limit(perSecond),
		burst:   burst,
		buckets: lru.New[netip.Prefix, *rate.Limiter](maxClients, nil),
	}
}

// Allow counts a request of a client. Where it is one too many it returns how long the client has
// to wait for the next; requests that are refused do not make that longer.
func (l *Limiter) Allow(client netip.Prefix) (wait time.Duration, ok bool) {
	bucket := l.buckets.GetOr(client, func() *rate.Limiter { return rate.NewLimiter(l.rate, l.burst) })
	now := time.Now()
	if bucket.AllowN(now, 1) {
		return 0, true
	}
	missing := 1 - bucket.TokensAt(now)
	return time.Duration(missing / float64(l.rate) * float64(time.Second)), false
}
