package training

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"bookmarket/recommendations/engine/snapshot"
	"bookmarket/recommendations/engine/tune"
)

// A Description is what a model's maker says of it.
type Description struct {
	Algorithm string      `json:"algorithm"`
	TrainedAt time.Time   `json:"trained_at"`
	Seconds   float64     `json:"seconds"` // that it took
	Data      string      `json:"data"`    // a digest of what it was learned from
	Books     int         `json:"books"`
	Readers   int         `json:"readers"`
	Likes     int         `json:"likes"`
	Choice    tune.Choice `json:"choice"`
	Quality   *Quality    `json:"quality,omitempty"` // nil: there were too few readers to tell
}

// Quality is how well a model ranked what readers liked and was held out from it.
type Quality struct {
	Readers  int     `json:"readers"` // by whom it was measured
	Recall   float64 `json:"recall"`  // at 20
	NDCG     float64 `json:"ndcg"`    // at 20
	Popular  float64 `json:"popular"` // the NDCG of the most popular books
	Coverage float64 `json:"coverage"`
}

// LogValue returns the quality as a group.
func (q *Quality) LogValue() slog.Value {
	if q == nil {
		return slog.StringValue("too few readers to tell")
	}
	return slog.GroupValue(slog.Float64("ndcg", q.NDCG), slog.Float64("recall", q.Recall), slog.Float64("popular_ndcg", q.Popular), slog.Float64("coverage", q.Coverage))
}

// String returns lines for people.
func (d *Description) String() string {
	text := fmt.Sprintf("learned in %.1f s from %d readers, who liked %d of %d books", d.Seconds, d.Readers, d.Likes, d.Books)
	q := d.Quality
	if q == nil {
		return text + "\ntoo few of them to say how good it is"
	}
	return text + fmt.Sprintf("\nheld out from %d readers: NDCG@20 %.4f, Recall@20 %.4f, %.0f%% of the books in somebody's list (popular books for everybody: NDCG@20 %.4f)",
		q.Readers, q.NDCG, q.Recall, 100*q.Coverage, q.Popular)
}

// decode reads a model that was published.
func decode(data []byte) (*snapshot.Snapshot, *Description, error) {
	s, err := snapshot.Decode(data)
	if err != nil {
		return nil, nil, err
	}
	d := new(Description)
	if err := json.Unmarshal(s.Description, d); err != nil {
		return nil, nil, fmt.Errorf("the snapshot's description: %w", err)
	}
	return s, d, nil
}
