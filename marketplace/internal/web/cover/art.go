package cover

import "strconv"

// How many pictures there are.
const pictures = 13

// picture draws what a cover shows beside its words, and returns where these go. A table of
// functions would move the drawing to the heap, which takes a fifth of the time.
func (d *drawing) picture(n int) *layout {
	switch n {
	case 0:
		d.sun()
		return high
	case 1:
		d.waves()
		return high
	case 2:
		d.mountains()
		return high
	case 3:
		d.arches()
		return low
	case 4:
		d.target()
		return low
	case 5:
		d.arcs()
		return low
	case 6:
		d.rays()
		return low
	case 7:
		d.dots()
		return low
	case 8:
		d.leaves()
		return low
	case 9:
		d.blocks()
		return low
	case 10:
		d.moon()
		return low
	case 11:
		d.spines()
		return low
	default:
		d.stripes()
		return label
	}
}

// number appends coordinates, apart by a space where no minus is between them.
func (d *drawing) number(ns ...int) {
	for i, n := range ns {
		if i > 0 && n >= 0 {
			d.svg = append(d.svg, ' ')
		}
		d.svg = strconv.AppendInt(d.svg, int64(n), 10)
	}
}

func (d *drawing) attribute(name string, n int) {
	d.svg = append(d.svg, ' ')
	d.svg = append(d.svg, name...)
	d.svg = append(d.svg, '=', '"')
	d.svg = strconv.AppendInt(d.svg, int64(n), 10)
	d.svg = append(d.svg, '"')
}

func (d *drawing) circle(cx, cy, r int, fill string) {
	d.add(`<circle`)
	d.attribute("cx", cx)
	d.attribute("cy", cy)
	d.attribute("r", r)
	d.add(` fill="`, fill, `"/>`)
}

// Where the picture of a low layout ends.
const edge = 150

// back paints what a low picture stands before, and returns three colours that are seen on it.
func (d *drawing) back() (x, y, z string) {
	switch d.pick(3) {
	case 0:
		d.behind = d.ground
		return d.a, d.b, d.ink
	case 1:
		d.behind, x, y, z = d.ink, d.a, d.b, d.ground
	default:
		d.behind, x, y, z = d.a, d.ground, d.ink, d.b
	}
	d.add(`<path fill="`, d.behind, `" d="M0 0h200v150H0z"/>`)
	return x, y, z
}

// floor covers what hangs out of a low picture.
func (d *drawing) floor() {
	d.add(`<path fill="`, d.ground, `" d="M0 150h200v150H0z"/>`)
}

// hill paints waves from the height y to the foot.
func (d *drawing) hill(x, y, length, rise int, fill string) {
	d.add(`<path fill="`, fill, `" d="M`)
	d.number(-x, y)
	d.add(`q`)
	d.number(length/2, -rise, length, 0)
	for end := length - x; end < 200; end += length {
		d.add(`t`)
		d.number(length, 0)
	}
	d.add(`V300H0z"/>`)
}

func (d *drawing) sun() {
	d.circle(48+d.pick(6)*21, 176+d.pick(4)*8, 36+d.pick(4)*6, d.a)
	d.hill(d.pick(120), 216+d.pick(3)*6, 120, 40, d.b)
	d.hill(d.pick(150), 250, 150, 24, d.ink)
}

func (d *drawing) waves() {
	length, rise := 50+d.pick(3)*10, 18+d.pick(3)*5
	for i, fill := range [...]string{d.a, d.b, d.a, d.ink} {
		d.hill(d.pick(length), 150+i*34, length, rise, fill)
	}
}

func (d *drawing) mountains() {
	d.circle(40+d.pick(7)*20, 164, 20+d.pick(3)*5, d.a)
	x := 40 + d.pick(5)*12
	d.add(`<path fill="`, d.b, `" d="M-60 300L`)
	d.number(x, 168+d.pick(3)*8)
	d.add(`l62 74 42-50 120 108z"/>`)
	d.add(`<path fill="`, d.ink, `" d="M0 262l`)
	first, rise := 30+d.pick(4)*10, 26+d.pick(3)*8
	d.number(first, -rise, 30, rise-8, 34, -18, 200-first-64, 26)
	d.add(`V300H0z"/>`)
}

func (d *drawing) arches() {
	x, y, z := d.back()
	step := 17 + d.pick(3)*2
	r := 80
	for _, fill := range [...]string{x, y, z, x} {
		d.add(`<path fill="`, fill, `" d="M`)
		d.number(100-r, edge)
		d.add(`V104a`)
		d.number(r, r, 0, 0, 1, 2*r, 0)
		d.add(`V150z"/>`)
		r -= step
	}
}

func (d *drawing) target() {
	x, y, z := d.back()
	cx, cy := 70+d.pick(3)*30, 78
	for i, fill := range [...]string{x, y, z, x, y} {
		d.circle(cx, cy, 62-i*13, fill)
	}
}

