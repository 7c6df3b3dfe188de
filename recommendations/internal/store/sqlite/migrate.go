package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"bookmarket/recommendations/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Goose makes this table as well, but without UNIQUE: with it, of two processes that apply the
// same step at the same time one fails and leaves nothing behind.
const createVersions = `
CREATE TABLE IF NOT EXISTS goose_db_version (
	id         INTEGER PRIMARY KEY,
	version_id INTEGER NOT NULL UNIQUE,
	is_applied INTEGER NOT NULL,
	tstamp     TIMESTAMP DEFAULT (datetime('now'))
);
INSERT OR IGNORE INTO goose_db_version (version_id, is_applied) VALUES (0, 1);`

// Migrate brings the schema up to date. Each step is a transaction that takes the write lock
// first and ends with the step's version; where another process was faster, what is left to do
// is found out again.
func (s *Store) Migrate(ctx context.Context) error {
	if s.isClosed() {
		return errClosed
	}
	steps, err := s.steps()
	if err != nil {
		return err
	}
	if err := s.migrate(ctx, steps); err != nil {
		return fmt.Errorf("migrate %s: %w", s.path, writeError(err))
	}
	return nil
}

func (s *Store) steps() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, s.aside, files,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

func (s *Store) migrate(ctx context.Context, steps *goose.Provider) error {
	sources := steps.ListSources()
	latest := sources[len(sources)-1].Version
	version, err := s.version(ctx)
	for err == nil {
		if version > latest {
			return fmt.Errorf("%w: it has version %d, this program knows up to %d", store.ErrSchemaTooNew, version, latest)
		}
		var fault error
		if _, fault = steps.Up(ctx); fault == nil {
			return nil
		}
		before := version
		if version, err = s.version(ctx); err == nil && version == before && !isBusy(fault) {
			return fault // nobody else was in the way
		}
	}
	return err
}

// version returns the version of the last step that was applied.
func (s *Store) version(ctx context.Context) (version int64, err error) {
	err = retryBusy(ctx, func() error {
		tx, err := s.aside.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // it fails after a commit, as it should
		if _, err := tx.ExecContext(ctx, createVersions); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&version); err != nil {
			return err
		}
		return tx.Commit()
	})
	return version, err
}
