package visitor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// A token is the value of the reader's cookie: version, reader's id and the day of issue, signed,
// in base64. The signature covers the cookie's name too, so that the value of one is no value
// of the other.
const (
	tokenVersion = 1
	payloadBytes = 1 + 8 + 4
	tokenBytes   = payloadBytes + sha256.Size
)

var (
	encoding    = base64.RawURLEncoding.Strict()
	tokenLength = encoding.EncodedLen(tokenBytes)
)

// minReader is below every reader's id: smaller ones are those of ratings that came from elsewhere.
const minReader = 1 << 32

// A grant says who a reader is, since when they have the cookie, and whether by the key that
// signs now.
type grant struct {
	reader  int64
	issued  time.Time
	current bool
}

// A refusal says why a cookie is not accepted.
type refusal string

// What can be wrong with a reader's cookie. Each is a value of the metric.
const (
	duplicate refusal = "duplicate" // two of one name: nobody can say which is this shop's
	length    refusal = "length"    // cut, or extended
	garbled   refusal = "garbled"   // no base64
	version   refusal = "version"   // of another version of this software
	signature refusal = "signature" // forged, signed by a key that is no more, or of the other name
	expired   refusal = "expired"   // replayed after its time
	noTLS     refusal = "no_tls"    // sent by TLS, and not set so
)

var refusals = []refusal{duplicate, length, garbled, version, signature, expired, noTLS}

// seal returns the token that makes a reader known by the cookie with a name.
func seal(key []byte, name string, reader int64, now time.Time) string {
	payload := make([]byte, payloadBytes, tokenBytes)
	payload[0] = tokenVersion
	binary.BigEndian.PutUint64(payload[1:], uint64(reader))   //nolint:gosec // never negative
	binary.BigEndian.PutUint32(payload[9:], uint32(day(now))) //nolint:gosec // until the year 11 million
	return encoding.EncodeToString(append(payload, sign(key, name, payload)...))
}

// open returns what a token grants, or why it grants nothing.
func open(keys [][]byte, name, token string, now time.Time) (grant, refusal) {
	if len(token) != tokenLength {
		return grant{}, length
	}
	content, err := encoding.DecodeString(token)
	if err != nil || len(content) != tokenBytes { // the decoder skips line breaks
		return grant{}, garbled
	}
	payload, signed := content[:payloadBytes], content[payloadBytes:]
	if payload[0] != tokenVersion {
		return grant{}, version
	}
	by := -1
	for i, key := range keys {
		if hmac.Equal(signed, sign(key, name, payload)) {
			by = i
			break
		}
	}
	if by < 0 {
		return grant{}, signature
	}
	issued := time.Unix(int64(binary.BigEndian.Uint32(payload[9:]))*secondsPerDay, 0)
	if now.Sub(issued) > maxAge+24*time.Hour { // days are counted whole
		return grant{}, expired
	}
	return grant{
		reader:  int64(binary.BigEndian.Uint64(payload[1:])), //nolint:gosec // as seal put it there
		issued:  issued,
		current: by == 0,
	}, ""
}

func sign(key []byte, name string, payload []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(name))
	mac.Write([]byte{0}) // where the name ends
	mac.Write(payload)
	return mac.Sum(nil)
}

const secondsPerDay = 24 * 60 * 60

func day(now time.Time) int64 { return now.Unix() / secondsPerDay }
