// Package config declares the settings of the marketplace.
package config

import (
	"errors"

	"bookmarket/internal/lifecycle"
	"bookmarket/internal/settings"
	"bookmarket/internal/telemetry"
)

// Prefix begins the name of each setting.
const Prefix = "MARKETPLACE"

// Config holds the settings. Each field is a line of docs/config.md.
type Config struct {
	HTTPAddr            string `split_words:"true" default:":5000" desc:"listen address of the storefront"`
	GRPCAddr            string `split_words:"true" default:":50052" desc:"listen address of the gRPC health service"`
	AdminAddr           string `split_words:"true" default:":9050" desc:"listen address of the admin HTTP server: /livez, /readyz, /metrics, /debug/pprof/; never published"`
	RecommendationsHost string `envconfig:"RECOMMENDATIONS_HOST" default:"localhost" desc:"where recommendations is: a host, host:port, or a gRPC target such as dns:///recommendations-headless:50051"`
	Title               string `split_words:"true" default:"Online Books For You" desc:"the shop's name, and the title of its home page"`
	Reflection          bool   `split_words:"true" default:"false" desc:"answer gRPC reflection, for grpcurl and the like"`
	telemetry.LogSettings
	lifecycle.ShutdownSettings
}

// Load reads and verifies the settings.
func Load() (*Config, error) {
	c := new(Config)
	return c, settings.Load(Prefix, c)
}

// Verify reports every fault that the settings' types do not.
func (c *Config) Verify() error {
	_, err := c.RecommendationsTarget()
	return errors.Join(
		settings.VerifyListenAddr(Prefix+"_HTTP_ADDR", c.HTTPAddr),
		settings.VerifyListenAddr(Prefix+"_GRPC_ADDR", c.GRPCAddr),
		settings.VerifyListenAddr(Prefix+"_ADMIN_ADDR", c.AdminAddr),
		err,
		c.LogSettings.Verify(Prefix),
		c.ShutdownSettings.Verify(Prefix),
	)
}
