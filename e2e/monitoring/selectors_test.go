package monitoring

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tokens are what a query is made of, as far as it matters where the names of metrics are: those
// that are no word of the language and no function's, with what they select in braces.
var tokens = regexp.MustCompile(`"(?:[^"\\]|\\.)*"` + // text
	`|\[[^\]]*\]` + // a range
	`|\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)` + // labels
	`|[0-9][0-9a-z.]*` + // a number, a duration
	`|[a-zA-Z_:][a-zA-Z0-9_:]*\s*(?:\(|\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?`)

// words of the language that can stand where a name does.
var words = []string{"and", "or", "unless", "offset", "bool", "sum", "min", "max", "count", "avg"}

// selectors returns the metrics that a query reads, each with the labels that it selects by.
func selectors(query string) []string {
	var found []string
	for _, token := range tokens.FindAllString(query, -1) {
		token = strings.TrimSpace(token)
		if name := token[0]; name == '"' || name == '[' || '0' <= name && name <= '9' ||
			strings.HasSuffix(token, "(") || strings.HasSuffix(token, ")") || slices.Contains(words, token) {
			continue
		}
		found = append(found, token)
	}
	return found
}

func TestSelectors(t *testing.T) {
	for query, want := range map[string][]string{
		`up`: {"up"},
		`1 - sum by (a, b) (rate(x_bucket{le="0.1", route="GET /{$}"}[5m])) / sum(rate(x_count[1h] offset 2h)) > 0.01`: {`x_bucket{le="0.1", route="GET /{$}"}`, "x_count"},
		`a:b:c > 14.4 * 0.001 and on (job) max by (job) (y) == 0 or absent(up{job=~"(.+[-/])?z"}) unless q offset 15m`: {"a:b:c", "y", `up{job=~"(.+[-/])?z"}`, "q"},
		`time() - max(bytes{namespace=~".*"} > 0) > 26 * 3600`:                                                         {`bytes{namespace=~".*"}`},
	} {
		if got := selectors(query); !slices.Equal(got, want) {
			t.Errorf("%s reads %q, want %q", query, got, want)
		}
	}
}
