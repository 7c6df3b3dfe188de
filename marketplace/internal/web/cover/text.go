package cover

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// A layout says where a composition's words stand.
type layout struct {
	x, top, width, height int  // of the title
	foot                  int  // the author's baseline
	centred               bool // on a label of their own
	onInk                 bool // the author stands on ink
}

var (
	high  = &layout{x: 16, top: 20, width: 166, height: 104, foot: 286, onInk: true}
	low   = &layout{x: 16, top: 166, width: 166, height: 100, foot: 286}
	label = &layout{x: 100, top: 86, width: 126, height: 102, foot: 212, centred: true}
)

var (
	titleSizes    = []int{36, 32, 28, 25, 22, 20, 18, 16, 14, 13}
	subtitleSizes = []int{14, 13, 12, 11}
	authorSizes   = []int{14, 13, 12, 11, 10}
)

// words writes the title, and what follows its colon in smaller letters, and the author.
func (d *drawing) words(l *layout, title, author string) {
	if l.centred {
		d.add(`<path fill="`, d.ground, `" d="M24 66h152v168H24z"/><path fill="none" stroke="`, d.ink, `" d="M30 72h140v156H30z"/>`)
	}
	title, subtitle, _ := strings.Cut(title, ": ")
	height := l.height
	if subtitle != "" {
		height = height * 2 / 3
	}
	authorFill := d.ink
	if l.onInk {
		authorFill = d.ground
	}
	var store [32]word
	used := d.text(split(store[:0], title), titleSizes, l, l.top, height, d.ink)
	if subtitle != "" {
		d.text(split(store[:0], subtitle), subtitleSizes, l, l.top+used+6, l.height-used-6, d.ink)
	}
	d.text(split(store[:0], author), authorSizes, l, l.foot-11, 16, authorFill)
}

// A word is what no line is broken in, unless it is longer than a line.
type word struct {
	text  string
	width int // in thousandths of the font's size
	space int // the width of the space behind it
}

const (
	spaceWidth    = 241
	ellipsisWidth = 810
	maxWords      = 80
)

// split finds where lines may be broken.
func split(words []word, text string) []word {
	start, width := 0, 0
	for i, r := range text {
		switch {
		case r > ' ' && r <= '~':
			width += int(widths[r-' ']) * 10
		case r >= 'À' && r <= 'ɏ': // letters of Latin
			width += runeWidth(r)
		case r != ' ':
			return splitAny(words[:0], text)
		}
		switch {
		case r == ' ' && i > start:
			words = append(words, word{text[start:i], width, spaceWidth})
		case r == '-' && i > start+2:
			words = append(words, word{text[start : i+1], width, 0})
		case r != ' ':
			continue
		}
		start, width = i+1, 0
	}
	if start < len(text) {
		words = append(words, word{text[start:], width, spaceWidth})
	}
	return words[:min(len(words), maxWords)]
}

// splitAny is split for all scripts of Unicode.
func splitAny(words []word, text string) []word {
	text = strings.Join(strings.Fields(strings.Map(visible, text)), " ")
	state := -1
	for text != "" && len(words) < maxWords {
		var part string
		part, text, _, state = uniseg.FirstLineSegmentInString(text, state)
		trimmed := strings.TrimRight(part, " ")
		w := word{text: trimmed}
		if len(trimmed) < len(part) {
			w.space = spaceWidth
		}
		for rest := trimmed; rest != ""; {
			var cluster string
			cluster, rest, _, _ = uniseg.FirstGraphemeClusterInString(rest, -1)
			w.width += clusterWidth(cluster)
		}
		words = append(words, w)
	}
	return words
}

// visible drops what XML has no place for; strings.Map makes U+FFFD of what is no UTF-8.
func visible(r rune) rune {
	if unicode.IsControl(r) && !unicode.IsSpace(r) || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}

// A line is some of the words.
type line struct{ from, to int }

const maxLines = 12

// text sets words in the largest size with which they fit, and returns the height they take.
func (d *drawing) text(words []word, sizes []int, l *layout, top, height int, fill string) (used int) {
	if len(words) == 0 {
		return 0
	}
	var store [maxLines]line
	var lines []line
	var size int
	for _, size = range sizes {
		if lines = wrap(store[:0], words, l.width*1000/size, height/lead(size)); lines != nil {
			break
		}
	}
	if lines == nil {
		words = shorten(words, l.width*1000/size, height/lead(size))
		lines = wrap(store[:0], words, l.width*1000/size, maxLines)
	}
	d.add(`<text`)
	x := l.x
	if l.centred {
		d.add(` text-anchor="middle"`)
	} else if rightToLeft(words[0].text) {
		d.add(` direction="rtl"`)
		x = 200 - x
	}
	d.attribute("x", x)
	d.attribute("y", top+size*4/5)
	d.attribute("font-size", size)
	d.add(` fill="`, fill, `">`)
	for i, line := range lines {
		if i > 0 {
			d.add(`<tspan`)
			d.attribute("x", x)
			d.attribute("dy", lead(size))
			d.add(`>`)
		}
		for j, w := range words[line.from:line.to] {
			d.escape(w.text)
			if w.space > 0 && line.from+j+1 < line.to {
				d.svg = append(d.svg, ' ')
			}
		}
		if i > 0 {
			d.add(`</tspan>`)
		}
	}
	d.add(`</text>`)
	return len(lines) * lead(size)
}

