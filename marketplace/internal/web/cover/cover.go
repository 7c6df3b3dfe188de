// Package cover draws the cover of a book that has no picture, from its title and author.
package cover

import (
	"context"
	"io"
	"sync"
)

// A palette is what a cover is painted with. Text is ink on ground or ground on ink, which
// contrast by 4.5 to 1 at least (WCAG 2.2, 1.4.3); a and b are for what nobody has to read.
type palette struct{ ground, ink, a, b string }

var palettes = [...]palette{
	{"#f4ead7", "#7a1f2b", "#d9a441", "#b5493f"}, // oxblood on cream
	{"#1d2b45", "#f3e9d2", "#d98e4a", "#54729e"}, // midnight
	{"#23402f", "#f2e8cf", "#d9a05b", "#7f9a6a"}, // forest
	{"#223d9b", "#fbf6ea", "#f0c24b", "#7c93dc"}, // blue
	{"#f3e8d5", "#2b2623", "#e0662c", "#f0a868"}, // orange on cream
	{"#0f4c4f", "#f5ecd9", "#e9b872", "#5fa39b"}, // teal
	{"#e5b84a", "#2b2118", "#a63c22", "#f8ebc4"}, // mustard
	{"#f0d5cb", "#4a1f33", "#c8553d", "#a56a7c"}, // blush
	{"#dfe5d3", "#22402f", "#e0a458", "#7d9a6b"}, // sage
	{"#a0402a", "#fdf1e0", "#e8a36b", "#6b2417"}, // terracotta
	{"#43264f", "#f6e7e4", "#e3b778", "#b56f92"}, // plum
	{"#d8e4ea", "#1f3550", "#d9694f", "#6f9bb8"}, // sky
	{"#2b2b2e", "#f0ebe0", "#c49a5a", "#74787f"}, // charcoal
	{"#f7f3ea", "#1c1c1c", "#c8372d", "#cbbfa9"}, // red on white
}

// A drawing is a cover in the making.
type drawing struct {
	svg    []byte
	chance int // what pick takes from
	palette
	behind string // the colour of a picture's background
}

// Append appends the cover as an SVG element to dst: the same for the same title and author,
// and without ids and styles, so that a page may show many and forbid both.
func Append(dst []byte, title, author string) []byte {
	d := &drawing{svg: dst, chance: hash(title, author)}
	d.palette = palettes[d.pick(len(palettes))]
	picture := d.pick(pictures)
	d.add(`<svg viewBox="0 0 200 300" aria-hidden="true" focusable="false" font-family="Georgia,serif"><path fill="`, d.ground, `" d="M0 0h200v300H0z"/>`)
	d.words(d.picture(picture), title, author)
	d.add(`</svg>`)
	return d.svg
}

// Drawn is a cover that draws itself where a page is rendered: @cover.Drawn{Title: …, Author: …}.
type Drawn struct{ Title, Author string }

// buffers hold one cover each.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Render writes the cover.
func (d Drawn) Render(_ context.Context, w io.Writer) error {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	*buffer = Append((*buffer)[:0], d.Title, d.Author)
	_, err := w.Write(*buffer)
	return err
}

// hash is FNV-1a with a last round of splitmix64: the low digits of FNV alone are not random enough.
func hash(title, author string) int {
	h := uint64(14695981039346656037)
	for i := range len(title) {
		h = (h ^ uint64(title[i])) * 1099511628211
	}
	for i := range len(author) {
		h = (h ^ uint64(author[i])) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return int((h ^ h>>31) >> 1)
}

// pick returns a number below n that follows from the title and author.
func (d *drawing) pick(n int) int {
	picked := d.chance % n
	d.chance /= n
	return picked
}

func (d *drawing) add(parts ...string) {
	for _, part := range parts {
		d.svg = append(d.svg, part...)
	}
}
