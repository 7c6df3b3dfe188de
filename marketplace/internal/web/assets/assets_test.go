package assets_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"bookmarket/marketplace/internal/web/assets"
)

var style = []byte(strings.Repeat("a { color: inherit; }\n", 100))

func get(files *assets.Files, method, address string, headers ...string) (*httptest.ResponseRecorder, bool) {
	r := httptest.NewRequest(method, address, http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	return w, files.Serve(w, r, path.Base(address))
}

func TestAddress(t *testing.T) {
	one := assets.New(map[string][]byte{"style.css": style, "logo": []byte("x")})
	other := assets.New(map[string][]byte{"style.css": append(bytes.Clone(style), ' ')})
	if address := one.Address("style.css"); !regexp.MustCompile(`^/static/style\.[0-9a-f]{16}\.css$`).MatchString(address) || address == other.Address("style.css") {
		t.Errorf("the address is %s, and with another content %s", address, other.Address("style.css"))
	}
	if address := one.Address("logo"); !regexp.MustCompile(`^/static/logo\.[0-9a-f]{16}$`).MatchString(address) {
		t.Errorf("the address without an extension is %s", address)
	}
	if one.Address("style.css") != assets.New(map[string][]byte{"style.css": style}).Address("style.css") {
		t.Error("the next start has another address for the same content")
	}
	for _, files := range []*assets.Files{one, nil} {
		if address := files.Address("none.css"); address != "/static/none.css" {
			t.Errorf("the address of nothing is %s", address)
		}
	}
}

func TestServe(t *testing.T) {
	files := assets.New(map[string][]byte{"style.css": style, "dot.png": []byte("\x89PNG1234")})
	etags := make(map[string]string)
	tests := []struct {
		name, accept string
		coding       string
		vary         string
		contentType  string
	}{
		{"style.css", "gzip, deflate, br, zstd", "br", "Accept-Encoding", "text/css; charset=utf-8"},
		{"style.css", "gzip, deflate", "gzip", "Accept-Encoding", "text/css; charset=utf-8"},
		{"style.css", "br;q=0, *", "gzip", "Accept-Encoding", "text/css; charset=utf-8"},
		{"style.css", "identity;q=0, gzip", "gzip", "Accept-Encoding", "text/css; charset=utf-8"},
		{"style.css", "", "", "Accept-Encoding", "text/css; charset=utf-8"},
		{"style.css", "br;q=0", "", "Accept-Encoding", "text/css; charset=utf-8"},
		{"dot.png", "gzip, br", "", "", "image/png"}, // it would be larger
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.accept, func(t *testing.T) {
			w, ok := get(files, "GET", files.Address(tt.name), "Accept-Encoding", tt.accept)
			if !ok || w.Code != 200 {
				t.Fatalf("got %v, %d", ok, w.Code)
			}
			h := w.Header()
			for name, want := range map[string]string{
				"Content-Encoding": tt.coding, "Vary": tt.vary, "Content-Type": tt.contentType,
				"Cache-Control": "public, max-age=31536000, immutable", "Content-Length": strconv.Itoa(w.Body.Len()),
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			etag := h.Get("ETag")
			if !regexp.MustCompile(`^"[0-9a-z-]+"$`).MatchString(etag) || etags[etag] != "" && etags[etag] != tt.name+tt.coding {
				t.Errorf("%s is the tag of %s, too", etag, etags[etag])
			}
			etags[etag] = tt.name + tt.coding
			var reader io.Reader = bytes.NewReader(w.Body.Bytes())
			switch tt.coding {
			case "br":
				reader = brotli.NewReader(reader)
			case "gzip":
				var err error
				if reader, err = gzip.NewReader(reader); err != nil {
					t.Fatal(err)
				}
			}
			want := map[string]string{"style.css": string(style), "dot.png": "\x89PNG1234"}[tt.name]
			if content, err := io.ReadAll(reader); err != nil || string(content) != want {
				t.Errorf("got %q, %v", content, err)
			}
			head, _ := get(files, "HEAD", files.Address(tt.name), "Accept-Encoding", tt.accept)
			if head.Code != 200 || head.Body.Len() > 0 || !maps.EqualFunc(head.Header(), h, slices.Equal) {
				t.Errorf("HEAD got %d %v", head.Code, head.Header())
			}
			again, _ := get(files, "GET", files.Address(tt.name), "Accept-Encoding", tt.accept, "If-None-Match", etag)
			if again.Code != 304 || again.Body.Len() > 0 || again.Header().Get("ETag") != etag || again.Header().Get("Vary") != tt.vary || again.Header().Get("Content-Encoding") != "" {
				t.Errorf("asked again, got %d %v", again.Code, again.Header())
			}
		})
	}
	if len(etags) != 4 {
		t.Errorf("four representations have %d tags", len(etags))
	}
}

// Compressed files are compressed as far as can be: it is done once.
func TestSizes(t *testing.T) {
	files := assets.New(map[string][]byte{"style.css": style})
	for coding, most := range map[string]int{"br": 45, "gzip": 80} {
		if w, _ := get(files, "GET", files.Address("style.css"), "Accept-Encoding", coding); w.Body.Len() > most {
			t.Errorf("%d bytes in %s of %d", w.Body.Len(), coding, len(style))
		}
	}
}

// A file is found by its address alone.
func TestUnknown(t *testing.T) {
	files := assets.New(map[string][]byte{"style.css": style})
	for _, address := range []string{
		"/static/style.css", "/static/x", files.Address("style.css") + ".gz",
		"/static/style.0123.css", "/static/style.0123456789abcdeg.css", "/static/other.0123456789abcdef.css", "/static/.0123456789abcdef.css", "/static/0123456789abcdef",
	} {
		if w, ok := get(files, "GET", address); ok || w.Body.Len() > 0 || len(w.Header()) > 0 {
			t.Errorf("%s: got %v, %v", address, ok, w.Header())
		}
	}
}

// A page of another release gets this one's version of its files, and nobody keeps it.
func TestAnotherRelease(t *testing.T) {
	files := assets.New(map[string][]byte{"style.css": style})
	other := assets.New(map[string][]byte{"style.css": style[1:]})
	w, ok := get(files, "GET", other.Address("style.css"))
	if !ok || w.Code != 200 || w.Body.String() != string(style) || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("ETag") != "" {
		t.Errorf("got %v, %d %v", ok, w.Code, w.Header())
	}
	if !files.Has("style.0123456789abcdef.css") || files.Has("style.css") {
		t.Error("what it has is not what it serves")
	}
}
