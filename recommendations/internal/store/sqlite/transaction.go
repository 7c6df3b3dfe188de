package sqlite

import (
	"context"

	"bookmarket/recommendations/internal/store"
)

// A state is the table of that name, read at the beginning of a transaction and written at its
// end if something changed.
type state struct{ catalog, activity, seq, model, lease int64 }

// into returns where the columns of selectState belong.
func (s *state) into() []any { return []any{&s.catalog, &s.activity, &s.seq, &s.model, &s.lease} }

const selectState = "SELECT catalog, activity, seq, model, lease FROM state"

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
	err := tx.row(selectState, nil, tx.state.into()...)
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
	_, err := tx.exec("UPDATE state SET catalog = ?, activity = ?, seq = ?, model = ?, lease = ?",
		tx.state.catalog, tx.state.activity, tx.state.seq, tx.state.model, tx.state.lease)
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
