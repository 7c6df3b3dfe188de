package evaluating

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"bookmarket/recommendations/internal/console"
)

// String returns the result as a table, and below it in words.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", r.summary())
	row := "%-9s %-15s %-15s %-15s %8s %7s %9s %10s %6s %8s\n"
	at := func(name string) string { return fmt.Sprintf("%s@%d", name, r.K) }
	fmt.Fprintf(&b, row, "model", at("recall"), at("ndcg"), at("map"), "coverage", "novelty", "diversity", "popularity", "Gini", "training")
	for _, m := range r.Models {
		fmt.Fprintf(&b, row, m.Name,
			plusMinus(m.Recall, m.Intervals.Recall), plusMinus(m.NDCG, m.Intervals.NDCG), plusMinus(m.MAP, m.Intervals.MAP),
			fmt.Sprintf("%.3f", m.Coverage), fmt.Sprintf("%.2f", m.Novelty), fmt.Sprintf("%.3f", m.Diversity),
			fmt.Sprintf("%.3f", m.Popularity), fmt.Sprintf("%.3f", m.Gini), fmt.Sprintf("%.1f s", m.TrainSeconds))
	}
	fmt.Fprintf(&b, row, "held out", "", "", "", "", "", "", fmt.Sprintf("%.3f", r.HeldOutPopularity), "", "")
	for _, line := range slices.Concat(r.parameters(), r.comparisons()) {
		fmt.Fprintf(&b, "\n%s", line)
	}
	b.WriteByte('\n')
	return b.String()
}

// summary says what was measured.
func (r *Result) summary() string {
	text := fmt.Sprintf("%s and %s: %s to learn from, %s held out",
		console.Count(r.Users, "user"), console.Count(r.Items, "item"),
		console.Count(r.TrainSize, "pair"), console.Thousands(r.TestSize))
	if r.FoldedIn > 0 {
		text += fmt.Sprintf("; %s folded in", console.Count(r.FoldedIn, "user"))
	}
	if r.Side {
		text += "; with side information"
	}
	return text
}

// plusMinus returns a mean and the greater distance of an end of its interval.
func plusMinus(mean float64, in Interval) string {
	return fmt.Sprintf("%.4f ±%.4f", mean, max(mean-in[0], in[1]-mean))
}

// parameters returns a line for each model that chose some.
func (r *Result) parameters() (lines []string) {
	for _, m := range r.Models {
		if text := m.chosen(); text != "" {
			lines = append(lines, fmt.Sprintf("%s chose %s", m.Name, text))
		}
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	return lines
}

// chosen returns the parameters that a model chose, or nothing.
func (m *ModelResult) chosen() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(m.Parameters)) {
		parts = append(parts, fmt.Sprintf("%s %.4g", name, m.Parameters[name]))
	}
	return strings.Join(parts, ", ")
}

// comparisons returns a sentence or two for each model but the first.
func (r *Result) comparisons() (sentences []string) {
	for _, m := range r.Models {
		if m.Difference == nil {
			continue
		}
		recall := compared{fmt.Sprintf("recall@%d", r.K), -m.Difference.Recall, m.Difference.Intervals.Recall.negative()}
		ndcg := compared{fmt.Sprintf("ndcg@%d", r.K), -m.Difference.NDCG, m.Difference.Intervals.NDCG.negative()}
		start := m.Difference.From + " " + recall.verdict(m.Name) + recall.amount()
		if recall.verdict("") == ndcg.verdict("") {
			sentences = append(sentences, start+" and"+ndcg.amount()+".")
		} else {
			sentences = append(sentences, start+"; it "+ndcg.verdict(m.Name)+ndcg.amount()+".")
		}
	}
	return sentences
}

// compared is how much better one model is than another by a metric.
type compared struct {
	metric     string
	difference float64
	interval   Interval
}

// verdict says which is better, where the interval leaves no doubt.
func (c compared) verdict(other string) string {
	switch {
	case c.interval[0] > 0:
		return "is better than " + other
	case c.interval[1] < 0:
		return "is worse than " + other
	}
	return "differs from " + other + " by chance alone, if at all:"
}

// amount says by how much, which is a positive number where that is certain.
func (c compared) amount() string {
	low, high, difference, by := c.interval[0], c.interval[1], c.difference, " by"
	switch {
	case high < 0:
		low, high, difference = -high, -low, -difference
	case low <= 0:
		by = ""
	}
	return fmt.Sprintf("%s %s [%s, %s] in %s", by, short(difference), short(low), short(high), c.metric)
}

func (i Interval) negative() Interval { return Interval{-i[1], -i[0]} }

// short returns a number with four digits behind the point, and no minus before a zero.
func short(x float64) string {
	if math.Abs(x) < 0.00005 { // of which fmt would print the sign
		x = 0
	}
	return fmt.Sprintf("%.4f", x)
}
