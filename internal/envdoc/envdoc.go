// Package envdoc writes down a service's settings from the struct that declares them, so that
// what people read cannot disagree with what the program does.
package envdoc

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"bookmarket/internal/settings"
)

// Text writes a table for the terminal.
func Text(w io.Writer, variables []settings.Variable) error {
	// Only Flush writes to w, and returns what w failed with.
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "VARIABLE\tDEFAULT\tMEANING")
	for _, v := range variables {
		fmt.Fprintf(table, "%s\t%s\t%s\n", v.Name, v.Default, meaning(v))
	}
	return table.Flush()
}

// Markdown returns a table for the documentation.
func Markdown(variables []settings.Variable) string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, v := range variables {
		value := "unset"
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, value, cell.Replace(meaning(v)))
	}
	return b.String()
}

var cell = strings.NewReplacer("|", `\|`)

func meaning(v settings.Variable) string {
	if v.Fallback != "" {
		return fmt.Sprintf("%s (else %s)", v.Description, v.Fallback)
	}
	return v.Description
}
