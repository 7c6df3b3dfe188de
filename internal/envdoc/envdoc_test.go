package envdoc_test

import (
	"errors"
	"strings"
	"testing"

	"bookmarket/internal/envdoc"
	"bookmarket/internal/settings"
)

var variables = []settings.Variable{
	{Name: "SHOP_HOST", Fallback: "HOST", Default: "localhost", Description: "where it is"},
	{Name: "SHOP_KIND", Description: "this | that"},
}

func TestMarkdown(t *testing.T) {
	want := "| variable | default | meaning |\n|---|---|---|\n" +
		"| `SHOP_HOST` | `localhost` | where it is (else HOST) |\n" +
		"| `SHOP_KIND` | unset | this \\| that |\n"
	if got := envdoc.Markdown(variables); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestText(t *testing.T) {
	want := "VARIABLE   DEFAULT    MEANING\n" +
		"SHOP_HOST  localhost  where it is (else HOST)\n" +
		"SHOP_KIND             this | that\n"
	var out strings.Builder
	if err := envdoc.Text(&out, variables); err != nil || out.String() != want {
		t.Errorf("%v\ngot\n%s\nwant\n%s", err, out.String(), want)
	}
	if err := envdoc.Text(broken{}, variables); err == nil {
		t.Error("a writer's failure is lost")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }
