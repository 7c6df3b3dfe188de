package config_test

import (
	"testing"

	"bookmarket/internal/settings/settingstest"
	"bookmarket/recommendations/internal/config"
)

func TestConfigDoc(t *testing.T) {
	settingstest.CheckDocument(t, "../../../docs/config.md", config.Prefix, &config.Config{})
}

func TestDefaults(t *testing.T) {
	settingstest.Unset(t, config.Prefix, &config.Config{})
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

func load() error {
	_, err := config.Load()
	return err
}

func TestFaults(t *testing.T) {
	settingstest.CheckFaults(t, config.Prefix, load, map[string]string{
		"RECOMMENDATIONS_GRPC_ADDR":      "a secret",
		"RECOMMENDATIONS_ADMIN_ADDR":     "a secret",
		"RECOMMENDATIONS_DATABASE_URL":   "a secret",
		"RECOMMENDATIONS_CATALOG":        "a secret",
		"RECOMMENDATIONS_REFLECTION":     "a secret",
		"RECOMMENDATIONS_LOG_LEVEL":      "a secret",
		"RECOMMENDATIONS_LOG_FORMAT":     "a secret",
		"RECOMMENDATIONS_SHUTDOWN_GRACE": "-3ms",
		"RECOMMENDATIONS_SHUTDOWN_DELAY": "-3ms",
		"RECOMMENDATIONS_TYPO":           "a secret",
	})
}
