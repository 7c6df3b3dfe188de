package rpc

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"google.golang.org/protobuf/proto"
)

// maxPageToken is far above what tokens need, and below what would be work to look at.
const maxPageToken = 4 << 10

// A pageToken is where a page begins and which question it belongs to. It holds no secret and
// nothing that must be trusted: whoever makes one up gets a page that could be had anyway. So
// it needs no key, and any replica understands it, also after a restart.
type pageToken[C any] struct {
	Question []byte `json:"q"`
	Cursor   C      `json:"c"`
}

// question identifies a request by everything but its place and size, which the caller has
// cleared.
func question(request proto.Message) []byte {
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(request)
	if err != nil {
		return nil // cannot happen: the request was unmarshalled a moment ago
	}
	sum := sha256.Sum256(append([]byte(proto.MessageName(request)), text...))
	return sum[:8]
}

// next returns the token of the page that begins at a cursor, or "" where there is none.
func next[C any](asked []byte, cursor *C) string {
	if cursor == nil {
		return ""
	}
	text, err := json.Marshal(pageToken[C]{asked, *cursor})
	if err != nil {
		return "" // cannot happen: cursors are numbers and texts
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// cursor returns what next made a token from, or nil for the first page.
func cursor[C any](c *check, field, token string, asked []byte) *C {
	if token == "" {
		return nil
	}
	var t pageToken[C]
	if len(token) > maxPageToken {
		token = "" // what is no JSON either
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || json.Unmarshal(text, &t) != nil {
		c.fail(field, malformed, "must be a next_page_token of an earlier answer")
		return nil
	}
	if !bytes.Equal(t.Question, asked) {
		c.fail(field, malformed, "belongs to another request: only page_size may change between pages")
		return nil
	}
	return &t.Cursor
}
