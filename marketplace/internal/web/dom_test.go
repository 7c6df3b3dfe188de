package web_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A node is an element of a page, as a browser makes it of the text.
type node struct{ *html.Node }

func parsePage(t testing.TB, text string) node {
	t.Helper()
	page, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return node{page}
}

// all returns the elements below that are of a kind: a tag, a .class, or a tag with an attribute,
// as in a[href].
func (n node) all(kind string) []node {
	var found []node
	for child := range n.Descendants() {
		if child.Type == html.ElementNode && (node{child}).is(kind) {
			found = append(found, node{child})
		}
	}
	return found
}

func (n node) is(kind string) bool {
	if class, ok := strings.CutPrefix(kind, "."); ok {
		return slices.Contains(strings.Fields(n.attr("class")), class)
	}
	tag, attribute, _ := strings.Cut(strings.TrimSuffix(kind, "]"), "[")
	return n.Data == tag && (attribute == "" || n.has(attribute))
}

// the returns the only element of a kind.
func (n node) the(t testing.TB, kind string) node {
	t.Helper()
	found := n.all(kind)
	if len(found) != 1 {
		t.Fatalf("there are %d of %s", len(found), kind)
	}
	return found[0]
}

// byID returns the element with an id.
func (n node) byID(t testing.TB, id string) node {
	t.Helper()
	for child := range n.Descendants() {
		if child.Type == html.ElementNode && (node{child}).attr("id") == id {
			return node{child}
		}
	}
	t.Fatalf("nothing is called %q", id)
	return node{}
}

func (n node) attr(name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (n node) has(name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// text returns the words in an element.
func (n node) text() string {
	var words []string
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			words = append(words, strings.Fields(child.Data)...)
		}
	}
	return strings.Join(words, " ")
}

// texts returns the words of each of the elements of a kind.
func (n node) texts(kind string) []string {
	var all []string
	for _, found := range n.all(kind) {
		all = append(all, found.text())
	}
	return all
}
