package web_test

import (
	"os"
	"regexp"
	"testing"
)

// The pages' only script stays small enough to be read, and makes no code and no elements of text:
// the browser does, where it asks for a document.
func TestScript(t *testing.T) {
	script, err := os.ReadFile("static/shop.js")
	if err != nil {
		t.Fatal(err)
	}
	if len(script) == 0 || len(script) >= 4<<10 {
		t.Errorf("it has %d bytes", len(script))
	}
	forbidden := regexp.MustCompile(`(inner|outer)HTML|insertAdjacentHTML|createContextualFragment|DOMParser|srcdoc|document\.write|\beval\b|\bFunction\b|\bimport\b|https?:|set(Timeout|Interval)\(["'\x60]|\.on\w+ = ["'\x60]`)
	if found := forbidden.FindAllString(string(script), -1); found != nil {
		t.Errorf("it has %q", found)
	}
}
