package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes a copy of the database as it is now into a new file, while reads and writes go
// on. The file appears under its name when it is complete and on the disk. To restore it, start
// on it. It holds what was not erased yet.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.isClosed() {
		return errClosed
	}
	if err := s.backup(ctx, path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, writeError(err))
	}
	return nil
}

func (s *Store) backup(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fs.ErrExist, err) // known before the work, and made sure of after it
	}
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	if _, err := s.aside.ExecContext(ctx, "VACUUM INTO ?", file.Name()); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	// Unlike a renamed file, a link does not replace what has come there by now.
	if err := os.Link(file.Name(), path); err != nil {
		return err
	}
	return syncFolder(folder)
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the operator names the file in it
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
