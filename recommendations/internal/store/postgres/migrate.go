package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"bookmarket/recommendations/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Another process that migrates is waited for: it is asked for every second, for five minutes.
const (
	lockEverySeconds = 1
	lockTimes        = 300
)

// Migrate brings the schema up to date. Steps take as long as they take.
func (s *Store) Migrate(ctx context.Context) error {
	if s.closing.Err() != nil {
		return errClosed
	}
	config := s.pool.Config().ConnConfig
	config.RuntimeParams["statement_timeout"] = "0"
	db := stdlib.OpenDB(*config)
	err := migrate(ctx, db)
	if err := s.fault(ctx, errors.Join(err, db.Close())); err != nil {
		return fmt.Errorf("migrate PostgreSQL: %w", err)
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := newSteps(db)
	if err != nil {
		return err
	}
	version, latest, err := steps.GetVersions(ctx)
	switch {
	case err != nil:
		return err
	case version > latest:
		return fmt.Errorf("%w: it has version %d, this program knows up to %d", store.ErrSchemaTooNew, version, latest)
	case version == latest:
		return nil
	}
	_, err = steps.Up(ctx)
	return err
}

func newSteps(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockEverySeconds, lockTimes))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}
