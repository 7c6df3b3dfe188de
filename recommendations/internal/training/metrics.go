package training

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Register adds metrics of the latest model that was learned. They are 0 while there is none.
func (p *Publisher) Register(metrics prometheus.Registerer) {
	gauge := func(name, help string, value func(version int64, about *Description) float64) {
		metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "recommendations_model_" + name, Help: help}, func() float64 {
			latest := p.latest.Load()
			if latest == nil || latest.about == nil {
				return 0
			}
			return value(latest.model.Personal.Version(), latest.about)
		}))
	}
	quality := func(of func(*Quality) float64) func(int64, *Description) float64 {
		return func(_ int64, about *Description) float64 {
			if about.Quality == nil {
				return 0
			}
			return of(about.Quality)
		}
	}
	gauge("version", "Version of the model that was learned.", func(version int64, _ *Description) float64 { return float64(version) })
	gauge("trained_timestamp_seconds", "When it was learned, in seconds since 1970.", func(_ int64, about *Description) float64 {
		return float64(about.TrainedAt.UnixNano()) / float64(time.Second)
	})
	gauge("training_seconds", "How long learning it took.", func(_ int64, about *Description) float64 { return about.Seconds })
	gauge("readers", "Readers that it was learned from.", func(_ int64, about *Description) float64 { return float64(about.Readers) })
	gauge("recall", "Its Recall@20 on what was held out from it; 0: too few readers to tell.", quality(func(q *Quality) float64 { return q.Recall }))
	gauge("ndcg", "Its NDCG@20 on what was held out from it; 0: too few readers to tell.", quality(func(q *Quality) float64 { return q.NDCG }))
	gauge("popular_ndcg", "NDCG@20 of the most popular books on the same.", quality(func(q *Quality) float64 { return q.Popular }))
	gauge("coverage_ratio", "Part of the books that are in somebody's list.", quality(func(q *Quality) float64 { return q.Coverage }))
}
