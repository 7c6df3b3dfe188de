package evaluating

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A metric is one that every model has a mean and an interval of.
type metric struct {
	name string
	of   func(Scores) (mean float64, in Interval)
}

var metrics = []metric{
	{"recall", func(s Scores) (float64, Interval) { return s.Recall, s.Intervals.Recall }},
	{"ndcg", func(s Scores) (float64, Interval) { return s.NDCG, s.Intervals.NDCG }},
	{"map", func(s Scores) (float64, Interval) { return s.MAP, s.Intervals.MAP }},
}

// accuracyFigure shows a metric of each model with its interval, on a row for each.
func (r *Result) accuracyFigure(m metric) chart {
	const rowHeight = 26
	name := fmt.Sprintf("%s@%d", m.name, r.K)
	c := chart{
		ID: "figure-" + m.name, Title: name, Width: 720,
		Description: fmt.Sprintf("A row for each model with the mean of %s and its interval of 95 %%.", name),
		Plot:        box{76, 4, 660, 8 + rowHeight*float64(len(r.Models))},
	}
	c.Height = c.Plot.Bottom + 24
	most := 0.0
	for _, one := range r.Models {
		_, in := m.of(one.Scores)
		most = max(most, in[1])
	}
	x, ticks := newScale(most, c.Plot.Left, c.Plot.Right)
	c.X = ticks
	for i, one := range r.Models {
		mean, in := m.of(one.Scores)
		y := c.Plot.Top + 2 + rowHeight*(float64(i)+0.5)
		low, high := x.at(in[0]), x.at(in[1])
		c.Lines = append(c.Lines, polyline(i, [][2]float64{{low, y - 5}, {low, y + 5}, {low, y}, {high, y}, {high, y - 5}, {high, y + 5}}))
		c.Marks = append(c.Marks, newMark(i, x.at(mean), y, fmt.Sprintf("%s: %.4f [%.4f, %.4f]", one.Name, mean, in[0], in[1])))
		c.Labels = append(c.Labels,
			label{c.Plot.Left - 10, y + 4, "name", "end", one.Name},
			label{high + 10, y + 4, "value", "start", fmt.Sprintf("%.4f", mean)})
	}
	return c
}

// bucketFigure shows recall by the popularity of what was held out, with a line for each model.
func (r *Result) bucketFigure() chart {
	c := chart{
		ID: "figure-buckets", Title: fmt.Sprintf("recall@%d by popularity of the item", r.K), Width: 720, Height: 344,
		Description: "A line for each model over parts of the items, from the least popular to the most popular ones.",
		Plot:        box{44, 28, 704, 292},
		XTitle:      "users of the item in the training part", YTitle: "recall",
	}
	most := 0.0
	for _, m := range r.Models {
		for _, b := range m.Buckets {
			most = max(most, b.Recall)
		}
	}
	y, ticks := newScale(most, c.Plot.Bottom, c.Plot.Top)
	c.Y = ticks
	buckets := r.Models[0].Buckets
	width := (c.Plot.Right - c.Plot.Left) / float64(len(buckets))
	for i, b := range buckets {
		c.X = append(c.X, tick{c.Plot.Left + width*(float64(i)+0.5), b.Users()})
	}
	for i, m := range slices.Backward(r.Models) { // the first one on top
		var points [][2]float64
		for at, b := range m.Buckets {
			x, y := c.X[at].At, y.at(b.Recall)
			points = append(points, [2]float64{x, y})
			c.Marks = append(c.Marks, newMark(i, x, y, fmt.Sprintf("%s, items with %s users: %.4f", m.Name, b.Users(), b.Recall)))
		}
		c.Lines = append(c.Lines, polyline(i, points))
	}
	return c
}

// Users returns the range of a bucket's popularity.
func (b Bucket) Users() string {
	if b.Least == b.Most {
		return fmt.Sprint(b.Least)
	}
	return fmt.Sprintf("%d–%d", b.Least, b.Most)
}

// coverageFigure shows how accuracy and coverage go together, with a point for each model.
func (r *Result) coverageFigure() chart {
	c := chart{
		ID: "figure-coverage", Title: "accuracy against coverage", Width: 720, Height: 344,
		Description: "A point for each model: to the right more of the catalogue is in lists, to the top lists are more accurate.",
		Plot:        box{44, 28, 704, 292},
		XTitle:      "coverage: the share of the catalogue that is in anybody’s list", YTitle: fmt.Sprintf("ndcg@%d", r.K),
	}
	most := 0.0
	for _, m := range r.Models {
		most = max(most, m.NDCG)
	}
	y, ticks := newScale(most, c.Plot.Bottom, c.Plot.Top)
	c.Y = ticks
	x, ticks := newScale(1, c.Plot.Left, c.Plot.Right)
	c.X = ticks
	for i, m := range slices.Backward(r.Models) {
		px, py := x.at(m.Coverage), y.at(m.NDCG)
		c.Marks = append(c.Marks, newMark(i, px, py, fmt.Sprintf("%s: coverage %.3f, ndcg %.4f", m.Name, m.Coverage, m.NDCG)))
		l := label{px + 12, py + 4, "name", "start", m.Name}
		if px > c.Plot.Right-90 {
			l.X, l.Anchor = px-12, "end"
		}
		c.Labels = append(c.Labels, l)
	}
	spread(c.Labels, c.Plot)
	return c
}

// spread moves labels apart, up, that would cover each other.
func spread(labels []label, b box) {
	const height, width = 15, 90
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(b.Y, a.Y) })
	for i := range labels {
		for _, below := range labels[:i] {
			if math.Abs(labels[i].X-below.X) < width && below.Y-labels[i].Y < height {
				labels[i].Y = max(below.Y-height, b.Top)
			}
		}
	}
}
