// Package delivery brings answers to browsers: compressed as they accept it, and not a second
// time what they have already.
package delivery

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The content codings that the shop knows, best first (RFC 9110, 8.4.1; RFC 7932).
const (
	Brotli = "br"
	Gzip   = "gzip"
)

// Choose returns which of the offered codings a request likes best, the first of those it likes
// equally, or "" for none. Must is true where the request has no use for what is not encoded.
func Choose(r *http.Request, offers ...string) (coding string, must bool) {
	values := r.Header["Accept-Encoding"]
	if len(values) == 0 {
		return "", false
	}
	// What is not encoded is welcome unless the request says no, but less than what it names.
	identity, named := quality(values, "identity")
	if !named {
		identity = 0.0005
		if q, star := quality(values, "*"); star && q == 0 {
			identity = 0
		}
	}
	best := max(identity, 0.0001)
	for _, offer := range offers {
		q, named := quality(values, offer)
		if !named {
			q, _ = quality(values, "*")
		}
		if q > best || q == best && coding == "" {
			coding, best = offer, q
		}
	}
	return coding, identity == 0
}

// quality returns how much a header wants a coding, between 0 and 1, and whether it names it.
// What is malformed is not wanted.
func quality(values []string, coding string) (q float64, named bool) {
	for _, value := range values {
		for value != "" {
			var item string
			item, value, _ = strings.Cut(value, ",")
			name, weight, weighted := strings.Cut(item, ";")
			if !strings.EqualFold(strings.TrimSpace(name), coding) {
				continue
			}
			if !weighted {
				return 1, true
			}
			weight = strings.TrimSpace(weight)
			if len(weight) < 2 || !strings.EqualFold(weight[:2], "q=") {
				return 0, true
			}
			q, err := strconv.ParseFloat(weight[2:], 64)
			if err != nil || !(q >= 0 && q <= 1) { // not a number is neither
				return 0, true
			}
			return q, true
		}
	}
	return 0, false
}

// NotModified answers a request that has already what the answer's ETag names, and reports
// whether it did (RFC 9110, 13.1.2). Weak tags are as good here as strong ones.
func NotModified(w http.ResponseWriter, r *http.Request) bool {
	etag := strings.TrimPrefix(w.Header().Get("ETag"), "W/")
	if r.Method != http.MethodGet && r.Method != http.MethodHead || etag == "" {
		return false
	}
	var have []string
	for _, value := range r.Header["If-None-Match"] {
		for tag := range strings.SplitSeq(value, ",") { // no ETag of the shop has a comma
			have = append(have, strings.TrimPrefix(strings.TrimSpace(tag), "W/"))
		}
	}
	if !slices.Contains(have, etag) && !slices.Contains(have, "*") {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// vary says that an answer depends on what codings a request accepts, whatever else it depends on.
func vary(h http.Header) {
	values := h.Values("Vary")
	for _, value := range values {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name == "*" || strings.EqualFold(name, "Accept-Encoding") {
				return
			}
		}
	}
	h.Set("Vary", strings.Join(append(slices.Clip(values), "Accept-Encoding"), ", "))
}
