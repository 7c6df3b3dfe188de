package web

import (
	"regexp"
	"strings"
	"testing"
)

// Whatever colour a shop chooses, links can be read in both themes, and what stands on buttons.
func TestAccent(t *testing.T) {
	sheet := []byte(":root { --accent: #8f2d3f; }")
	colours := regexp.MustCompile(`--(?:on-)?accent: (#[0-9a-f]{6})`)
	for _, accent := range []string{"#000", "#fff", "#FF0", "#00ff00", "#0000ff", "#8f2d3f", "#777777", "#f5ecdb", "#2d261c", "#7f7f00"} {
		got := string(accented(sheet, accent))
		own, ok := strings.CutPrefix(got, string(sheet))
		if !ok {
			t.Fatalf("%s replaces the sheet: %s", accent, got)
		}
		var found []colour
		for _, match := range colours.FindAllStringSubmatch(own, -1) {
			c, ok := parseColour(match[1])
			if !ok {
				t.Fatalf("%s makes %s", accent, match[1])
			}
			found = append(found, c)
		}
		if len(found) != 4 {
			t.Fatalf("%s makes %s", accent, own)
		}
		for i, background := range []colour{darkest, lightest} {
			link, onLink := found[2*i], found[2*i+1]
			if ratio := link.contrast(background); ratio < 4.5 {
				t.Errorf("%s becomes %v, with %.2f on %v", accent, link, ratio, background)
			}
			if ratio := link.contrast(onLink); ratio < 4.5 {
				t.Errorf("%s: %v on a button of %v has %.2f", accent, onLink, link, ratio)
			}
		}
	}
	for _, bad := range []string{"", "red", "#12", "#1234567", "8f2d3f", "#12345g", "#fff;}"} {
		if got := string(accented(sheet, bad)); got != string(sheet) {
			t.Errorf("%q makes %s", bad, got)
		}
	}
	if got := string(accented(sheet, "#8f2d3f")); !strings.Contains(got, "#8f2d3f; --on-accent: #ffffff") {
		t.Errorf("a colour that can be read is changed: %s", got)
	}
}

// What the accent is measured against are the style sheet's backgrounds.
func TestBackgrounds(t *testing.T) {
	sheet := string(staticFiles()["style.css"])
	light, dark, _ := strings.Cut(sheet, "prefers-color-scheme: dark")
	dark, _, _ = strings.Cut(dark, "/*")
	background := regexp.MustCompile(`--(?:paper|card|note): (#[0-9a-f]{6})`)
	for theme, css := range map[string]string{"light": light, "dark": dark} {
		matches := background.FindAllStringSubmatch(css, -1)
		if len(matches) != 3 {
			t.Fatalf("the %s theme has %d backgrounds, want 3", theme, len(matches))
		}
		for _, match := range matches {
			c, _ := parseColour(match[1])
			if theme == "light" && c.luminance() < darkest.luminance() || theme == "dark" && c.luminance() > lightest.luminance() {
				t.Errorf("%s, a background of the %s theme, is beyond what the accent is measured against", match[1], theme)
			}
		}
	}
	if got := (colour{0x77, 0x77, 0x77}).contrast(colour{255, 255, 255}); got < 4.47 || got > 4.49 {
		t.Errorf("#777777 on white has %.3f, and WCAG says 4.48", got)
	}
}

func TestLogoSize(t *testing.T) {
	tests := map[string][2]string{
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"/>`:                    {"80", "40"},
		`<?xml version="1.0" encoding="latin1"?><!-- a --><svg width="30px" height="30"/>`: {"40", "40"},
		`<svg viewBox="0,0,1000,100" width="1" height="1"/>`:                               {"160", "16"},
		`<svg viewBox="0 0 1 1000"/>`:                                                      {"1", "40"},
		`<svg viewBox="0 0 0 0" width="100%" height="5em"/>`:                               {"40", "40"},
		`<svg viewBox="0 0 NaN 1e300"/>`:                                                   {"40", "40"},
		``:                                                                                 {"40", "40"},
	}
	for content, want := range tests {
		if w, h := logoSize([]byte(content), "image/svg+xml"); w != want[0] || h != want[1] {
			t.Errorf("%s: %s×%s, want %v", content, w, h, want)
		}
	}
	if w, h := logoSize([]byte("no picture"), "image/png"); w != "40" || h != "40" {
		t.Errorf("no picture: %s×%s", w, h)
	}
}
