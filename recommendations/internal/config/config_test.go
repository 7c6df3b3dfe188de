package config_test

import (
	"strings"
	"testing"

	"bookmarket/internal/envdoc/envdoctest"
	"bookmarket/internal/settings"
	"bookmarket/recommendations/internal/config"
)

func TestConfigDoc(t *testing.T) {
	envdoctest.Check(t, "../../../docs/config.md", config.Prefix, &config.Config{})
}

func TestDefaults(t *testing.T) {
	for _, v := range settings.Variables(config.Prefix, &config.Config{}) {
		t.Setenv(v.Name, "") // whatever the shell has
		if v.Fallback != "" {
			t.Setenv(v.Fallback, "")
		}
	}
	c, err := config.Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.GRPCAddr != ":50051" || c.AdminAddr != ":9051" || c.DatabaseURL != "memory:" || c.Catalog != "tutorial" || c.Reflection {
		t.Errorf("defaults are %+v", c)
	}
}

// The marketplace's setting, which has our prefix, must not stop us.
func TestForeignName(t *testing.T) {
	t.Setenv("RECOMMENDATIONS_HOST", "recommendations")
	if _, err := config.Load(); err != nil {
		t.Error(err)
	}
}

func TestFaults(t *testing.T) {
	for name, value := range map[string]string{
		"RECOMMENDATIONS_GRPC_ADDR":      "secret",
		"RECOMMENDATIONS_ADMIN_ADDR":     "secret",
		"RECOMMENDATIONS_DATABASE_URL":   "secret",
		"RECOMMENDATIONS_CATALOG":        "secret",
		"RECOMMENDATIONS_REFLECTION":     "secret",
		"RECOMMENDATIONS_LOG_LEVEL":      "secret",
		"RECOMMENDATIONS_LOG_FORMAT":     "secret",
		"RECOMMENDATIONS_SHUTDOWN_GRACE": "0s",
		"RECOMMENDATIONS_SHUTDOWN_DELAY": "-1s",
		"RECOMMENDATIONS_TYPO":           "secret",
	} {
		t.Setenv(name, value)
	}
	_, err := config.Load()
	if err == nil {
		t.Fatal("no fault found")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 10 {
		t.Errorf("want one line for each of 10 faults, got %d:\n%v", len(lines), err)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "RECOMMENDATIONS_") || strings.Contains(line, "secret") {
			t.Errorf("a line must begin with the variable and not tell its value: %s", line)
		}
	}
}
