package web

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"math"
	"strconv"
	"strings"
)

// Backgrounds of the style sheet that the accent stands on, in either theme the one that is
// nearest to it.
var (
	lightest = colour{0x2d, 0x26, 0x1c} // of the dark ones
	darkest  = colour{0xf5, 0xec, 0xdb} // of the light ones
)

// contrastOfText is what WCAG 2.2 asks of text on its background (1.4.3, AA).
const contrastOfText = 4.5

// accented returns a style sheet with a shop's accent in place of its own. The accent, #rgb or
// #rrggbb, is made darker or lighter as far as it takes to be read in either theme.
func accented(sheet []byte, accent string) []byte {
	own, ok := parseColour(accent)
	if !ok {
		return sheet
	}
	light, dark := own.until(darkest, colour{}), own.until(lightest, colour{255, 255, 255})
	return fmt.Appendf(sheet,
		"\n/* The shop's colour, %s. */\n:root { --accent: %s; --on-accent: %s; }\n@media (prefers-color-scheme: dark) { :root { --accent: %s; --on-accent: %s; } }\n",
		accent, light, light.text(), dark, dark.text())
}

// A colour is red, green and blue of sRGB.
type colour [3]uint8

func parseColour(text string) (colour, bool) {
	digits, isHex := strings.CutPrefix(text, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 24)
	if !isHex || len(digits) != 6 || err != nil {
		return colour{}, false
	}
	return colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true //nolint:gosec // the lowest eight bits of each
}

// String writes a colour as CSS reads it.
func (c colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// until mixes a colour with another, as little as it takes to be read on a background.
func (c colour) until(background, other colour) colour {
	const steps = 50
	mixed := c
	for step := 1; step <= steps && mixed.contrast(background) < contrastOfText; step++ {
		for i := range mixed {
			mixed[i] = uint8((int(c[i])*(steps-step) + int(other[i])*step) / steps) //nolint:gosec // between the two
		}
	}
	return mixed
}

// text returns the colour of text on this one: white, where it can be read, or else black.
func (c colour) text() colour {
	white := colour{255, 255, 255}
	if c.contrast(white) >= contrastOfText {
		return white
	}
	return colour{}
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func (c colour) contrast(other colour) float64 {
	a, b := c.luminance(), other.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2, from 0 to 1.
func (c colour) luminance() float64 {
	var linear [3]float64
	for i, channel := range c {
		if s := float64(channel) / 255; s <= 0.04045 {
			linear[i] = s / 12.92
		} else {
			linear[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*linear[0] + 0.7152*linear[1] + 0.0722*linear[2]
}

// logoHeight is how high a logo stands, in CSS pixels; one that is much wider is lower.
const (
	logoHeight   = 40
	maxLogoWidth = 160
)

// A logoView is the picture beside the shop's name.
type logoView struct {
	Address       string // "": there is none
	Width, Height string // in CSS pixels, so that nothing moves when it comes
}

// logoSize returns the size at which a logo is shown, by its own proportions. A picture that does
// not tell them is square.
func logoSize(content []byte, mediaType string) (width, height string) {
	w, h := 1.0, 1.0
	if mediaType == "image/png" {
		if config, err := png.DecodeConfig(bytes.NewReader(content)); err == nil {
			w, h = float64(config.Width), float64(config.Height)
		}
	} else {
		w, h = svgSize(content)
	}
	shown := max(1, min(maxLogoWidth, logoHeight*w/h))
	return strconv.Itoa(int(math.Round(shown))), strconv.Itoa(int(math.Round(max(1, min(logoHeight, shown*h/w)))))
}

// svgSize returns the proportions of an SVG: its viewBox, or else its width and height.
func svgSize(content []byte) (width, height float64) {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	decoder.Strict = false
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // numbers are the same in all
	for {
		token, err := decoder.Token()
		if err != nil {
			return 1, 1
		}
		root, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		sizes := make(map[string]float64)
		for _, attribute := range root.Attr {
			fields := strings.FieldsFunc(attribute.Value, func(r rune) bool { return r == ' ' || r == ',' })
			switch name := attribute.Name.Local; {
			case name == "viewBox" && len(fields) == 4:
				width, height = number(fields[2]), number(fields[3])
			case (name == "width" || name == "height") && len(fields) == 1:
				sizes[name] = number(strings.TrimSuffix(fields[0], "px"))
			}
		}
		if width == 0 || height == 0 {
			width, height = sizes["width"], sizes["height"]
		}
		if width == 0 || height == 0 {
			return 1, 1
		}
		return width, height
	}
}

// number returns a size, or 0 for what is none.
func number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n > 0 && n <= 1e6) {
		return 0
	}
	return n
}
