package manifests_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the copies of what is in monitoring")

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
		isCopy(t, copied, want)
	}
}

// isCopy checks that a file of the repository has a content, or gives it that content with -update.
func isCopy(t *testing.T, file string, want []byte) {
	t.Helper()
	path := filepath.Join(root, file)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is stale (%v): run make generate", file, err)
	}
}
