// Package visitor knows who is looking, by the cookies of their browser: a reader who has acted
// by a signed one, anybody's latest books by one that is read by nobody but this shop.
package visitor

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"bookmarket/marketplace/internal/shop"
)

// Names of the reader's cookie. Browsers keep the first only if it came by TLS from this very
// host, so that neither a neighbour's host nor anybody on the line can set it. They drop it
// silently where there is no TLS.
const (
	secureName = "__Host-reader"
	plainName  = "reader"
)

const (
	maxAge     = 365 * 24 * time.Hour // browsers allow 400 days at most
	renewAfter = 30 * 24 * time.Hour
)

// Options are what visitors are told apart by.
type Options struct {
	// Keys sign the reader's cookie: the first does, all are accepted.
	Keys    [][]byte
	Way     Way
	Metrics prometheus.Registerer
}

// Visitors reads and writes the cookies of visitors. Whatever a browser sends, the worst that it
// can make of its user is somebody unknown.
type Visitors struct {
	keys    [][]byte
	way     Way
	refused map[refusal]prometheus.Counter
}

// New returns the visitors of a shop. Without keys it makes one up, and knows nobody again after
// the next start.
func New(o Options) *Visitors {
	v := &Visitors{keys: o.Keys, way: o.Way, refused: make(map[refusal]prometheus.Counter)}
	if len(v.keys) == 0 {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // it never fails
		v.keys = [][]byte{key}
	}
	counts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "marketplace_cookies_refused_total",
		Help: "Cookies of readers that were not accepted, by the reason: their senders are unknown to the shop.",
	}, []string{"reason"})
	o.Metrics.MustRegister(counts)
	for _, why := range refusals {
		v.refused[why] = counts.WithLabelValues(string(why))
	}
	return v
}

// Way is how visitors come here.
func (v *Visitors) Way() Way { return v.way }

// Of returns who sent a request: the reader, zero where they have never acted, and the books that
// they looked at last. A cookie that grows old, or that another key signed, is renewed.
func (v *Visitors) Of(w http.ResponseWriter, r *http.Request) shop.Visitor {
	visitor := shop.Visitor{Recent: recent(r)}
	granted, why := v.granted(r)
	switch {
	case why != "":
		v.refused[why].Inc()
	case granted.reader != 0:
		visitor.Reader = granted.reader
		if now := time.Now(); !granted.current || now.Sub(granted.issued) > renewAfter {
			v.grant(w, r, granted.reader, now)
		}
	}
	return visitor
}

// granted returns what the reader's cookie of a request grants, nothing where there is none.
//
// By TLS the plain cookie does not count. It may have been planted, over an unencrypted
// connection or by a neighbouring host, to make a reader's taste known to whoever planted it. A
// shop that changes to TLS begins with new readers.
func (v *Visitors) granted(r *http.Request) (grant, refusal) {
	name := v.name(r)
	cookies := r.CookiesNamed(name)
	switch {
	case len(cookies) > 1:
		return grant{}, duplicate
	case len(cookies) == 1:
		return open(v.keys, name, cookies[0].Value, time.Now())
	case name == secureName && len(r.CookiesNamed(plainName)) > 0:
		return grant{}, noTLS
	}
	return grant{}, ""
}

// Enter returns the reader's id. Who has none becomes a reader.
func (v *Visitors) Enter(w http.ResponseWriter, r *http.Request) (reader int64) {
	if granted, _ := v.granted(r); granted.reader != 0 {
		return granted.reader
	}
	reader = draw(rand.Reader)
	v.grant(w, r, reader, time.Now())
	return reader
}

// Forget makes a browser forget who its user is and what they looked at. The language that they
// chose is nobody's secret and stays.
func (v *Visitors) Forget(w http.ResponseWriter, r *http.Request) {
	names := []string{plainName, recentName, noticeName}
	if v.way.OverTLS(r) {
		names = append(names, secureName)
	}
	for _, name := range names {
		v.set(w, r, name, "", -1)
	}
}

// draw returns an id that nobody has, since there are 2^63 to choose from, all alike.
func draw(random io.Reader) int64 {
	var drawn [8]byte
	for {
		_, _ = io.ReadFull(random, drawn[:]) // the system's never fails
		if id := int64(binary.BigEndian.Uint64(drawn[:]) >> 1); id > minReader {
			return id
		}
	}
}

func (v *Visitors) grant(w http.ResponseWriter, r *http.Request, reader int64, now time.Time) {
	name := v.name(r)
	v.set(w, r, name, seal(v.keys[0], name, reader, now), maxAge)
}

func (v *Visitors) name(r *http.Request) string {
	if v.way.OverTLS(r) {
		return secureName
	}
	return plainName
}
