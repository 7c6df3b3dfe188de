// Package monitoring holds what operators look at against what the services really say: the
// alerts, the dashboard and the runbook in monitoring/ and docs/.
package monitoring

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"bookmarket/e2e/internal/proctest"
)

// path is where a file of the repository is.
func path(elements ...string) string {
	return filepath.Join(append([]string{proctest.Root()}, elements...)...)
}

// tool returns where a program of Debian's package prometheus is.
func tool(t *testing.T, name string) string {
	t.Helper()
	found, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s (apt-get install prometheus)", name)
	}
	return found
}

// promtool runs a check, which must succeed.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tool(t, "promtool"), args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", cmd, err, out)
	}
}

// glob returns the files below monitoring that match a pattern, of which there must be some.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(path("monitoring", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no monitoring/%s: %v", pattern, err)
	}
	return files
}

// A rule is an alert, or a recording.
type rule struct {
	Alert       string            `yaml:"alert"`
	Record      string            `yaml:"record"`
	Expr        string            `yaml:"expr"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// rules returns the rules of each file.
func rules(t *testing.T) map[string][]rule {
	t.Helper()
	byFile := make(map[string][]rule)
	for _, file := range glob(t, "rules/*.yaml") {
		var content struct {
			Groups []struct {
				Rules []rule `yaml:"rules"`
			} `yaml:"groups"`
		}
		read(t, file, &content)
		for _, group := range content.Groups {
			byFile[filepath.Base(file)] = append(byFile[filepath.Base(file)], group.Rules...)
		}
	}
	return byFile
}

// dashboardQueries returns what the panels of the dashboard ask, by their titles.
func dashboardQueries(t *testing.T) map[string][]string {
	t.Helper()
	content, err := os.ReadFile(path("monitoring/dashboards/bookmarket.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(content, &dashboard); err != nil {
		t.Fatal(err)
	}
	queries := make(map[string][]string)
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			queries[panel.Title] = append(queries[panel.Title], target.Expr)
		}
	}
	return queries
}

// read decodes a YAML file.
func read(t *testing.T, file string, into any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
