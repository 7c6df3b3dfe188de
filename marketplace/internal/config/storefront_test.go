package config_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bookmarket/internal/settings/settingstest"
	"bookmarket/marketplace/internal/config"
)

// loadWith loads the settings from an environment that has nothing but these.
func loadWith(t *testing.T, environment map[string]string) (*config.Config, error) {
	t.Helper()
	settingstest.Unset(t, config.Prefix, &config.Config{})
	for name, value := range environment {
		t.Setenv(name, value)
	}
	return config.Load()
}

func TestStorefrontSettings(t *testing.T) {
	tests := map[string]struct{ good, bad []string }{
		"MARKETPLACE_ACCENT": {
			[]string{"", "#a40", "#AA4400"},
			[]string{"a40", "#a4", "#aa44", "#aa440", "#aa44000", "#ggg", "red", "#a40;}", "#a40\n"},
		},
		"MARKETPLACE_PUBLIC_URL": {
			[]string{"", "https://shop.example", "https://shop.example/", "http://localhost:5000", "https://[::1]:5000", "HTTPS://Shop.example"},
			[]string{"shop.example", "https://", "https:///", "//shop.example", "ftp://shop.example", "https://shop.example/books", "https://shop.example?a", "https://shop.example#a", "https://ana:hunter2@shop.example", "https://shop.example//", "https://shop example", "https://shop.example:port", "https://a;b"},
		},
		"MARKETPLACE_IMAGE_ORIGINS": {
			[]string{"", "https://img.example", "https://img.example:8443, https://b.example", "https://img.example,"},
			[]string{"http://img.example", "https://img.example/", "img.example", "https://*.example", "*", "https:", "https://a https://b", "https://a;script-src *", "https://img.example,'unsafe-inline'", "data:"},
		},
		"MARKETPLACE_TRUSTED_PROXIES": {[]string{"0", "10"}, []string{"-1", "11", "one", "1.5"}},
		"MARKETPLACE_RATE_LIMIT":      {[]string{"0", "1", "100000"}, []string{"-1", "100001", "many"}},
	}
	for variable, tt := range tests {
		for _, value := range tt.good {
			if _, err := loadWith(t, map[string]string{variable: value}); err != nil {
				t.Errorf("%s=%s: %v", variable, value, err)
			}
		}
		for _, value := range tt.bad {
			_, err := loadWith(t, map[string]string{variable: value})
			if err == nil || !strings.HasPrefix(err.Error(), variable+": ") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s=%s: got %v", variable, value, err)
			}
		}
	}
}

func TestOrigins(t *testing.T) {
	c, err := loadWith(t, map[string]string{
		"MARKETPLACE_PUBLIC_URL":    "https://Shop.example/",
		"MARKETPLACE_IMAGE_ORIGINS": "https://Img.example:8443 , https://b.example,",
	})
	if err != nil {
		t.Fatal(err)
	}
	shop, images := c.Origins()
	if want := []string{"https://img.example:8443", "https://b.example"}; shop != "https://shop.example" || !slices.Equal(images, want) {
		t.Errorf("got %q and %q", shop, images)
	}
}

const svg = `<?xml version="1.0"?><!-- a logo --><svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>`

func TestLogo(t *testing.T) {
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 64<<10-8)...)
	tests := map[string]struct {
		content   []byte
		mediaType string // empty: a fault
	}{
		"PNG":                {png, "image/png"},
		"SVG":                {[]byte(svg), "image/svg+xml"},
		"too large":          {append(png, 0), ""},
		"empty":              {nil, ""},
		"JPEG":               {[]byte("\xff\xd8\xff\xe0"), ""},
		"HTML":               {[]byte("<!DOCTYPE html><html><svg xmlns='http://www.w3.org/2000/svg'/></html>"), ""},
		"SVG that ends":      {[]byte(svg[:len(svg)-3]), ""},
		"SVG of no standard": {[]byte("<svg><circle/></svg>"), ""},
	}
	for name, tt := range tests {
		file := filepath.Join(t.TempDir(), "logo")
		if err := os.WriteFile(file, tt.content, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := loadWith(t, map[string]string{"MARKETPLACE_LOGO_FILE": file})
		if (err == nil) != (tt.mediaType != "") || err != nil && !strings.HasPrefix(err.Error(), "MARKETPLACE_LOGO_FILE: ") {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		content, mediaType, err := c.Logo()
		if !bytes.Equal(content, tt.content) || mediaType != tt.mediaType || err != nil {
			t.Errorf("%s: got %d bytes of %q, %v", name, len(content), mediaType, err)
		}
	}
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "gone"), "/dev/zero"} {
		if _, err := loadWith(t, map[string]string{"MARKETPLACE_LOGO_FILE": path}); err == nil {
			t.Errorf("%s is taken for a logo", path)
		}
	}
}

func TestCookieKeys(t *testing.T) {
	first, second := bytes.Repeat([]byte{0xfb, 0xff}, 16), bytes.Repeat([]byte{7}, 32)
	padded, raw := base64.StdEncoding.EncodeToString(first), base64.RawURLEncoding.EncodeToString(second)
	short := base64.StdEncoding.EncodeToString(first[:31])
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := map[string]struct {
		key, file string
		want      [][]byte
		fault     string
	}{
		"none":              {"", "", nil, ""},
		"one":               {padded, "", [][]byte{first}, ""},
		"without padding":   {strings.TrimRight(padded, "="), "", [][]byte{first}, ""},
		"URL alphabet":      {base64.URLEncoding.EncodeToString(first), "", [][]byte{first}, ""},
		"two":               {padded + ", " + raw, "", [][]byte{first, second}, ""},
		"a file":            {"", file("key", padded+"\n"), [][]byte{first}, ""},
		"a file of two":     {"", file("keys", raw+",\n"+padded+"\n"), [][]byte{second, first}, ""},
		"a file goes first": {raw, file("first", padded), [][]byte{first}, ""},
		"31 bytes":          {short, "", nil, "MARKETPLACE_COOKIE_KEY"},
		"33 bytes":          {base64.StdEncoding.EncodeToString(make([]byte, 33)), "", nil, "MARKETPLACE_COOKIE_KEY"},
		"one of two":        {padded + "," + short, "", nil, "MARKETPLACE_COOKIE_KEY"},
		"no base64":         {"hunter2", "", nil, "MARKETPLACE_COOKIE_KEY"},
		"nothing but comma": {",", "", nil, "MARKETPLACE_COOKIE_KEY"},
		"an empty file":     {padded, file("empty", "\n"), nil, "MARKETPLACE_COOKIE_KEY_FILE"},
		"no file":           {padded, folder + "/gone", nil, "MARKETPLACE_COOKIE_KEY_FILE"},
		"a folder":          {padded, folder, nil, "MARKETPLACE_COOKIE_KEY_FILE"},
		"an endless file":   {padded, "/dev/zero", nil, "MARKETPLACE_COOKIE_KEY_FILE"},
		"a bad file":        {padded, file("bad", "hunter2"), nil, "MARKETPLACE_COOKIE_KEY_FILE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := loadWith(t, map[string]string{"MARKETPLACE_COOKIE_KEY": tt.key, "MARKETPLACE_COOKIE_KEY_FILE": tt.file})
			if tt.fault != "" {
				if err == nil || !strings.HasPrefix(err.Error(), tt.fault+": ") || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), short) {
					t.Errorf("got %v, want a fault of %s", err, tt.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if keys, err := c.CookieKeys(); !slices.EqualFunc(keys, tt.want, bytes.Equal) || err != nil {
				t.Errorf("got %x, %v", keys, err)
			}
		})
	}
}
