package config

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"

	"bookmarket/internal/settings"
)

// Bounds of what an operator may ask for.
const (
	maxLogoBytes      = 64 << 10 // every new visitor loads it
	maxTrustedProxies = 10
	maxRateLimit      = 100_000
)

var colour = regexp.MustCompile(`^#([0-9a-fA-F]{3}){1,2}$`)

// The colour goes into the style sheet, so it can be nothing but a colour.
func (c *Config) verifyAccent() error {
	if c.Accent != "" && !colour.MatchString(c.Accent) {
		return settings.Fault(Prefix+"_ACCENT", "must be a colour such as #a40 or #aa4400")
	}
	return nil
}

// Logo returns the logo and its media type, both empty where the shop has none.
func (c *Config) Logo() (content []byte, mediaType string, err error) {
	const variable = Prefix + "_LOGO_FILE"
	if c.LogoFile == "" {
		return nil, "", nil
	}
	content, err = readFile(c.LogoFile, maxLogoBytes)
	switch {
	case err != nil:
		return nil, "", settings.Fault(variable, "must name a file that can be read")
	case len(content) > maxLogoBytes:
		return nil, "", settings.Fault(variable, "must name a file of at most 64 KiB")
	case bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		return content, "image/png", nil
	case isSVG(content):
		return content, "image/svg+xml", nil
	}
	return nil, "", settings.Fault(variable, "must name an SVG or PNG file")
}

// readFile reads one byte more than a file may have, and no more: it may be endless.
func readFile(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	return io.ReadAll(io.LimitReader(file, limit+1))
}

// isSVG reports whether a document is XML throughout and its root is <svg> of the namespace that
// browsers want where a picture is a file.
func isSVG(content []byte) bool {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	root := ""
	for {
		token, err := decoder.Token()
		if err != nil {
			return err == io.EOF && root == "http://www.w3.org/2000/svg svg" //nolint:errorlint // Token returns it bare
		}
		if start, ok := token.(xml.StartElement); ok && root == "" {
			root = start.Name.Space + " " + start.Name.Local
		}
	}
}

func (c *Config) verifyPublicURL() error {
	if c.PublicURL == "" {
		return nil
	}
	if scheme, ok := origin(strings.TrimSuffix(c.PublicURL, "/")); !ok || scheme != "https" && scheme != "http" {
		return settings.Fault(Prefix+"_PUBLIC_URL", "must be https:// or http:// and a host, without a path, such as https://shop.example")
	}
	return nil
}

func (c *Config) verifyImageOrigins() error {
	for _, address := range splitList(c.ImageOrigins) {
		if scheme, ok := origin(address); !ok || scheme != "https" {
			return settings.Fault(Prefix+"_IMAGE_ORIGINS", "must be https:// and a host, without a path, such as https://img.example; several are separated by commas")
		}
	}
	return nil
}

// Origins returns the shop's own origin, empty where only requests tell, and those of pictures.
func (c *Config) Origins() (shop string, images []string) {
	return strings.ToLower(strings.TrimSuffix(c.PublicURL, "/")), splitList(strings.ToLower(c.ImageOrigins))
}

// host allows what a name, an address and a port are made of. Origins go into a header where
// spaces, commas and semicolons mean something.
var host = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?$`)

// origin returns the scheme of an address that has a host and nothing else.
func origin(address string) (scheme string, ok bool) {
	parsed, err := url.Parse(address)
	if err != nil || !host.MatchString(parsed.Host) || !strings.EqualFold(address, parsed.Scheme+"://"+parsed.Host) {
		return "", false
	}
	return parsed.Scheme, true
}

func splitList(list string) []string {
	var entries []string
	for entry := range strings.SplitSeq(list, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}

func (c *Config) verifyTrustedProxies() error {
	if c.TrustedProxies < 0 || c.TrustedProxies > maxTrustedProxies {
		return settings.Fault(Prefix+"_TRUSTED_PROXIES", "must be 0 to 10")
	}
	return nil
}

func (c *Config) verifyRateLimit() error {
	if c.RateLimit < 0 || c.RateLimit > maxRateLimit {
		return settings.Fault(Prefix+"_RATE_LIMIT", "must be 0 to 100000")
	}
	return nil
}
