package visitor

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// A Way is how requests come to this process. What a request says about it is believed only as
// far as proxies that the operator put there can have written it.
type Way struct {
	Proxies int  // how many stand in front
	TLS     bool // visitors come by TLS, whatever the last proxy says
}

// OverTLS reports whether a visitor's browser spoke TLS, to this process or to a proxy.
func (way Way) OverTLS(r *http.Request) bool {
	if way.TLS || r.TLS != nil {
		return true
	}
	proto, ok := way.fromProxies(r.Header.Values("X-Forwarded-Proto"))
	return ok && strings.EqualFold(proto, "https")
}

// Client returns the addresses that count as one visitor's: an IPv4 address, or the /64 that
// every subscriber of IPv6 gets. It is the connection's where no proxy names another.
func (way Way) Client(r *http.Request) netip.Prefix {
	address, ok := parseAddr(r.RemoteAddr)
	if forwarded := r.Header.Values("X-Forwarded-For"); way.Proxies > 0 && len(forwarded) > 0 {
		entries := strings.Split(strings.Join(forwarded, ","), ",")
		// The nearest proxy wrote the last entry, the one before it the last but one. What is left
		// of theirs a visitor may have made up.
		if i := len(entries) - way.Proxies; i >= 0 {
			if client, named := parseAddr(strings.TrimSpace(entries[i])); named {
				address, ok = client, true
			}
		}
	}
	if !ok {
		return netip.Prefix{} // one and the same for all that have none, such as Unix sockets
	}
	bits := 32
	if address.Is6() {
		bits = 64
	}
	prefix, _ := address.Prefix(bits) // either length suits its kind of address
	return prefix
}

// fromProxies returns what the outermost trusted proxy wrote into a header that proxies either
// append to or replace.
func (way Way) fromProxies(values []string) (string, bool) {
	if way.Proxies == 0 || len(values) == 0 {
		return "", false
	}
	entries := strings.Split(strings.Join(values, ","), ",")
	return strings.TrimSpace(entries[max(0, len(entries)-way.Proxies)]), true
}

// parseAddr reads an address, with a port or without, as proxies write either.
func parseAddr(text string) (netip.Addr, bool) {
	if name, _, err := net.SplitHostPort(text); err == nil {
		text = name
	}
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return address.Unmap().WithZone(""), err == nil
}
