package sqlite

import (
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"bookmarket/recommendations/internal/recommend"
)

var errClosed = fmt.Errorf("%w: it is closed", recommend.ErrUnavailable)

// code returns SQLite's primary result code of an error, or 0.
func code(err error) int {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Code() & 0xff // without what extends it
	}
	return 0
}

// isBusy reports whether another connection is in the way.
func isBusy(err error) bool { return code(err) == sqlite3.SQLITE_BUSY }

// readError says what a failed read means to the caller.
func readError(err error) error {
	switch code(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%w: %w", recommend.ErrUnavailable, err)
	}
	return err
}

// writeError says what a failed write means to the caller. A full disk shows as one or the
// other, depending on where in SQLite it is met.
func writeError(err error) error {
	switch code(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return fmt.Errorf("%w: %w", recommend.ErrStorageFull, err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", recommend.ErrUnavailable, err)
	}
	return readError(err)
}
