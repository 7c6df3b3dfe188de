package web

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/a-h/templ"
)

// A headView is what a page says to programs that show or find it.
type headView struct {
	Description string
	Canonical   string    // path of the page's one address; "": it is not to be found
	Kind        string    // of Open Graph; "": website
	Image       string    // an absolute address
	Data        *bookData // what the page is about
	Next        string    // the page after this one of a list
}

func (h headView) kind() string { return cmp.Or(h.Kind, "website") }

// jsonLD describes what a page is about (JSON-LD 1.1). It is data, which browsers do not run and
// the Content-Security-Policy lets stand; json.Marshal escapes what would end the element.
func jsonLD(data any) document {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		text, err := json.Marshal(data)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, `<script type="application/ld+json">`+string(text)+`</script>`)
		return err
	})
}

// originOf returns what absolute addresses of the shop begin with: the public address that it is
// told, or else where the request went. It is "" where that is not the name of a host: addresses
// are relative then.
func (s *Server) originOf(r *http.Request) string {
	if s.publicURL != "" {
		return s.publicURL
	}
	if !isHost(r.Host) {
		return ""
	}
	if s.visitors.Way().OverTLS(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// isHost reports whether a Host header, which anybody may make up, is a name or an address with
// perhaps a port.
func isHost(host string) bool {
	name := host
	if before, port, err := net.SplitHostPort(host); err == nil {
		if name = before; port == "" || strings.Trim(port, "0123456789") != "" {
			return false
		}
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return true
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
	return name != "" && len(name) <= 253 && strings.Trim(name, letters) == ""
}
