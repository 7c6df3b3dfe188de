package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"bookmarket/recommendations/internal/store"
)

// A session is the writer's connection and its prepared statements.
type session struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newSession(db *sql.DB) (*session, error) {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	return &session{conn, make(map[string]*sql.Stmt)}, nil
}

// prepared returns the statement of a query. No context of a caller's comes near it: SQLite
// would undo the whole transaction.
func (s *session) prepared(query string) (*sql.Stmt, error) {
	if statement := s.statements[query]; statement != nil {
		return statement, nil
	}
	statement, err := s.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	s.statements[query] = statement
	return statement, nil
}

func (s *session) exec(query string) error {
	statement, err := s.prepared(query)
	if err != nil {
		return err
	}
	_, err = statement.ExecContext(context.Background())
	return err
}

// close ends the connection, and before it the statements: SQLite keeps a connection, its locks
// and its transaction for as long as it has any. The pool is told that the connection is bad,
// or it would hand it out again.
func (s *session) close() {
	for _, statement := range s.statements {
		_ = statement.Close() // What went wrong was told when it did.
	}
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // the error that it returns
}

// A state is the table of that name, read at the beginning of a transaction and written at its
// end if something changed.
type state struct{ catalog, activity, seq int64 }

// A transaction is what a group of requests does.
type transaction struct {
	*session
	state  state
	loaded state
	change store.Change
	erased bool  // something that must leave the WAL as well
	broken error // what the whole transaction fails with
}

func (tx *transaction) loadState() error {
	err := tx.row("SELECT catalog, activity, seq FROM state", nil, &tx.state.catalog, &tx.state.activity, &tx.state.seq)
	tx.loaded = tx.state
	return err
}

func (tx *transaction) saveState() error {
	if len(tx.change.Users) > 0 {
		tx.state.activity++
	}
	if tx.change.Catalog {
		tx.state.catalog++
	}
	if tx.state == tx.loaded {
		return nil
	}
	_, err := tx.exec("UPDATE state SET catalog = ?, activity = ?, seq = ?", tx.state.catalog, tx.state.activity, tx.state.seq)
	return err
}

// try runs a request so that it leaves nothing behind if it fails. One that is alone takes
// the transaction with it instead.
func (tx *transaction) try(run func(*transaction) error, alone bool) error {
	if alone {
		tx.broken = run(tx)
		return tx.broken
	}
	if tx.broken = tx.session.exec("SAVEPOINT request"); tx.broken != nil {
		return tx.broken
	}
	before := *tx
	err := run(tx)
	if err != nil {
		// A failure of storage has undone the whole transaction, and the savepoint with it.
		if undo := tx.session.exec("ROLLBACK TO request"); undo != nil {
			tx.broken = err
			return err
		}
		*tx = before
	}
	if release := tx.session.exec("RELEASE request"); release != nil {
		tx.broken = release
		return release
	}
	return err
}

// exec runs a statement and returns how many rows it changed.
func (tx *transaction) exec(query string, args ...any) (int64, error) {
	statement, err := tx.prepared(query)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row reads the one row of a query.
func (tx *transaction) row(query string, args []any, into ...any) error {
	statement, err := tx.prepared(query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(context.Background(), args...).Scan(into...)
}
