// Package config declares the settings of the recommendations service.
package config

import (
	"errors"
	"time"

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
	GRPCAddr        string        `split_words:"true" default:":50051" desc:"listen address of the gRPC services"`
	AdminAddr       string        `split_words:"true" default:":9051" desc:"listen address of the admin HTTP server: /livez, /readyz, /metrics, /debug/pprof/; never published"`
	DatabaseURL     string        `split_words:"true" default:"sqlite:data/recommendations.db" desc:"where books and what readers did are kept: memory: (lost at the end), sqlite:PATH (one process), or postgres://USER:PASSWORD@HOST/DATABASE"`
	DatabaseURLFile string        `envconfig:"DATABASE_URL_FILE" desc:"a file that holds the database's URL, such as a mounted secret; used instead of DATABASE_URL"`
	Catalog         string        `split_words:"true" default:"bundled" desc:"what an empty store is filled with: bundled (goodbooks-10k, 10,000 books), tutorial (nine books), none, or a file of books (docs/import.md)"`
	Ratings         string        `split_words:"true" desc:"a file of ratings that goes with a file of books"`
	TrainInterval   time.Duration `split_words:"true" default:"15m" desc:"how often a new model is considered, in the background; 0: only by the command train"`
	Reflection      bool          `split_words:"true" default:"false" desc:"answer gRPC reflection, for grpcurl and the like"`
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
		c.verifyDatabaseURL(),
		c.verifyCatalog(),
		c.verifyTrainInterval(),
		c.LogSettings.Verify(Prefix),
		c.ShutdownSettings.Verify(Prefix),
	)
}
