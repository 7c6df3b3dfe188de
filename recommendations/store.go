package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/memory"
	"bookmarket/recommendations/internal/store/postgres"
	"bookmarket/recommendations/internal/store/sqlite"
)

// openStore opens the store that a database URL names, whose form the settings have checked. A
// PostgreSQL need not be there yet.
func openStore(url string, log *slog.Logger) (store.Store, error) {
	if url == "memory:" {
		log.Warn("books and what readers did are kept in memory, and lost at the end")
		return memory.New(), nil
	}
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("find the folder of %s: %w", path, err)
		}
		log.Info("store", "sqlite", absolute)
		return sqlite.Open(absolute)
	}
	return postgres.Open(url)
}
