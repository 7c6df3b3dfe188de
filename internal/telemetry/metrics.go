package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"bookmarket/internal/buildinfo"
)

// NewRegistry returns a metrics registry with the process's own figures and the build's.
func NewRegistry() *prometheus.Registry {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "bookmarket_build_info",
		Help:        "Always 1; the labels say which build runs.",
		ConstLabels: buildLabels(),
	})
	build.Set(1)
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		build,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}

func buildLabels() prometheus.Labels {
	b := buildinfo.Get()
	return prometheus.Labels{"version": b.Version, "revision": b.Revision, "go_version": b.GoVersion}
}
