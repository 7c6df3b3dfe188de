package config

import (
	"errors"
	"os"
	"strings"
	"time"

	"bookmarket/internal/settings"
)

// verifyDatabaseURL reads the URL from its file where there is one, and checks its form. The
// store that it names checks the rest.
func (c *Config) verifyDatabaseURL() error {
	variable := Prefix + "_DATABASE_URL"
	if c.DatabaseURLFile != "" {
		variable += "_FILE"
		content, err := os.ReadFile(c.DatabaseURLFile)
		if err != nil {
			return settings.Fault(variable, "must name a file that can be read")
		}
		c.DatabaseURL = strings.TrimSpace(string(content))
	}
	path, isSQLite := strings.CutPrefix(c.DatabaseURL, "sqlite:")
	switch {
	case c.DatabaseURL == "memory:", isSQLite && path != "",
		strings.HasPrefix(c.DatabaseURL, "postgres://"), strings.HasPrefix(c.DatabaseURL, "postgresql://"):
		return nil
	}
	return settings.Fault(variable, "must be memory:, sqlite:PATH or postgres://…")
}

// verifyCatalog wants a catalogue that is known, or files that are there.
func (c *Config) verifyCatalog() error {
	switch c.Catalog {
	case "bundled", "tutorial", "none":
		if c.Ratings != "" {
			return settings.Fault(Prefix+"_RATINGS", "goes with a file of books in "+Prefix+"_CATALOG")
		}
		return nil
	}
	var faults []error
	if !isFile(c.Catalog) {
		faults = append(faults, settings.Fault(Prefix+"_CATALOG", "must be bundled, tutorial, none or a file"))
	}
	if c.Ratings != "" && !isFile(c.Ratings) {
		faults = append(faults, settings.Fault(Prefix+"_RATINGS", "must be a file"))
	}
	return errors.Join(faults...)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// minTrainInterval keeps a service from doing nothing but learning.
const minTrainInterval = time.Second

func (c *Config) verifyTrainInterval() error {
	if c.TrainInterval != 0 && c.TrainInterval < minTrainInterval {
		return settings.Fault(Prefix+"_TRAIN_INTERVAL", "must be 0 or "+minTrainInterval.String()+" or more")
	}
	return nil
}
