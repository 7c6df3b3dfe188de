package cover

// Palettes returns ground and ink of each.
func Palettes() (all [][2]string) {
	for _, p := range &palettes {
		all = append(all, [2]string{p.ground, p.ink})
	}
	return all
}

// Pictures returns how many there are.
func Pictures() int { return pictures }

// Choice returns which palette and picture a book has.
func Choice(title, author string) (palette, picture int) {
	d := &drawing{chance: hash(title, author)}
	return d.pick(len(palettes)), d.pick(pictures)
}
