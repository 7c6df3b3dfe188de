package delivery_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"bookmarket/marketplace/internal/web/delivery"
)

func TestChoose(t *testing.T) {
	const browser = "gzip, deflate, br, zstd"
	tests := []struct {
		accept []string
		want   string
		must   bool
	}{
		{nil, "", false},
		{[]string{""}, "", false},
		{[]string{browser}, "br", false},
		{[]string{"gzip, deflate"}, "gzip", false}, // a browser without TLS
		{[]string{"deflate"}, "", false},
		{[]string{"GZIP"}, "gzip", false},
		{[]string{" gzip ; q=0.5 ,br;q=0.4"}, "gzip", false},
		{[]string{"br;q=0, gzip"}, "gzip", false},
		{[]string{"br;q=0.0,gzip;q=0.000"}, "", false},
		{[]string{"br;q=0.001"}, "br", false},
		{[]string{"*"}, "br", false},
		{[]string{"*, br;q=0"}, "gzip", false},
		{[]string{"*;q=0"}, "", true},
		{[]string{"*;q=0, gzip"}, "gzip", true},
		{[]string{"gzip;q=0.5, *;q=0.1"}, "gzip", false},
		{[]string{"identity"}, "", false},
		{[]string{"identity, gzip;q=0.5"}, "", false},
		{[]string{"identity;q=0.5, gzip;q=0.5"}, "gzip", false},
		{[]string{"identity;q=0"}, "", true},
		{[]string{"identity;q=0, gzip"}, "gzip", true},
		{[]string{"*;q=0, identity, br;q=0.1"}, "", false},
		{[]string{"gzip", "br"}, "br", false},
		{[]string{"gzip;q=2, br;q=-1"}, "", false},
		{[]string{"gzip;q=, br;q=NaN"}, "", false},
		{[]string{"gzip;level=1"}, "", false},
		{[]string{"gzip;"}, "", false},
		{[]string{",,;;, ,"}, "", false},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", "/", http.NoBody)
		r.Header["Accept-Encoding"] = tt.accept
		if tt.accept == nil {
			delete(r.Header, "Accept-Encoding")
		}
		if got, must := delivery.Choose(r, delivery.Brotli, delivery.Gzip); got != tt.want || must != tt.must {
			t.Errorf("%q: chose %q and must be encoded: %v, want %q and %v", tt.accept, got, must, tt.want, tt.must)
		}
		if got, _ := delivery.Choose(r); got != "" {
			t.Errorf("%q: chose %q, which was not offered", tt.accept, got)
		}
	}
}

func FuzzChoose(f *testing.F) {
	for _, seed := range []string{"gzip, deflate, br, zstd", "br;q=0,*;q=0.5", "identity;q=0", ";;,,q=;q=1e-9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		r := httptest.NewRequest("GET", "/", http.NoBody)
		r.Header.Set("Accept-Encoding", accept)
		switch got, _ := delivery.Choose(r, delivery.Brotli, delivery.Gzip); got {
		case "", delivery.Brotli, delivery.Gzip:
		default:
			t.Errorf("chose %q", got)
		}
	})
}

func TestNotModified(t *testing.T) {
	tests := []struct {
		method, etag string
		have         []string
		want         bool
	}{
		{"GET", `"a"`, []string{`"a"`}, true},
		{"HEAD", `"a"`, []string{`"a"`}, true},
		{"POST", `"a"`, []string{`"a"`}, false},
		{"GET", `"a"`, nil, false},
		{"GET", `"a"`, []string{`"b"`}, false},
		{"GET", `"a"`, []string{`a`}, false},
		{"GET", `"a"`, []string{`W/"a"`}, true},
		{"GET", `W/"a"`, []string{`"a"`}, true},
		{"GET", `W/"a"`, []string{`"b", W/"a"`}, true},
		{"GET", `"a"`, []string{`"b"`, `"a"`}, true},
		{"GET", `"a"`, []string{`*`}, true},
		{"GET", ``, []string{`*`}, false},
		{"GET", ``, []string{``}, false},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, "/", http.NoBody)
		r.Header["If-None-Match"] = tt.have
		w := httptest.NewRecorder()
		if tt.etag != "" {
			w.Header().Set("ETag", tt.etag)
		}
		got := delivery.NotModified(w, r)
		if got != tt.want || got != (w.Code == 304) {
			t.Errorf("%s %s with %q: %v and %d", tt.method, tt.etag, tt.have, got, w.Code)
		}
	}
}
