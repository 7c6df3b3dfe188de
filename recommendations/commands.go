package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"bookmarket/internal/lifecycle"
	"bookmarket/internal/telemetry"
	"bookmarket/recommendations/internal/config"
	"bookmarket/recommendations/internal/evaluating"
	"bookmarket/recommendations/internal/importing"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/store/memory"
	"bookmarket/recommendations/internal/store/sqlite"
)

// withStore runs a command on the store that the settings name, migrated.
func withStore(run func(ctx context.Context, st store.Store) error) error {
	return withStoreAsItIs(func(ctx context.Context, st store.Store) error {
		if err := st.Migrate(ctx); err != nil {
			return err
		}
		return run(ctx, st)
	})
}

// withStoreAsItIs runs a command on the store that the settings name, of whatever version. A
// store in memory would be lost with the command.
func withStoreAsItIs(run func(ctx context.Context, st store.Store) error) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	ctx := lifecycle.UntilSignal()
	st, err := openStore(cfg.DatabaseURL, telemetry.NewLogger(os.Stderr, service.Name, cfg.LogSettings))
	if err != nil {
		return err
	}
	if _, ok := st.(*memory.Store); ok {
		return errors.New(config.Prefix + "_DATABASE_URL is memory:, which ends with this command")
	}
	return errors.Join(run(ctx, st), st.Close())
}

type importCommand struct{ importing.Command }

func (c *importCommand) Run(out io.Writer) error {
	execute := func(ctx context.Context, st store.Store) error {
		return c.Execute(ctx, st, os.Stdin, out, os.Stderr)
	}
	if !c.DryRun {
		return withStore(execute)
	}
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	if !isThere(cfg.DatabaseURL) {
		return execute(lifecycle.UntilSignal(), memory.New())
	}
	return withStoreAsItIs(execute)
}

// isThere reports whether there may be a store to look into. To open one of SQLite makes it, and
// one in memory begins with its process.
func isThere(url string) bool {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		info, err := os.Stat(path)
		return err == nil && info.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist)
	}
	return url != "memory:"
}

type evaluateCommand struct{ evaluating.Command }

func (c *evaluateCommand) Run(out io.Writer) error {
	return c.Execute(lifecycle.UntilSignal(), os.Stdin, out, os.Stderr)
}

type migrateCommand struct{}

func (migrateCommand) Run(out io.Writer) error {
	return withStore(func(context.Context, store.Store) error {
		_, err := fmt.Fprintln(out, "the schema is up to date")
		return err
	})
}

type backupCommand struct {
	To string `arg:"" help:"The file to write; it must not exist. To restore it, start on it: RECOMMENDATIONS_DATABASE_URL=sqlite:FILE."`
}

func (c *backupCommand) Run(out io.Writer) error {
	if err := findSQLite(); err != nil {
		return err
	}
	// Not migrated: who backs up before an upgrade, perhaps with the new program, wants the old one's.
	return withStoreAsItIs(func(ctx context.Context, st store.Store) error {
		lite, ok := st.(*sqlite.Store)
		if !ok {
			return errors.New("only a SQLite store is copied by this command; for PostgreSQL there is pg_dump")
		}
		if err := lite.Backup(ctx, c.To); err != nil {
			return err
		}
		_, err := fmt.Fprintln(out, "copied to", c.To)
		return err
	})
}

// findSQLite returns an error where the settings name a SQLite store that is not there: to open
// it would make it, and a copy of an empty store is what nobody looks at before it is needed.
func findSQLite() error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	if path, ok := strings.CutPrefix(cfg.DatabaseURL, "sqlite:"); ok {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("find the store to copy: %w", err)
		}
	}
	return nil
}
