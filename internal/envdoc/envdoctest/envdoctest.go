// Package envdoctest keeps docs/config.md equal to the settings' structs.
package envdoctest

import (
	"flag"
	"os"
	"strings"
	"testing"

	"bookmarket/internal/envdoc"
	"bookmarket/internal/settings"
)

var update = flag.Bool("update", false, "write what is expected instead of comparing with it")

// Check compares a service's table in the document, which stands between two comments that
// name the service's prefix, with its settings; with -update it writes the table. Every
// setting must have a description.
func Check(t *testing.T, document, prefix string, spec any) {
	t.Helper()
	variables := settings.Variables(prefix, spec)
	for _, v := range variables {
		if v.Description == "" {
			t.Errorf("%s has no desc tag: nobody could know what it sets", v.Name)
		}
	}
	content, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- settings "+prefix+": generated -->\n", "<!-- end "+prefix+" -->\n"
	before, rest, found := strings.Cut(string(content), begin)
	table, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the settings: %s…%s", document, begin, end)
	}
	want := envdoc.Markdown(variables)
	if table == want {
		return
	}
	if !*update {
		t.Fatalf("%s is older than the settings of %s; run make generate. It should say\n%s", document, prefix, want)
	}
	if err := os.WriteFile(document, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
