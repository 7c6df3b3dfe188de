package browsertest

import (
	"fmt"
	"strings"
)

// A Violation is a rule of accessibility that a page breaks.
type Violation struct {
	ID, Help, HelpURL string
	Nodes             []struct {
		Target         []string
		HTML           string
		FailureSummary string
	}
}

// String tells where the rule is broken, and how.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (%s)", v.ID, v.Help, v.HelpURL)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s\n  %.300s\n  %s", strings.Join(n.Target, " "), n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n  "))
	}
	return b.String()
}

// WCAG 2.2 AA, what came before it, and what axe's makers advise besides. The size of what is touched
// is part of 2.2, and must be asked for.
const runAxe = `axe.run(document, {
  runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]},
  rules: {"target-size": {enabled: true}},
  resultTypes: ["violations"],
}).then(result => result.violations.map(v => ({
  id: v.id, help: v.help, helpUrl: v.helpUrl,
  nodes: v.nodes.map(n => ({target: n.target.map(String), html: n.html, failureSummary: n.failureSummary})),
})))`

// Axe runs axe-core, whose source it is given, on the page. Scripts must not be off.
func (tab *Tab) Axe(source string) []Violation {
	tab.t.Helper()
	if !Eval[bool](tab, "'axe' in window") {
		Eval[bool](tab, source+"\n;true")
	}
	return Eval[[]Violation](tab, runAxe)
}
