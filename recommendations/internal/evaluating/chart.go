package evaluating

import (
	"fmt"
	"math"
	"strings"
)

// A chart is a figure as the page draws it, in units of its view box. All of it is text and
// numbers: the template makes the SVG.
type chart struct {
	ID, Title, Description string
	Width, Height          float64
	Plot                   box // in which the data is
	X, Y                   []tick
	XTitle, YTitle         string
	Lines                  []line
	Marks                  []mark
	Labels                 []label
}

type box struct{ Left, Top, Right, Bottom float64 }

// A tick is a place on an axis, in units of the view box.
type tick struct {
	At    float64
	Label string
}

// A line has the class of its model, and points as SVG writes them.
type line struct{ Class, Points string }

// A mark is a path with the class of its model. Its title is shown under a pointer.
type mark struct{ Class, Path, Title string }

type label struct {
	X, Y                float64
	Class, Anchor, Text string
}

// A scale maps values to places.
type scale struct{ from, to, first, last float64 }

func (s scale) at(value float64) float64 {
	return s.first + (value-s.from)/(s.to-s.from)*(s.last-s.first)
}

// newScale returns a scale from 0 to a round number that is not below most, and its ticks.
func newScale(most, first, last float64) (scale, []tick) {
	step := roundStep(most / 5)
	s := scale{to: step * max(math.Ceil(most/step-1e-9), 1), first: first, last: last}
	var ticks []tick
	for i := 0; float64(i)*step <= s.to+step/2; i++ {
		value := float64(i) * step
		ticks = append(ticks, tick{s.at(value), fmt.Sprintf("%.6g", value)})
	}
	return s, ticks
}

// roundStep returns the least of 1, 2 and 5 times a power of ten that is not below x, or 1 for 0.
func roundStep(x float64) float64 {
	if !(x > 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= x*(1-1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// class is that of the i-th model, whose colour and shape it has everywhere.
func class(i int) string { return fmt.Sprintf("m%d", i%len(shapes)) }

// shapes tell models apart where colours do not; paths around 0,0.
var shapes = [...]string{
	"m-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",    // a disk
	"m-3.5,-3.5h7v7h-7z",                     // a square
	"m0,-5l4.5,8h-9z",                        // a triangle
	"m0,-5l5,5l-5,5l-5,-5z",                  // a diamond
	"m-1.5,-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z", // a plus
	"m0,5l4.5,-8h-9z",                        // a triangle on its top
	"m-5,-2h10v4h-10z",                       // a bar
	"m0,-5l4.7,3.4l-1.8,5.6h-5.8l-1.8,-5.6z", // a pentagon
}

func newMark(i int, x, y float64, title string) mark {
	return mark{class(i), fmt.Sprintf("M%.1f,%.1f%s", x, y, shapes[i%len(shapes)]), title}
}

func polyline(i int, points [][2]float64) line {
	var text []string
	for _, p := range points {
		text = append(text, fmt.Sprintf("%.1f,%.1f", p[0], p[1]))
	}
	return line{class(i), strings.Join(text, " ")}
}
