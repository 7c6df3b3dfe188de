package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"bookmarket/recommendations/internal/recommend"
)

var (
	errClosed   = fmt.Errorf("%w: it is closed", recommend.ErrUnavailable)
	errReadOnly = fmt.Errorf("%w: the database is read-only", recommend.ErrUnavailable)
)

// What SQLSTATEs say (Appendix A of PostgreSQL's manual).
const (
	diskFull             = "53100"
	readOnly             = "25006"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	lockNotAvailable     = "55P03"
)

// unavailable are classes of SQLSTATEs: connection exception, insufficient resources, and
// operator intervention, which a server that stops or starts reports as well.
var unavailable = []string{"08", "53", "57"}

// fault says what an error means to the caller, whose context it was.
func (s *Store) fault(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err() // what a cancelled statement says depends on where it was
	case s.closing.Err() != nil:
		return errClosed
	}
	switch code := sqlState(err); {
	case code == diskFull:
		return fmt.Errorf("%w: %w", recommend.ErrStorageFull, err)
	case code == readOnly:
		// Connections stay with a server that another has replaced: new ones may find that.
		s.pool.Reset()
	case !gone(err):
		return err
	}
	return fmt.Errorf("%w: %w", recommend.ErrUnavailable, notCancelledError{err})
}

// A notCancelledError may come from a cancellation of ours, such as that of a write
// whose server is gone. Whoever asks, finds no cancellation in it: it would be the caller's.
type notCancelledError struct{ error }

func (e notCancelledError) Is(target error) bool {
	return target != context.Canceled && errors.Is(e.error, target)
}

func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && len(e.Code) == 5 {
		return e.Code
	}
	return ""
}

// gone reports whether an error says that the server cannot do anything for us now.
func gone(err error) bool {
	switch code := sqlState(err); code {
	case "":
		return disconnected(err)
	case lockNotAvailable, serializationFailure, deadlockDetected:
		return true
	default:
		return slices.Contains(unavailable, code[:2])
	}
}

// undone reports whether the server took back a transaction because others were in its way.
func undone(err error) bool {
	code := sqlState(err)
	return code == serializationFailure || code == deadlockDetected
}

// disconnected reports whether an error came from the way to the server, or from waiting for it
// longer than we do.
func disconnected(err error) bool {
	if err == nil {
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, sentinel := range []error{
		context.DeadlineExceeded, context.Canceled, // ours: the caller's goes on
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, driver.ErrBadConn,
	} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return pgconn.SafeToRetry(err) // a connection that was closed before it was used
}
