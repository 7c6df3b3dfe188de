package config_test

import (
	"testing"

	"bookmarket/internal/settings/settingstest"
	"bookmarket/marketplace/internal/config"
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
	if c.HTTPAddr != ":5000" || c.GRPCAddr != ":50052" || c.AdminAddr != ":9050" || c.RecommendationsHost != "localhost" || c.Title != "Online Books For You" || c.RateLimit != 20 || c.TrustedProxies != 0 {
		t.Errorf("defaults are %+v", c)
	}
}

func load() error {
	_, err := config.Load()
	return err
}

func TestFaults(t *testing.T) {
	settingstest.CheckFaults(t, config.Prefix, load, map[string]string{
		"MARKETPLACE_HTTP_ADDR":            "a secret",
		"MARKETPLACE_GRPC_ADDR":            "a secret",
		"MARKETPLACE_ADMIN_ADDR":           "a secret",
		"MARKETPLACE_RECOMMENDATIONS_HOST": "a secret/secret",
		"MARKETPLACE_REFLECTION":           "a secret",
		"MARKETPLACE_ACCENT":               "a secret",
		"MARKETPLACE_LOGO_FILE":            "a secret",
		"MARKETPLACE_PUBLIC_URL":           "a secret",
		"MARKETPLACE_IMAGE_ORIGINS":        "a secret",
		"MARKETPLACE_TRUSTED_PROXIES":      "a secret",
		"MARKETPLACE_RATE_LIMIT":           "a secret",
		"MARKETPLACE_COOKIE_KEY":           "a secret",
		"MARKETPLACE_LOG_LEVEL":            "a secret",
		"MARKETPLACE_LOG_FORMAT":           "a secret",
		"MARKETPLACE_SHUTDOWN_GRACE":       "-3ms",
		"MARKETPLACE_SHUTDOWN_DELAY":       "-3ms",
		"MARKETPLACE_TYPO":                 "a secret",
	})
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
