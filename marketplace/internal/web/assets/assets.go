// Package assets serves the files that pages are made with: style sheets, scripts and pictures.
// The address of a file has the hash of its content, so browsers need not ask for it again.
package assets

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"

	"bookmarket/marketplace/internal/web/delivery"
)

// Prefix is where files are served.
const Prefix = "/static/"

// Files are all files of a shop.
type Files struct {
	addresses map[string]string // by the files' plain names
	byName    map[string]file   // by their names with hashes
}

type file struct {
	contentType string
	hash        string
	offers      []string          // the codings in which there is less to send
	contents    map[string][]byte // by coding; "" is the file itself
}

// types are those of the files that a shop may have: the machine's own list is another one on
// every machine.
var types = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
	".webmanifest": "application/manifest+json",
}

// hashBytes is how much of a content's SHA-256 stands in its name.
const hashBytes = 8

// New prepares files for being served, by their plain names such as style.css. They must not
// change any more.
func New(files map[string][]byte) *Files {
	f := &Files{make(map[string]string), make(map[string]file)}
	for name, content := range files {
		sum := sha256.Sum256(content)
		hash := hex.EncodeToString(sum[:hashBytes])
		extension := path.Ext(name)
		hashed := strings.TrimSuffix(name, extension) + "." + hash + extension
		f.addresses[name] = Prefix + hashed
		f.byName[hashed] = prepare(content, hash, cmp.Or(types[extension], "application/octet-stream"))
	}
	return f
}

// prepare compresses a file as far as can be, since this is done once.
func prepare(content []byte, hash, contentType string) file {
	f := file{contentType, hash, nil, map[string][]byte{"": content}}
	for _, coding := range []string{delivery.Brotli, delivery.Gzip} {
		var b bytes.Buffer
		var w io.WriteCloser
		if coding == delivery.Brotli {
			w = brotli.NewWriterLevel(&b, brotli.BestCompression)
		} else {
			w, _ = gzip.NewWriterLevel(&b, gzip.BestCompression) // there is such a level
		}
		_, _ = w.Write(content) // a buffer takes everything
		_ = w.Close()
		if b.Len() < len(content) {
			f.offers = append(f.offers, coding)
			f.contents[coding] = b.Bytes()
		}
	}
	return f
}

// Address returns where the file with this plain name is. Where there is none, that is where it
// would be, so that a page only lacks what it asks for.
func (f *Files) Address(name string) string {
	if f == nil {
		return Prefix + name
	}
	return cmp.Or(f.addresses[name], Prefix+name)
}

// Has reports whether there is a file of this name, as Serve takes it.
func (f *Files) Has(name string) bool {
	_, _, ok := f.find(name)
	return ok
}

// find returns the file of this name, or else, with another hash, this version of it.
func (f *Files) find(name string) (found file, same, ok bool) {
	if found, ok = f.byName[name]; ok {
		return found, true, true
	}
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	hash := path.Ext(stem)
	if digest, err := hex.DecodeString(strings.TrimPrefix(hash, ".")); err != nil || len(digest) != hashBytes {
		return file{}, false, false
	}
	found, ok = f.byName[strings.TrimPrefix(f.addresses[strings.TrimSuffix(stem, hash)+extension], Prefix)]
	return found, false, ok
}

// Serve answers with the file of this name, which is what follows Prefix in its address. It
// returns false, and answers nothing, where there is none.
//
// While a release replaces another, the page may come from one and ask the other for its files.
// It gets the other's version, which nobody must keep: better than a page without any style.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, name string) bool {
	file, same, ok := f.find(name)
	if !ok {
		return false
	}
	coding, _ := delivery.Choose(r, file.offers...)
	h := w.Header()
	if same {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("ETag", `"`+strings.TrimSuffix(file.hash+"-"+coding, "-")+`"`)
	} else {
		h.Set("Cache-Control", "no-store")
	}
	if len(file.offers) > 0 {
		h.Set("Vary", "Accept-Encoding")
	}
	if delivery.NotModified(w, r) {
		return true
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	content := file.contents[coding]
	h.Set("Content-Type", file.contentType)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // the visitor may have gone
	}
	return true
}
