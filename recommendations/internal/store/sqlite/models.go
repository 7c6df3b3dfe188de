package sqlite

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// partSize is how many bytes of a model a transaction writes. It holds up readers' events for
// some milliseconds.
const partSize = 1 << 20

// PutModel adds a model.
func (l *lease) PutModel(ctx context.Context, data []byte) (version int64, err error) {
	return l.ReplaceModels(ctx, math.MaxInt64, data)
}

// ReplaceModels adds a model in place of others. Its parts count when all are there and the last
// transaction says so.
func (l *lease) ReplaceModels(ctx context.Context, from int64, data []byte) (version int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.removeParts(ctx); err != nil {
		return 0, err
	}
	if err := l.do(ctx, func(tx *transaction) error { version = tx.state.model + 1; return nil }); err != nil {
		return 0, err
	}
	part := 0
	for chunk := range slices.Chunk(data, partSize) {
		err := l.do(ctx, func(tx *transaction) error {
			_, err := tx.exec("INSERT INTO model_parts (version, part, data) VALUES (?, ?, ?)", version, part, chunk)
			return err
		})
		if err != nil {
			return 0, err
		}
		part++
	}
	err = l.do(ctx, func(tx *transaction) error {
		tx.state.model++
		tx.change.Model = true
		if _, err := tx.exec("DELETE FROM models WHERE version >= ?", from); err != nil {
			return err
		}
		if _, err := tx.exec("INSERT INTO models (version, created_at, size) VALUES (?, ?, ?)", version, time.Now().UnixMicro(), len(data)); err != nil {
			return err
		}
		_, err := tx.exec("DELETE FROM models WHERE version NOT IN (SELECT version FROM models ORDER BY version DESC LIMIT ?)", store.ModelsKept)
		return err
	})
	if err != nil {
		return 0, err
	}
	_ = l.removeParts(ctx) // What is left now goes when the next model comes.
	return version, nil
}

// removeParts removes the parts of models that are not there, or never came to be, one by one:
// what is deleted is overwritten, which takes as long as to write it.
func (l *lease) removeParts(ctx context.Context) error {
	for removed := int64(1); removed > 0; {
		err := l.do(ctx, func(tx *transaction) (err error) {
			removed, err = tx.exec(`
				DELETE FROM model_parts WHERE rowid = (
					SELECT rowid FROM model_parts WHERE version NOT IN (SELECT version FROM models) LIMIT 1)`)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// LatestModel returns the latest model.
func (s *Store) LatestModel(ctx context.Context) (store.Model, error) {
	return s.ModelBefore(ctx, math.MaxInt64)
}

// ModelBefore returns the latest model of a lower version, all of it as it was at one moment.
func (s *Store) ModelBefore(ctx context.Context, version int64) (found store.Model, err error) {
	err = s.query(ctx, `
		SELECT version, created_at, size, data
		FROM models LEFT JOIN model_parts USING (version)
		WHERE version = (SELECT max(version) FROM models WHERE version < ?) ORDER BY part`, []any{version}, func(rows *sql.Rows) error {
		var createdAt int64
		var size int
		var part sql.RawBytes
		if err := rows.Scan(&found.Version, &createdAt, &size, &part); err != nil {
			return err
		}
		if found.Data == nil {
			found.CreatedAt, found.Data = fromMicros(createdAt), make([]byte, 0, size)
		}
		found.Data = append(found.Data, part...)
		return nil
	})
	if err != nil {
		return store.Model{}, err
	}
	if found.Version == 0 {
		return store.Model{}, store.ErrNoModel
	}
	return found, nil
}

// ModelVersion returns the version of the latest model.
func (s *Store) ModelVersion(ctx context.Context) (version int64, err error) {
	err = s.query(ctx, "SELECT coalesce(max(version), 0) FROM models", nil, func(rows *sql.Rows) error { return rows.Scan(&version) })
	return version, err
}

// Interactions calls do with what readers did but views. Rows come as the table has them.
func (s *Store) Interactions(ctx context.Context, do func(recommend.Activity) error) error {
	var fault error
	err := s.query(ctx, `
		SELECT user_id, occurred_at, book_id, kind, rating FROM activity WHERE kind <> ?
		ORDER BY user_id, occurred_at DESC, seq DESC`, []any{int64(recommend.View)}, func(rows *sql.Rows) error {
		var a recommend.Activity
		var occurredAt int64
		if err := rows.Scan(&a.UserID, &occurredAt, &a.BookID, &a.Kind, &a.Rating); err != nil {
			return err
		}
		a.OccurredAt = fromMicros(occurredAt)
		fault = do(a)
		return fault
	})
	if fault != nil {
		return fault // the caller's own, and nobody else's words
	}
	return err
}
