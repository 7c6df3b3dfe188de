package config_test

import (
	"strings"
	"testing"

	"bookmarket/internal/envdoc/envdoctest"
	"bookmarket/internal/settings"
	"bookmarket/marketplace/internal/config"
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
	if c.HTTPAddr != ":5000" || c.GRPCAddr != ":50052" || c.AdminAddr != ":9050" || c.RecommendationsHost != "localhost" || c.Title != "Online Books For You" {
		t.Errorf("defaults are %+v", c)
	}
}

func TestFaults(t *testing.T) {
	for name, value := range map[string]string{
		"MARKETPLACE_HTTP_ADDR":            "secret",
		"MARKETPLACE_GRPC_ADDR":            "secret",
		"MARKETPLACE_ADMIN_ADDR":           "secret",
		"MARKETPLACE_RECOMMENDATIONS_HOST": "secret/secret",
		"MARKETPLACE_REFLECTION":           "secret",
		"MARKETPLACE_LOG_LEVEL":            "secret",
		"MARKETPLACE_LOG_FORMAT":           "secret",
		"MARKETPLACE_SHUTDOWN_GRACE":       "0s",
		"MARKETPLACE_SHUTDOWN_DELAY":       "-1s",
		"MARKETPLACE_TYPO":                 "secret",
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
		if !strings.HasPrefix(line, "MARKETPLACE_") || strings.Contains(line, "secret") {
			t.Errorf("a line must begin with the variable and not tell its value: %s", line)
		}
	}
}

func TestRecommendationsTarget(t *testing.T) {
	for host, want := range map[string]string{
		"localhost":                     "dns:///localhost:50051",
		"recommendations":               "dns:///recommendations:50051",
		"recommendations:9":             "dns:///recommendations:9",
		"10.0.0.1":                      "dns:///10.0.0.1:50051",
		"::1":                           "dns:///[::1]:50051",
		"[::1]":                         "dns:///[::1]:50051",
		"[::1]:9":                       "dns:///[::1]:9",
		"dns:///recommendations:9":      "dns:///recommendations:9",
		"dns:///recommendations":        "dns:///recommendations:50051",
		"dns:recommendations":           "dns:///recommendations:50051",
		"unix:///run/r.sock":            "unix:///run/r.sock",
		"passthrough:///here:1":         "passthrough:///here:1",
		"unix:":                         "",
		"passthrough:///":               "",
		"ipv4:127.0.0.1:9":              "",
		"dns://10.0.0.1/recommendation": "",
		"dns:///":                       "",
		"http://recommendations:9":      "",
		"tcp://10.0.0.1:50051":          "",
		"recommendations:0":             "",
		"recommendations:x":             "",
		"a b":                           "",
	} {
		c := config.Config{RecommendationsHost: host}
		got, err := c.RecommendationsTarget()
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", host, got, err, want)
		}
	}
}