// lead is the distance of two lines.
func lead(size int) int { return size + size/6 }

// wrap breaks words into at most limit lines, as equally long as possible, or returns nil.
func wrap(lines []line, words []word, width, limit int) []line {
	lines = fill(lines, words, width, limit)
	if len(lines) < 2 {
		return lines
	}
	for narrow := width - width/16; narrow > width/3; narrow -= width / 16 {
		var store [maxLines]line
		better := fill(store[:0], words, narrow, len(lines))
		if better == nil {
			break
		}
		copy(lines, better)
	}
	return lines
}

// fill puts as many words on each line as it takes.
func fill(lines []line, words []word, width, limit int) []line {
	from, used := 0, 0
	for i := range words {
		if words[i].width > width {
			return nil
		}
		if used+words[i].width > width {
			lines = append(lines, line{from, i})
			from, used = i, 0
		}
		if len(lines) >= min(limit, maxLines) {
			return nil
		}
		used += words[i].width + words[i].space
	}
	return append(lines, line{from, len(words)})
}

func rightToLeft(s string) bool {
	for _, r := range s {
		if r >= 0x80 && unicode.IsLetter(r) || 'A' <= r && r <= 'z' {
			return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
		}
	}
	return false
}

// shorten breaks words that are longer than a line, and ends in an ellipsis where not all of them
// stand on the lines.
func shorten(words []word, width, limit int) []word {
	var short []word
	for _, w := range words {
		for w.width > width {
			head := word{}
			for head.width <= width && w.text != "" {
				cluster, rest, _, _ := uniseg.FirstGraphemeClusterInString(w.text, -1)
				cw := clusterWidth(cluster)
				if head.text != "" && head.width+cw > width {
					break
				}
				head.text, w.text = head.text+cluster, rest
				head.width, w.width = head.width+cw, w.width-cw
			}
			short = append(short, head)
		}
		if w.text != "" {
			short = append(short, w)
		}
	}
	var store [maxLines]line
	if fill(store[:0], short, width, limit) != nil {
		return short
	}
	for n := len(short); ; n-- {
		last := &short[n-1]
		last.width = min(last.width+ellipsisWidth, width) // there is a margin for an ellipsis
		if n == 1 || fill(store[:0], short[:n], width, limit) != nil {
			last.text = strings.TrimRight(last.text, ",.:;-–—") + "…"
			return short[:n]
		}
	}
}

// escape appends text.
func (d *drawing) escape(text string) {
	plain := 0 // where what was not yet appended begins
	for i := range len(text) {
		var instead string
		switch text[i] {
		case '&':
			instead = "&amp;"
		case '<':
			instead = "&lt;"
		case '>':
			instead = "&gt;"
		default:
			continue
		}
		d.add(text[plain:i], instead)
		plain = i + 1
	}
	d.add(text[plain:])
}

func clusterWidth(cluster string) int {
	sum := 0
	for i, r := range cluster {
		w := runeWidth(r)
		if i == 0 && w >= 1000 {
			return w
		}
		sum += w
	}
	return sum
}

// widths are Georgia's from the space to the tilde, in hundredths of its size. It is among the wider
// fonts that readers have.
var widths = [...]uint8{
	25, 34, 42, 65, 61, 82, 71, 22, 38, 38, 48, 65, 27, 38, 27, 47, 62, 43, 56, 56, 57, 53, 57, 51,
	60, 57, 32, 32, 65, 65, 65, 48, 97, 68, 66, 65, 75, 66, 60, 73, 82, 39, 52, 70, 61, 93, 77, 75,
	61, 75, 71, 57, 62, 76, 67, 98, 71, 62, 61, 38, 47, 38, 65, 65, 50, 51, 56, 46, 58, 49, 33, 51,
	59, 30, 30, 54, 29, 88, 60, 54, 58, 56, 41, 44, 35, 58, 50, 74, 51, 50, 45, 43, 38, 43, 65,
}

func runeWidth(r rune) int {
	switch {
	case r < ' ':
		return 0
	case r < 0x7f:
		return int(widths[r-' ']) * 10
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1f000:
		return 1250
	case r >= 0x2e80 && uniseg.StringWidth(string(r)) > 1:
		return 1000
	case unicode.IsUpper(r):
		return 760
	default:
		return 620
	}
}