func (d *drawing) arcs() {
	x, y, z := d.back()
	cx, cy := d.pick(3)*100, edge*d.pick(2)
	for i, fill := range [...]string{x, y, z, x, y} {
		d.circle(cx, cy, 140-i*26, fill)
	}
	d.floor()
}

func (d *drawing) rays() {
	x, y, z := d.back()
	cx := 50 + d.pick(3)*50
	d.add(`<circle`)
	d.attribute("cx", cx)
	d.add(` cy="150" r="100" fill="none" stroke="`, x, `" stroke-width="200" stroke-dasharray="1"`)
	d.attribute("pathLength", 36+d.pick(4)*8)
	d.add(`/>`)
	d.circle(cx, edge, 62, y)
	d.circle(cx, edge, 40, z)
	d.floor()
}

func (d *drawing) dots() {
	x, y, _ := d.back()
	d.add(`<g stroke="`, x, `" stroke-linecap="round" stroke-dasharray="0 20">`)
	grow := d.pick(2)
	for i := range 7 {
		d.add(`<path d="M`)
		d.number(10, 18+20*i)
		d.add(`h190"`)
		size := 4 + 2*i
		if grow == 1 {
			size = 16 - 2*i
		}
		d.attribute("stroke-width", size)
		d.add(`/>`)
	}
	d.add(`</g>`)
	d.circle(50+d.pick(6)*20, 38+d.pick(5)*20, 10, y)
}

func (d *drawing) leaves() {
	x, y, z := d.back()
	d.add(`<path stroke="`, z, `" stroke-width="2" d="M100 150V40"/>`)
	for side, fill := range [...]string{x, y} {
		turn := 1 - 2*side
		d.add(`<path fill="`, fill, `" d="`)
		for i := range 4 {
			w, h := turn*(58-i*9), 34-i*2
			d.add(`M`)
			d.number(100, 146-i*26)
			d.add(`q`)
			d.number(w/8, -h, w, -h)
			d.add(`q`)
			d.number(-w/8, h, -w, h)
		}
		d.add(`z"/>`)
	}
	d.add(`<path fill="`, x, `" d="M100 50q-16-18 0-38q16 20 0 38"/>`)
}

// tiles are shapes on a square of 50, from its upper left corner: four quarters of a disc, a disc, a square.
var tiles = [...]string{
	"h50a50 50 0 0 1-50 50z", "h50v50a50 50 0 0 1-50-50z", "m50 0v50h-50a50 50 0 0 1 50-50z", "v50h50a50 50 0 0 0-50-50z",
	"m0 25a25 25 0 0 0 50 0a25 25 0 0 0-50 0z", "h50v50h-50z",
}

func (d *drawing) blocks() {
	x, y, z := d.back()
	var paint, shape [12]int
	for i := range paint {
		paint[i], shape[i] = d.pick(4), d.pick(len(tiles))
	}
	for i, fill := range [...]string{x, y, z} {
		d.add(`<path fill="`, fill, `" d="M0 0`)
		for j := range paint {
			if paint[j] == i {
				d.add(`M`)
				d.number(j%4*50, j/4*50)
				d.add(tiles[shape[j]])
			}
		}
		d.add(`"/>`)
	}
}

func (d *drawing) moon() {
	x, y, z := d.back()
	cx := 70 + d.pick(4)*20
	for i := range 5 { // the stars stand in columns of their own
		d.circle(20+i*40+d.pick(9), 16+d.pick(13)*10, 2+d.pick(2), x)
	}
	d.circle(cx, 75, 54, x)
	d.circle(cx+18, 63, 46, d.behind)
	d.circle(cx+18, 63, 7+d.pick(3)*4, [...]string{y, z}[d.pick(2)])
}

func (d *drawing) spines() {
	x, y, z := d.back()
	at := 18
	for i := 0; at < 170; i++ {
		w, h := 10+d.pick(4)*4, 70+d.pick(6)*10
		d.add(`<path fill="`, [...]string{x, y, z}[i%3], `" d="M`)
		d.number(at, edge)
		d.add(`v`)
		d.number(-h)
		d.add(`h`)
		d.number(w)
		d.add(`V150z"/>`)
		at += w + 2
	}
}

func (d *drawing) stripes() {
	direction := [...]string{
		`stroke-width="300"><path d="M0 150h200"`,
		`stroke-width="200"><path d="M100 0v300"`,
		`stroke-width="500"><path d="M-100 0l300 300"`,
	}[d.pick(3)]
	wide, narrow := 8+d.pick(3)*4, 2+d.pick(3)*2
	d.add(`<g `, direction, ` stroke="`, d.a, `" stroke-dasharray="`)
	d.number(wide, 2*narrow+8)
	d.add(`"/></g><g `, direction, ` stroke="`, d.b, `" stroke-dasharray="`)
	d.number(0, wide+narrow/2+4, narrow, narrow-narrow/2+4)
	d.add(`"/></g>`)
}
