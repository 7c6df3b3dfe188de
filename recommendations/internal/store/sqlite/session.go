package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
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
