package monitoring

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestConfigAndRulesAreValid(t *testing.T) {
	promtool(t, append([]string{"check", "rules", "--lint-fatal"}, glob(t, "rules/*.yaml")...)...)
	promtool(t, "check", "config", "--lint-fatal", path("monitoring/prometheus.yml"))
}

// Each alert fires where its tests say and nowhere else.
func TestAlertsFire(t *testing.T) {
	for _, file := range glob(t, "tests/*.yaml") {
		t.Run(filepath.Base(file), func(t *testing.T) { promtool(t, "test", "rules", file) })
	}
}

// The tests know of every alert a case in which it fires. Those in which nothing does hold for all.
func TestEveryAlertIsTested(t *testing.T) {
	firing := regexp.MustCompile(`alertname="(\w+)"`)
	for file, list := range rules(t) {
		service, _, _ := strings.Cut(file, ".")
		var content struct {
			Tests []struct {
				Alerts []struct {
					Name string `yaml:"alertname"`
					Want []any  `yaml:"exp_alerts"`
				} `yaml:"alert_rule_test"`
				Queries []struct {
					Want []struct {
						Labels string `yaml:"labels"`
					} `yaml:"exp_samples"`
				} `yaml:"promql_expr_test"`
			} `yaml:"tests"`
		}
		read(t, path("monitoring/tests", service+"_test.yaml"), &content)
		tested := make(map[string]bool)
		for _, test := range content.Tests {
			for _, alert := range test.Alerts {
				tested[alert.Name] = tested[alert.Name] || len(alert.Want) > 0
			}
			for _, query := range test.Queries {
				for _, sample := range query.Want {
					for _, name := range firing.FindAllStringSubmatch(sample.Labels, -1) {
						tested[name[1]] = true
					}
				}
			}
		}
		for _, rule := range list {
			if rule.Alert != "" && !tested[rule.Alert] {
				t.Errorf("%s: no test in which %s fires", file, rule.Alert)
			}
		}
	}
}

// Whoever is woken by an alert learns what is wrong, and where it says what to do.
func TestAlertsSayWhatToDo(t *testing.T) {
	content, err := os.ReadFile(path("docs/runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	headings := regexp.MustCompile(`(?m)^### (\w+)$`).FindAllStringSubmatch(string(content), -1)
	var explained []string
	for _, heading := range headings {
		explained = append(explained, heading[1])
	}
	var alerts []string
	for file, list := range rules(t) {
		service, _, _ := strings.Cut(file, ".")
		for _, rule := range list {
			if rule.Alert == "" {
				continue
			}
			alerts = append(alerts, rule.Alert)
			for what, ok := range map[string]bool{
				"severity":    slices.Contains([]string{"critical", "warning"}, rule.Labels["severity"]),
				"service":     rule.Labels["service"] == service,
				"summary":     rule.Annotations["summary"] != "",
				"description": rule.Annotations["description"] != "",
				// A heading's anchor is the heading in lower case.
				"runbook_url": rule.Annotations["runbook_url"] == "docs/runbook.md#"+strings.ToLower(rule.Alert),
				"a heading":   slices.Contains(explained, rule.Alert),
			} {
				if !ok {
					t.Errorf("%s: %s lacks %s", file, rule.Alert, what)
				}
			}
		}
	}
	for _, heading := range explained {
		if !slices.Contains(alerts, heading) {
			t.Errorf("docs/runbook.md explains %s, and there is no such alert", heading)
		}
	}
}
