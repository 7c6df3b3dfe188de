package manifests_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestCopies: neither Helm nor kustomize reads what lies outside of its folder, so there are copies of what Prometheus
// and Grafana are told. `make generate` writes them.
func TestCopies(t *testing.T) {
	for copied, original := range map[string]string{
		"helm/recommendations/files/rules.yaml":     "monitoring/rules/recommendations.rules.yaml",
		"helm/recommendations/files/dashboard.json": "monitoring/dashboards/bookmarket.json",
		"helm/marketplace/files/rules.yaml":         "monitoring/rules/marketplace.rules.yaml",
		"k8s/components/monitoring/bookmarket.json": "monitoring/dashboards/bookmarket.json",
	} {
		want, err := os.ReadFile(filepath.Join(root, original))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(root, copied))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not %s (%v): run make generate", copied, original, err)
		}
	}
}
