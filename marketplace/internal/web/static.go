package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"time"
)

//go:embed static
var staticFS embed.FS

type staticFile struct {
	content []byte
	etag    string
}

// staticFiles holds the pages' style sheets and pictures by name.
var staticFiles = readStatic(staticFS)

func readStatic(files fs.FS) map[string]staticFile {
	byName := make(map[string]staticFile)
	names, err := fs.Glob(files, "static/*")
	if err != nil {
		panic(err) // only a bad pattern can be the reason
	}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err) // it is compiled in
		}
		sum := sha256.Sum256(content)
		byName[name[len("static/"):]] = staticFile{content, `"` + hex.EncodeToString(sum[:8]) + `"`}
	}
	return byName
}

// serveStatic answers with a file; the time it was changed is not known, what is in it is.
func serveStatic(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	file, ok := staticFiles[name]
	if !ok {
		return errNotFound
	}
	w.Header().Set("ETag", file.etag)
	w.Header().Set("Cache-Control", "no-cache") // ask whether it changed
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(file.content))
	return nil
}
