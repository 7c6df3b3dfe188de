package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"bookmarket/marketplace/internal/shop"
)

// shopMetrics counts what the shop tells operators.
type shopMetrics struct{ shelves, views *prometheus.CounterVec }

func newShopMetrics(metrics prometheus.Registerer) shopMetrics {
	m := shopMetrics{
		shelves: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marketplace_shelves_total",
			Help: "Shelves shown, by where their books came from: fresh, remembered or nowhere.",
		}, []string{"source"}),
		views: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "marketplace_views_total",
			Help: "Views of books by readers: recorded, failed (to be tried again) or dropped.",
		}, []string{"result"}),
	}
	metrics.MustRegister(m.shelves, m.views)
	for _, source := range []shop.Source{shop.Fresh, shop.Remembered, shop.Nowhere} {
		m.shelves.WithLabelValues(string(source)) // a rate needs the zero
	}
	for _, result := range []shop.ViewsResult{shop.ViewsRecorded, shop.ViewsFailed, shop.ViewsDropped} {
		m.views.WithLabelValues(string(result))
	}
	return m
}

// Shelf counts a shelf.
func (m shopMetrics) Shelf(source shop.Source) { m.shelves.WithLabelValues(string(source)).Inc() }

// Views counts views.
func (m shopMetrics) Views(result shop.ViewsResult, n int) {
	m.views.WithLabelValues(string(result)).Add(float64(n))
}
