package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// query calls scan for each row that a query returns.
func (s *Store) query(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	if err := s.eachRow(ctx, query, args, scan); err != nil {
		if s.isClosed() {
			return errClosed // however the driver puts it
		}
		if ctx.Err() != nil {
			return ctx.Err() // what a cancelled read says depends on where it was
		}
		return readError(err)
	}
	return nil
}

func (s *Store) eachRow(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return err
	}
	rows, err := statement.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	return scanAll(rows, scan)
}

// scanAll calls scan for each row and closes them.
func scanAll(rows *sql.Rows, scan func(*sql.Rows) error) error {
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
	}
	return rows.Err()
}

// prepared returns the statement of a query, which is prepared once on each connection. They
// end with the store.
func (s *Store) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if statement, ok := s.statements.Load(query); ok {
		return statement.(*sql.Stmt), nil
	}
	statement, err := s.reads.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	kept, others := s.statements.LoadOrStore(query, statement)
	if others {
		err = statement.Close()
	}
	return kept.(*sql.Stmt), err
}
