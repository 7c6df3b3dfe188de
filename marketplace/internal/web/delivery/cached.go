package delivery

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
)

// Cached answers with what changes seldom, such as a sitemap or a feed, or says that the visitor
// has it already. Where the handler has set no Cache-Control, it may be kept for five minutes.
func Cached(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	h := w.Header()
	sum := sha256.Sum256(body)
	// Weak: it is the same for all codings in which Compress sends it.
	h.Set("ETag", `W/"`+hex.EncodeToString(sum[:12])+`"`)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, max-age=300")
	}
	vary(h)
	if NotModified(w, r) {
		return
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the visitor may have gone
}
