// Package config declares the settings of the recommendations service.
package config

import (
	"errors"

	"bookmarket/internal/lifecycle"
	"bookmarket/internal/settings"
	"bookmarket/internal/telemetry"
)

// Prefix begins the name of each setting.
const Prefix = "RECOMMENDATIONS"

// foreign names begin with the prefix and belong to somebody else: the marketplace looks for
// this service there.
const foreign = "RECOMMENDATIONS_HOST"

// Config holds the settings. Each field is a line of docs/config.md.
type Config struct {
	GRPCAddr    string `split_words:"true" default:":50051" desc:"listen address of the gRPC services"`
	AdminAddr   string `split_words:"true" default:":9051" desc:"listen address of the admin HTTP server: /livez, /readyz, /metrics, /debug/pprof/; never published"`
	DatabaseURL string `split_words:"true" default:"memory:" desc:"where books are kept; memory: is the only place yet"`
	Catalog     string `split_words:"true" default:"tutorial" desc:"what an empty store is filled with; tutorial, the nine books, is the only catalogue yet"`
	Reflection  bool   `split_words:"true" default:"false" desc:"answer gRPC reflection, for grpcurl and the like"`
	telemetry.LogSettings
	lifecycle.ShutdownSettings
}

// Load reads and verifies the settings.
func Load() (*Config, error) {
	c := new(Config)
	return c, settings.Load(Prefix, c, foreign)
}

// Verify reports every fault that the settings' types do not.
func (c *Config) Verify() error {
	return errors.Join(
		settings.VerifyListenAddr(Prefix+"_GRPC_ADDR", c.GRPCAddr),
		settings.VerifyListenAddr(Prefix+"_ADMIN_ADDR", c.AdminAddr),
		settings.VerifyOneOf(Prefix+"_DATABASE_URL", c.DatabaseURL, "memory:"),
		settings.VerifyOneOf(Prefix+"_CATALOG", c.Catalog, "tutorial"),
		c.LogSettings.Verify(Prefix),
		c.ShutdownSettings.Verify(Prefix),
	)
}
