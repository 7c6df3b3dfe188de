package evaluating

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The page stands alone: it loads nothing, runs nothing, and its policy forbids both. Its figures
// are well-formed, and say in words what they show.
func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte("an older report"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, err := run(t.Context(), t, "", "--ratings", ratings(t), "--fold-in", "0.2", "--report", path); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
	if len(style) != 2 {
		t.Fatal("the page has no style")
	}
	hash := sha256.Sum256([]byte(style[1]))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + `'"`
	if !strings.Contains(html.UnescapeString(page), policy) {
		t.Errorf("the policy is not %s", policy)
	}
	for _, forbidden := range []string{"<script", " style=", "http:", "https:", "<link", "<img", "url(", "@import", "ZgotmplZ", "NaN", "Inf"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page has %s", forbidden)
		}
	}
	figures := regexp.MustCompile(`(?s)<svg[^>]*role="img".*?</svg>`).FindAllString(page, -1)
	if len(figures) != 5 {
		t.Fatalf("the page has %d figures, want 5", len(figures))
	}
	for _, figure := range figures {
		checkFigure(t, figure)
	}
	for _, m := range modelNames() {
		if strings.Count(page, ">"+m+"<") < 8 {
			t.Errorf("%s is not everywhere", m)
		}
	}
}

// checkFigure wants a title and a description that it is labelled by, and every model.
func checkFigure(t *testing.T, figure string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(figure))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, figure)
		}
	}
	ids := regexp.MustCompile(`aria-labelledby="(\S+) (\S+)"`).FindStringSubmatch(figure)
	if len(ids) != 3 || !strings.Contains(figure, `<title id="`+ids[1]+`">`) || !strings.Contains(figure, `<desc id="`+ids[2]+`">`) {
		t.Errorf("the figure says nothing:\n%s", figure)
	}
	for i := range models() {
		if !strings.Contains(figure, `class="mark `+class(i)+`"`) {
			t.Errorf("model %d is not in the figure\n%s", i, figure)
		}
	}
}

func TestComparisons(t *testing.T) {
	other := func(recall float64, recallIn Interval, ndcg float64, ndcgIn Interval) *ModelResult {
		d := &Difference{From: "linear"}
		d.Recall, d.Intervals.Recall, d.NDCG, d.Intervals.NDCG = recall, recallIn, ndcg, ndcgIn
		return &ModelResult{Name: "itemknn", Difference: d}
	}
	for want, m := range map[string]*ModelResult{
		"linear is better than itemknn by 0.0210 [0.0190, 0.0230] in recall@20 and by 0.0100 [0.0050, 0.0150] in ndcg@20.":                                                other(-.021, Interval{-.023, -.019}, -.01, Interval{-.015, -.005}),
		"linear is worse than itemknn by 0.0210 [0.0190, 0.0230] in recall@20 and by 0.0100 [0.0050, 0.0150] in ndcg@20.":                                                 other(.021, Interval{.019, .023}, .01, Interval{.005, .015}),
		"linear is better than itemknn by 0.0210 [0.0190, 0.0230] in recall@20; it differs from itemknn by chance alone, if at all: 0.0010 [-0.0020, 0.0040] in ndcg@20.": other(-.021, Interval{-.023, -.019}, -.001, Interval{-.004, .002}),
		"linear differs from itemknn by chance alone, if at all: 0.0000 [0.0000, 0.0000] in recall@20 and -0.0010 [-0.0040, 0.0020] in ndcg@20.":                          other(0, Interval{}, .001, Interval{-.002, .004}),
	} {
		r := &Result{K: 20, Models: []*ModelResult{{Name: "linear"}, m}}
		if got := r.comparisons(); len(got) != 1 || got[0] != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestScale(t *testing.T) {
	for most, want := range map[float64]string{
		0: "[0 1]", 0.37: "[0 0.1 0.2 0.3 0.4]", 1: "[0 0.2 0.4 0.6 0.8 1]", 0.0018: "[0 0.0005 0.001 0.0015 0.002]", 0.6: "[0 0.2 0.4 0.6]", 7: "[0 2 4 6 8]",
	} {
		s, ticks := newScale(most, 100, 200)
		var labels []string
		for _, tick := range ticks {
			labels = append(labels, tick.Label)
		}
		if got := fmt.Sprint(labels); got != want || ticks[0].At != 100 || !near(ticks[len(ticks)-1].At, 200) || s.at(most) > 200+1e-9 {
			t.Errorf("up to %v the ticks are %v at %v, want %s", most, got, ticks, want)
		}
	}
}

// Labels do not cover each other.
func TestSpread(t *testing.T) {
	labels := []label{{X: 10, Y: 100}, {X: 20, Y: 98}, {X: 300, Y: 99}, {X: 12, Y: 103}, {X: 15, Y: 40}}
	spread(labels, box{Top: 5})
	for i, a := range labels {
		for _, b := range labels[:i] {
			if a.X < 100 && b.X < 100 && max(a.Y-b.Y, b.Y-a.Y) < 15 {
				t.Errorf("%+v covers %+v", a, b)
			}
		}
		if a.X == 300 && a.Y != 99 {
			t.Errorf("%+v was moved without need", a)
		}
	}
}
