package visitor_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"

	"bookmarket/marketplace/internal/web/visitor"
)

func TestOverTLS(t *testing.T) {
	tests := map[string]struct {
		way   visitor.Way
		conn  bool // the connection is encrypted
		proto []string
		want  bool
	}{
		"plain":                        {visitor.Way{}, false, nil, false},
		"own TLS":                      {visitor.Way{}, true, nil, true},
		"own TLS, and a visitor lies":  {visitor.Way{}, true, []string{"http"}, true},
		"nobody but a visitor says so": {visitor.Way{}, false, []string{"https"}, false},
		"a proxy says so":              {visitor.Way{Proxies: 1}, false, []string{"https"}, true},
		"a proxy denies it":            {visitor.Way{Proxies: 1}, false, []string{"http"}, false},
		"a proxy says nothing":         {visitor.Way{Proxies: 1}, false, nil, false},
		"a proxy appends to a lie":     {visitor.Way{Proxies: 1}, false, []string{"https, http"}, false},
		"the same in two headers":      {visitor.Way{Proxies: 1}, false, []string{"https", "http"}, false},
		"the outer of two proxies":     {visitor.Way{Proxies: 2}, false, []string{"http, HTTPS ,http"}, true},
		"two, and one replaces":        {visitor.Way{Proxies: 2}, false, []string{"https"}, true},
		"the shop's address says so":   {visitor.Way{TLS: true}, false, nil, true},
		"empty":                        {visitor.Way{Proxies: 1}, false, []string{""}, false},
	}
	for name, tt := range tests {
		r := httptest.NewRequest("GET", "http://shop.example/", http.NoBody)
		if tt.conn {
			r.TLS = new(tls.ConnectionState)
		}
		r.Header["X-Forwarded-Proto"] = tt.proto
		if got := tt.way.OverTLS(r); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestClient(t *testing.T) {
	tests := map[string]struct {
		proxies   int
		remote    string
		forwarded []string
		want      string
	}{
		"IPv4":                            {0, "192.0.2.7:1234", nil, "192.0.2.7/32"},
		"IPv6":                            {0, "[2001:db8:1:2:3:4:5:6]:1234", nil, "2001:db8:1:2::/64"},
		"IPv6 with a zone":                {0, "[fe80::1%eth0]:1234", nil, "fe80::/64"},
		"IPv4 within IPv6":                {0, "[::ffff:192.0.2.7]:1234", nil, "192.0.2.7/32"},
		"no address":                      {0, "@", nil, "invalid Prefix"},
		"no proxy, and a visitor lies":    {0, "192.0.2.7:1234", []string{"198.51.100.1"}, "192.0.2.7/32"},
		"one proxy":                       {1, "10.0.0.1:1234", []string{"198.51.100.1"}, "198.51.100.1/32"},
		"one proxy, and a visitor lies":   {1, "10.0.0.1:1234", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1/32"},
		"lies in a header of their own":   {1, "10.0.0.1:1234", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1/32"},
		"two proxies":                     {2, "10.0.0.1:1234", []string{"203.0.113.9,198.51.100.1 , 10.0.0.2"}, "198.51.100.1/32"},
		"fewer entries than proxies":      {2, "10.0.0.1:1234", []string{"198.51.100.1"}, "10.0.0.1/32"},
		"a proxy that says nothing":       {1, "10.0.0.1:1234", nil, "10.0.0.1/32"},
		"a proxy that does not know":      {1, "10.0.0.1:1234", []string{"unknown"}, "10.0.0.1/32"},
		"empty":                           {1, "10.0.0.1:1234", []string{"198.51.100.1,"}, "10.0.0.1/32"},
		"a proxy that names the port":     {1, "10.0.0.1:1234", []string{"198.51.100.1:4711"}, "198.51.100.1/32"},
		"IPv6 at a proxy":                 {1, "10.0.0.1:1234", []string{"2001:db8:1:2::9"}, "2001:db8:1:2::/64"},
		"IPv6 at a proxy, with the port":  {1, "10.0.0.1:1234", []string{"[2001:db8:1:2::9]:4711"}, "2001:db8:1:2::/64"},
		"IPv6 at a proxy, in brackets":    {1, "10.0.0.1:1234", []string{"[2001:db8:1:2::9]"}, "2001:db8:1:2::/64"},
		"no address, but a proxy has one": {1, "@", []string{"198.51.100.1"}, "198.51.100.1/32"},
	}
	for name, tt := range tests {
		r := httptest.NewRequest("GET", "/", http.NoBody)
		r.RemoteAddr = tt.remote
		r.Header["X-Forwarded-For"] = tt.forwarded
		if got := (visitor.Way{Proxies: tt.proxies}).Client(r).String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// FuzzClient sends any header: there is always somebody to count a request for, and nobody but
// the proxies says who.
func FuzzClient(f *testing.F) {
	f.Add("203.0.113.9", "198.51.100.1", 1)
	f.Add("[::1]:80,,", "::1%eth0", 2)
	f.Fuzz(func(t *testing.T, lie, truth string, proxies int) {
		r := httptest.NewRequest("GET", "/", http.NoBody)
		way := visitor.Way{Proxies: 1 + (proxies&7+8)%8}
		r.Header["X-Forwarded-For"] = []string{lie, "192.0.2.1"}
		if way.Proxies == 1 && way.Client(r).String() != "192.0.2.1/32" {
			t.Errorf("%q hides the client: %s", lie, way.Client(r))
		}
		r.Header["X-Forwarded-For"] = []string{lie, truth}
		if client := way.Client(r); !client.IsValid() {
			t.Errorf("%q, %q: nobody", lie, truth)
		}
	})
}
