package config

import (
	"encoding/base64"
	"strings"

	"bookmarket/internal/settings"
)

const (
	cookieKeyBytes    = 32
	maxCookieKeyBytes = 4 << 10 // of a file of keys
)

// CookieKeys returns the keys of the reader's cookie, the one that signs first; none where the
// operator has set none.
func (c *Config) CookieKeys() ([][]byte, error) {
	variable, list := Prefix+"_COOKIE_KEY", c.CookieKey
	if c.CookieKeyFile != "" {
		variable += "_FILE"
		content, err := readFile(c.CookieKeyFile, maxCookieKeyBytes)
		if err != nil || len(content) > maxCookieKeyBytes {
			return nil, settings.Fault(variable, "must name a file that can be read, of at most 4 KiB")
		}
		list = string(content)
	} else if list == "" {
		return nil, nil
	}
	var keys [][]byte
	for _, entry := range splitList(list) {
		key, err := decodeKey(entry)
		if err != nil || len(key) != cookieKeyBytes {
			return nil, settings.Fault(variable, "must have 32 bytes in base64 for each key, such as openssl rand -base64 32 prints")
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, settings.Fault(variable, "must have a key: 32 bytes in base64")
	}
	return keys, nil
}

// decodeKey takes both alphabets of base64, padded or not: which one a tool writes is nothing to
// be at fault for.
func decodeKey(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	return base64.RawStdEncoding.Strict().DecodeString(text)
}
