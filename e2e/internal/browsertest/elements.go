package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// An Element is what a screen reader knows of a part of a page.
type Element struct {
	Role, Name string
	Level      int    // of a heading
	Value      string // of a field
	node       cdp.BackendNodeID
}

// String describes the element for a test's report.
func (e Element) String() string { return fmt.Sprintf("%s %q", e.Role, e.Name) }

// Elements returns what a screen reader finds on the page, in its order.
func (tab *Tab) Elements() []Element {
	tab.t.Helper()
	var elements []Element
	for _, node := range call(tab, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if !node.Ignored {
			elements = append(elements, elementOf(node))
		}
	}
	return elements
}

func elementOf(node *accessibility.Node) Element {
	e := Element{Role: text(node.Role), Name: text(node.Name), Value: text(node.Value), node: node.BackendDOMNodeID}
	for _, property := range node.Properties {
		if property.Name == accessibility.PropertyNameLevel {
			_ = json.Unmarshal(property.Value.Value, &e.Level)
		}
	}
	return e
}

// text is an attribute's value, if it is one.
func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var value any
	if json.Unmarshal(v.Value, &value) != nil || value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(value))
}

// Find returns the elements of a role whose names match a pattern.
func (tab *Tab) Find(role, pattern string) []Element {
	tab.t.Helper()
	name := regexp.MustCompile(pattern)
	var found []Element
	for _, e := range tab.Elements() {
		if e.Role == role && name.MatchString(e.Name) {
			found = append(found, e)
		}
	}
	return found
}

// Get returns the first element of a role whose name matches a pattern; the page must have one.
func (tab *Tab) Get(role, pattern string) Element {
	tab.t.Helper()
	found := tab.Find(role, pattern)
	if len(found) == 0 {
		tab.t.Fatalf("%s has no %s %q; it has %v", tab.Address(), role, pattern, tab.interactive())
	}
	return found[0]
}

// interactive lists what can be used on a page, for a test's report.
func (tab *Tab) interactive() (found []Element) {
	for _, e := range tab.Elements() {
		switch e.Role {
		case "link", "button", "searchbox", "textbox", "combobox", "radio", "checkbox", "heading", "alert", "status":
			found = append(found, e)
		}
	}
	return found
}

// Click clicks, or on a touch screen taps, the middle of an element.
func (tab *Tab) Click(e Element) {
	tab.t.Helper()
	call(tab, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: e.node})
	quads := call(tab, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: e.node}).Quads
	if len(quads) == 0 {
		tab.t.Fatalf("%v is nowhere on the page", e)
	}
	var x, y float64
	for i := 0; i < len(quads[0]); i += 2 {
		x += quads[0][i] / 4
		y += quads[0][i+1] / 4
	}
	for _, event := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		call(tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: event, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: 1,
		})
	}
}

// Press presses and releases keys: kb.Tab, kb.Enter, letters.
func (tab *Tab) Press(keys string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	tab.must(chromedp.Do(ctx, chromedp.KeyEvent(keys)))
}

// Focused returns the element that has the keyboard's focus; its role is empty where none has.
func (tab *Tab) Focused() Element {
	tab.t.Helper()
	active := call(tab, runtime.Evaluate, runtime.EvaluateParams{
		Expression: "document.activeElement === document.body ? null : document.activeElement",
	}).Result
	if active.ObjectID == "" {
		return Element{}
	}
	no := false
	nodes := call(tab, accessibility.GetPartialAXTree, accessibility.GetPartialAXTreeParams{
		ObjectID: active.ObjectID, FetchRelatives: &no,
	}).Nodes
	if len(nodes) == 0 {
		return Element{}
	}
	return elementOf(nodes[0])
}

// mostStops is more than any page of the shop has.
const mostStops = 300

// TabTo presses the key Tab until an element of a role and a name has the focus, and fails the test
// where none gets it, or where a visitor would not see on the way what has it.
func (tab *Tab) TabTo(role, pattern string) Element {
	tab.t.Helper()
	name := regexp.MustCompile(pattern)
	wanted := func(e Element) bool { return e.Role == role && name.MatchString(e.Name) }
	stops := tab.tab(wanted)
	if len(stops) == 0 || !wanted(stops[len(stops)-1]) {
		stops = tab.tab(wanted) // from the top of the page
	}
	if len(stops) > 0 && wanted(stops[len(stops)-1]) {
		return stops[len(stops)-1]
	}
	tab.t.Fatalf("%s: the key Tab does not lead to a %s %q, only to %v", tab.Address(), role, pattern, stops)
	return Element{}
}

// Stops presses the key Tab until it leads out of the page, and returns all that it led to.
func (tab *Tab) Stops() []Element {
	tab.t.Helper()
	stops := tab.tab(func(Element) bool { return false })
	if len(stops) == mostStops {
		tab.t.Errorf("%s: the key Tab does not lead out of the page: %v", tab.Address(), stops)
	}
	return stops
}

// tab presses the key Tab until it has led to what is looked for, or out of the page.
func (tab *Tab) tab(found func(Element) bool) (stops []Element) {
	tab.t.Helper()
	for len(stops) < mostStops {
		tab.Press(kb.Tab)
		e := tab.Focused()
		if e.Role == "" {
			break
		}
		stops = append(stops, e)
		if problem := tab.FocusProblem(); problem != "" {
			tab.t.Errorf("%s: the focus on %v: %s", tab.Address(), e, problem)
		}
		if found(e) {
			break
		}
	}
	return stops
}
