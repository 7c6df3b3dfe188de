package delivery

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// minSize is what an answer must have to be worth compressing: less fits into one packet anyway.
const minSize = 1024

// compressible are the types that Compress compresses. Files bring their own codings.
var compressible = map[string]bool{
	"text/html": true, "text/plain": true, "application/xml": true, "application/atom+xml": true,
	"application/json": true, "application/ld+json": true,
}

type encoder interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// encoders are kept from one answer to the next. Their levels are where the next one costs much
// more time than it saves bytes: BenchmarkCompress.
var encoders = map[string]*sync.Pool{
	Brotli: {New: func() any { return brotli.NewWriterV2(nil, 3) }},
	Gzip: {New: func() any {
		w, err := gzip.NewWriterLevel(nil, 5)
		if err != nil {
			panic(err) // there is such a level
		}
		return w
	}},
}

// Compress compresses the answers of next. It takes an answer for whole with the first Write, as the
// shop's pages are written, and what is smaller than minSize by then is not compressed.
func Compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &compressor{ResponseWriter: w, request: r}
		next.ServeHTTP(c, r)
		c.close() // not after a panic: the answer is not whole
	})
}

// A compressor holds an answer's headers back until it knows whether to compress.
type compressor struct {
	http.ResponseWriter
	request *http.Request
	status  int // 0: nothing was said yet
	decided bool
	coding  string
	encoder encoder
	body    bytes.Buffer // what is encoded
}

func (c *compressor) WriteHeader(status int) {
	switch {
	case status >= 100 && status < 200 && status != http.StatusSwitchingProtocols:
		c.ResponseWriter.WriteHeader(status) // the answer is yet to come
	case c.status == 0:
		c.status = status
		if status == http.StatusNoContent || status == http.StatusNotModified || !compressible[mediaType(c.Header())] {
			c.pass()
		}
	}
}

func (c *compressor) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	if !c.decided {
		c.decide(len(b))
	}
	if c.encoder != nil {
		return c.encoder.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

// pass sends the headers, and leaves what follows as it is.
func (c *compressor) pass() {
	c.decided = true
	c.ResponseWriter.WriteHeader(c.status)
}

// decide looks at what is known of an answer when its first bytes come.
func (c *compressor) decide(size int) {
	h := c.Header()
	vary(h)
	if length, err := strconv.Atoi(h.Get("Content-Length")); err == nil {
		size = length
	}
	coding, must := Choose(c.request, Brotli, Gzip)
	if coding == "" || size < minSize && !must || h.Get("Content-Encoding") != "" || h.Get("Content-Range") != "" {
		c.pass()
		return
	}
	c.decided, c.coding = true, coding
	c.encoder = encoders[coding].Get().(encoder) // the pools hold nothing else
	c.encoder.Reset(&c.body)
}

// close sends what was compressed.
func (c *compressor) close() {
	if c.encoder == nil {
		if c.status != 0 && !c.decided { // it has no body
			c.pass()
		}
		return
	}
	err := c.encoder.Close()
	encoders[c.coding].Put(c.encoder)
	if err != nil {
		panic(http.ErrAbortHandler) // nothing was sent; and no buffer fails to take what is written
	}
	h := c.Header()
	h.Set("Content-Encoding", c.coding)
	h.Set("Content-Length", strconv.Itoa(c.body.Len()))
	h.Del("Accept-Ranges")
	if etag := h.Get("ETag"); etag != "" && !strings.HasPrefix(etag, "W/") {
		h.Set("ETag", "W/"+etag) // the same to a reader, but other bytes
	}
	c.ResponseWriter.WriteHeader(c.status)
	_, _ = c.body.WriteTo(c.ResponseWriter) // the visitor may have gone
}

// FlushError says that answers are sent whole; without it a flush would send the headers too early.
func (*compressor) FlushError() error { return http.ErrNotSupported }

// Unwrap gives http.ResponseController the connection's own writer.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func mediaType(h http.Header) string {
	name, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(name))
}
