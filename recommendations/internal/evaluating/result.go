package evaluating

import "bookmarket/recommendations/engine/eval"

// A Result is what an evaluation found. Its JSON form is what `evaluate --json` prints.
type Result struct {
	K         int    `json:"k"`
	Seed      uint64 `json:"seed"`
	Users     int    `json:"users"` // of whom something is held out
	Items     int    `json:"items"`
	TrainSize int    `json:"train_pairs"` // that models learn from
	TestSize  int    `json:"test_pairs"`  // that are held out
	FoldedIn  int    `json:"folded_in"`   // users whom no model learned from
	Side      bool   `json:"side_information"`

	// HeldOutPopularity is the mean percentile of what is held out: what popularity would be if
	// lists were as popular as what readers turn to.
	HeldOutPopularity float64 `json:"held_out_popularity"`

	Models []*ModelResult `json:"models"`
}

// A ModelResult is what was found of one model.
type ModelResult struct {
	Name  string `json:"name"`
	Users int    `json:"users"`
	Scores
	Coverage     float64 `json:"coverage"`
	Novelty      float64 `json:"novelty"`
	Diversity    float64 `json:"diversity"`
	Popularity   float64 `json:"popularity"`
	Gini         float64 `json:"gini"`
	TrainSeconds float64 `json:"train_seconds"` // the choice of parameters and the fit
	RankSeconds  float64 `json:"rank_seconds"`  // of all users

	Parameters map[string]float64 `json:"parameters,omitempty"`
	Groups     []Group            `json:"groups"`
	Buckets    []Bucket           `json:"buckets"`
	// Difference is how much better the model is than the first one, which has none.
	Difference *Difference `json:"difference,omitempty"`
}

// Scores are mean accuracies, and where they are with a confidence of 95 %.
type Scores struct {
	Recall    float64   `json:"recall"`
	NDCG      float64   `json:"ndcg"`
	MAP       float64   `json:"map"`
	Intervals Intervals `json:"intervals"`
}

// Intervals are of Scores or of a Difference.
type Intervals struct {
	Recall Interval `json:"recall"`
	NDCG   Interval `json:"ndcg"`
	MAP    Interval `json:"map"`
}

// An Interval is from its first to its second number.
type Interval [2]float64

// A Group is a part of the users, by the number of items that they are known to have, and how
// good the lists of these are.
type Group struct {
	Name  string `json:"name"`
	Users int    `json:"users"`
	Least int    `json:"least_items"`
	Most  int    `json:"most_items"`
	Scores
}

// A Bucket is items of about the same number of training users, and which share of what is held
// out of them is in the lists.
type Bucket struct {
	Least  int     `json:"least_users"`
	Most   int     `json:"most_users"`
	Items  int     `json:"items"`
	Held   int     `json:"held_out"`
	Recall float64 `json:"recall"`
}

// A Difference is a model's scores less those of the model From, user by user.
type Difference struct {
	From string `json:"from"`
	Scores
}

// bootstrapDraws make the ends of intervals as certain as they are printed.
const bootstrapDraws = 1000

// scores returns the means and intervals of three columns of a bootstrap.
func scores(mean eval.Accuracy, b *eval.Bootstrap, first int) Scores {
	return Scores{mean.Recall, mean.NDCG, mean.MAP, Intervals{
		interval(b.Mean(first)), interval(b.Mean(first + 1)), interval(b.Mean(first + 2)),
	}}
}

func interval(in eval.Interval) Interval { return Interval{in.Low, in.High} }

// difference returns how much better one model is than another, by the first of their columns.
func difference(mean, other eval.Accuracy, b *eval.Bootstrap, first, otherFirst int) Scores {
	return Scores{mean.Recall - other.Recall, mean.NDCG - other.NDCG, mean.MAP - other.MAP, Intervals{
		interval(b.Difference(first, otherFirst)),
		interval(b.Difference(first+1, otherFirst+1)),
		interval(b.Difference(first+2, otherFirst+2)),
	}}
}

// columns returns accuracies as the three columns that a bootstrap draws from.
func columns(all []eval.Accuracy) [][]float64 {
	c := make([][]float64, 3)
	for _, a := range all {
		c[0], c[1], c[2] = append(c[0], a.Recall), append(c[1], a.NDCG), append(c[2], a.MAP)
	}
	return c
}
