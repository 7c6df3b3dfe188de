package config_test

import (
	"os"
	"path/filepath"
	"strings"
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
	if c.GRPCAddr != ":50051" || c.AdminAddr != ":9051" || c.DatabaseURL != "sqlite:data/recommendations.db" || c.Catalog != "bundled" || c.Ratings != "" || c.Reflection {
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

func TestCatalog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "books.csv")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		catalog, ratings string
		faults           []string
	}{
		"bundled":                  {"bundled", "", nil},
		"tutorial":                 {"tutorial", "", nil},
		"none":                     {"none", "", nil},
		"file":                     {file, "", nil},
		"files":                    {file, file, nil},
		"ratings of nothing":       {"none", file, []string{"RECOMMENDATIONS_RATINGS"}},
		"ratings without a file":   {file, file + "x", []string{"RECOMMENDATIONS_RATINGS"}},
		"neither file":             {file + "x", file + "x", []string{"RECOMMENDATIONS_CATALOG", "RECOMMENDATIONS_RATINGS"}},
		"a folder is no catalogue": {filepath.Dir(file), "", []string{"RECOMMENDATIONS_CATALOG"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			settingstest.Unset(t, config.Prefix, &config.Config{})
			t.Setenv("RECOMMENDATIONS_CATALOG", tt.catalog)
			t.Setenv("RECOMMENDATIONS_RATINGS", tt.ratings)
			checkFaults(t, tt.faults)
		})
	}
}

func TestDatabaseURL(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(secret, []byte("postgres://shop:hunter2@db/shop\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := []string{"RECOMMENDATIONS_DATABASE_URL"}
	tests := map[string]struct {
		url, file, want string
		faults          []string
	}{
		"memory":              {"memory:", "", "memory:", nil},
		"SQLite":              {"sqlite:a.db", "", "sqlite:a.db", nil},
		"SQLite nowhere":      {"sqlite:", "", "", bad},
		"PostgreSQL":          {"postgres://h/d", "", "postgres://h/d", nil},
		"PostgreSQL in full":  {"postgresql://h/d", "", "postgresql://h/d", nil},
		"memory with a path":  {"memory:x", "", "", bad},
		"another database":    {"mysql://hunter2@h/d", "", "", bad},
		"a file":              {"", secret, "postgres://shop:hunter2@db/shop", nil},
		"a file goes first":   {"sqlite:a.db", secret, "postgres://shop:hunter2@db/shop", nil},
		"a file that is gone": {"sqlite:a.db", secret + "x", "", []string{"RECOMMENDATIONS_DATABASE_URL_FILE"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			settingstest.Unset(t, config.Prefix, &config.Config{})
			t.Setenv("RECOMMENDATIONS_DATABASE_URL", tt.url)
			t.Setenv("RECOMMENDATIONS_DATABASE_URL_FILE", tt.file)
			if c := checkFaults(t, tt.faults); tt.faults == nil && c.DatabaseURL != tt.want {
				t.Errorf("the URL is %q, want %q", c.DatabaseURL, tt.want)
			}
		})
	}
}

// checkFaults loads the settings and wants a line for each of these variables, and no value.
func checkFaults(t *testing.T, variables []string) *config.Config {
	t.Helper()
	c, err := config.Load()
	var lines []string
	if err != nil {
		lines = strings.Split(err.Error(), "\n")
	}
	if len(lines) != len(variables) {
		t.Fatalf("got %q, want faults of %q", lines, variables)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, variables[i]+": ") || strings.Contains(line, "hunter2") {
			t.Errorf("got %q, want a fault of %s", line, variables[i])
		}
	}
	return c
}
