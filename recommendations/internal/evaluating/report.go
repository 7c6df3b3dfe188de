package evaluating

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"bookmarket/recommendations/internal/console"
)

//go:embed report.html.tmpl
var reportTemplate string

//go:embed report.css
var reportStyle string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"means":     means,
	"chosen":    (*ModelResult).chosen,
	"thousands": console.Thousands,
}).Parse(reportTemplate))

// A report is what the page shows.
type report struct {
	Result            *Result
	Summary           string
	Comparisons       []string
	Metrics           []string
	Legend            []mark
	Accuracy          []chart
	Buckets, Coverage chart
	Style             template.CSS
	StyleHash         string // which the page allows by its Content-Security-Policy, and nothing else
}

// A mean is one with its interval.
type mean struct{ Mean, Low, High float64 }

func means(s Scores) (list []mean) {
	for _, m := range metrics {
		value, in := m.of(s)
		list = append(list, mean{value, in[0], in[1]})
	}
	return list
}

// html writes the result as a page that needs nothing else.
func (r *Result) html(w io.Writer) error {
	sum := sha256.Sum256([]byte(reportStyle))
	view := report{
		Result: r, Summary: r.summary(), Comparisons: r.comparisons(),
		Buckets: r.bucketFigure(), Coverage: r.coverageFigure(),
		Style:     template.CSS(reportStyle), //nolint:gosec // It is ours.
		StyleHash: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
	}
	for _, m := range metrics {
		view.Metrics = append(view.Metrics, fmt.Sprintf("%s@%d", m.name, r.K))
		view.Accuracy = append(view.Accuracy, r.accuracyFigure(m))
	}
	for i, m := range r.Models {
		view.Legend = append(view.Legend, newMark(i, 0, 0, m.Name))
	}
	var whole bytes.Buffer
	if err := page.Execute(&whole, view); err != nil {
		return err
	}
	_, err := whole.WriteTo(w)
	return err
}
