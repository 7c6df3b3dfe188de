// Package settingstest tests what every service's settings have in common: they are written
// down, they do not depend on the shell of who tests them, and their faults are told well.
package settingstest

import (
	"flag"
	"os"
	"strings"
	"testing"

	"bookmarket/internal/envdoc"
	"bookmarket/internal/settings"
)

var update = flag.Bool("update", false, "write what is expected instead of comparing with it")

// CheckDocument compares a service's table in the document, which stands between two comments that
// name the service's prefix, with its settings; with -update it writes the table. Every
// setting must have a description.
func CheckDocument(t *testing.T, document, prefix string, spec any) {
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

// Unset clears the environment of a service's settings for the length of a test.
func Unset(t *testing.T, prefix string, spec any) {
	t.Helper()
	for _, v := range settings.Variables(prefix, spec) {
		t.Setenv(v.Name, "")
		if v.Fallback != "" {
			t.Setenv(v.Fallback, "")
		}
	}
}

// CheckFaults loads settings from an environment in which every variable is at fault. There
// must be one line for each, which begins with its name and does not tell its value.
func CheckFaults(t *testing.T, prefix string, load func() error, environment map[string]string) {
	t.Helper()
	for name, value := range environment {
		t.Setenv(name, value)
	}
	err := load()
	if err == nil {
		t.Fatal("no fault was found")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(environment) {
		t.Errorf("%d lines for %d faults:\n%v", len(lines), len(environment), err)
	}
	for name, value := range environment {
		if !strings.Contains("\n"+err.Error(), "\n"+name) {
			t.Errorf("no line begins with %s:\n%v", name, err)
		}
		if !strings.HasPrefix(name, prefix+"_") || strings.Contains(err.Error(), value) {
			t.Errorf("the value of %s is told:\n%v", name, err)
		}
	}
}
