package browsertest

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/chromedp/cdproto/page"
)

//go:embed sideways.js
var sideways string

// Sideways returns what makes the page wider than its window.
func (tab *Tab) Sideways() []string {
	tab.t.Helper()
	return Eval[[]string](tab, sideways)
}

//go:embed motion.js
var motion string

// Motion returns what moves on the page.
func (tab *Tab) Motion() []string {
	tab.t.Helper()
	return Eval[[]string](tab, motion)
}

// Told returns what the page says where a screen reader notices it by itself.
func (tab *Tab) Told() string {
	tab.t.Helper()
	return Eval[string](tab, `[...document.querySelectorAll("[role=status], [role=alert], output")].map(e => e.textContent.trim()).join(" ")`)
}

// AwaitTold waits until what the page tells matches a pattern: at once, or when a script has an answer.
func (tab *Tab) AwaitTold(pattern string) {
	tab.t.Helper()
	told, end := regexp.MustCompile(pattern), time.Now().Add(patience)
	for !told.MatchString(tab.Told()) {
		if time.Now().After(end) {
			tab.t.Fatalf("%s tells %q, want %q", tab.Address(), tab.Told(), pattern)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// layoutShift is all that has moved until now, which the browser has kept.
const layoutShift = `new Promise(done => {
  const shift = {Sum: 0, Moved: []}
  const box = r => [r.x, r.y, r.width, r.height].map(Math.round).join(" ")
  new PerformanceObserver(list => {
    for (const e of list.getEntries()) {
      shift.Sum += e.value
      for (const s of e.sources) shift.Moved.push((s.node?.nodeName ?? "?") + "." + (s.node?.className ?? "") + " from " + box(s.previousRect) + " to " + box(s.currentRect))
    }
  }).observe({type: "layout-shift", buffered: true})
  setTimeout(() => done(shift), 100)
})`

// A Shift is how much of a page moved while it was loaded, and what.
type Shift struct {
	Sum   float64
	Moved []string
}

// LayoutShift returns what has moved until now. Scripts must not be off.
func (tab *Tab) LayoutShift() Shift {
	tab.t.Helper()
	return Eval[Shift](tab, layoutShift)
}

// landmarks are the parts of a page that a screen reader can jump to.
var landmarks = []string{"banner", "navigation", "search", "main", "contentinfo", "complementary", "region", "form"}

// An Outline is how a page is built, as a screen reader tells it.
type Outline struct {
	Landmarks []Element
	Headings  []Element
}

// Outline reads the page's outline.
func (tab *Tab) Outline() Outline {
	tab.t.Helper()
	var o Outline
	for _, e := range tab.Elements() {
		switch {
		case e.Role == "heading":
			o.Headings = append(o.Headings, e)
		case (e.Role == "form" || e.Role == "region") && e.Name == "": // no landmark without a name
		case slices.Contains(landmarks, e.Role):
			o.Landmarks = append(o.Landmarks, e)
		}
	}
	return o
}

// Problems returns what somebody who hears the page would stumble over.
func (o Outline) Problems() (problems []string) {
	count := map[string]int{}
	named := map[Element]int{}
	for _, l := range o.Landmarks {
		count[l.Role]++
		named[Element{Role: l.Role, Name: l.Name}]++
	}
	for _, role := range []string{"banner", "main", "contentinfo"} {
		if count[role] != 1 {
			problems = append(problems, fmt.Sprintf("%d landmarks %s, want 1", count[role], role))
		}
	}
	for l, n := range named {
		if n > 1 {
			problems = append(problems, fmt.Sprintf("%d landmarks are called %v", n, l))
		}
	}
	level, first := 0, 0
	for _, h := range o.Headings {
		if h.Level == 1 {
			first++
		}
		if h.Level > level+1 {
			problems = append(problems, fmt.Sprintf("heading %q has level %d, after one of level %d", h.Name, h.Level, level))
		}
		if h.Name == "" {
			problems = append(problems, "a heading without words")
		}
		level = h.Level
	}
	if first != 1 {
		problems = append(problems, fmt.Sprintf("%d headings of level 1, want 1", first))
	}
	return problems
}

//go:embed focus.js
var focusStyle string

// FocusProblem returns why a visitor would not see where the focus is, or "".
func (tab *Tab) FocusProblem() string {
	tab.t.Helper()
	return Eval[string](tab, focusStyle)
}

// tallest bounds a picture of a page of which there is a lot.
const tallest = 8000

// Picture takes a picture of the whole page (JPEG), or of what the window shows of it (PNG).
func (tab *Tab) Picture(whole bool) []byte {
	tab.t.Helper()
	if !whole {
		return call(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng}).Data
	}
	size := call(tab, page.GetLayoutMetrics, struct{}{}).CSSContentSize
	yes, quality := true, int64(80)
	return call(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatJpeg, Quality: &quality, CaptureBeyondViewport: &yes,
		Clip: &page.Viewport{Width: size.Width, Height: min(size.Height, tallest), Scale: 1},
	}).Data
}
