package sqlite

import (
	"context"
	"slices"
)

// DeleteActivity removes events of a reader's.
func (s *Store) DeleteActivity(ctx context.Context, userID int64, eventIDs []string) (int, error) {
	ids := slices.Clone(eventIDs)
	deleted := 0 // not a result: do may return while the function counts on
	err := s.do(ctx, func(tx *transaction) error {
		for _, id := range ids {
			n, err := tx.remove(userID, "DELETE FROM activity WHERE event_id = ? AND user_id = ?", id, userID)
			if err != nil {
				return err
			}
			deleted += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return deleted, nil
}

// DeleteUser removes everything about a reader, from the WAL as well.
func (s *Store) DeleteUser(ctx context.Context, userID int64) (int64, error) {
	var deleted int64 // as above
	err := s.do(ctx, func(tx *transaction) (err error) {
		deleted, err = tx.remove(userID, "DELETE FROM activity WHERE user_id = ?", userID)
		tx.erased = tx.erased || deleted > 0
		return err
	})
	if err != nil {
		return 0, err
	}
	return deleted, nil
}

func (tx *transaction) remove(userID int64, query string, args ...any) (int64, error) {
	n, err := tx.exec(query, args...)
	if err == nil && n > 0 {
		tx.touch(userID)
	}
	return n, err
}

// emptyWAL moves what is in the WAL into the file and leaves the WAL empty, since it holds
// pages as they were before something was erased. It fails while others read those.
func (w *writer) emptyWAL() error {
	if err := w.open(); err != nil {
		return err
	}
	var busy, inWAL, moved int
	err := w.session.conn.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &inWAL, &moved)
	if err == nil && busy != 0 {
		err = errBusy
	}
	return err
}
