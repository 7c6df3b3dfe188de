package postgres

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// partSize is how many bytes of a model a row has: so much is copied at a time.
const partSize = 1 << 20

// nextRevision tells watchers as well.
const nextRevision = "UPDATE training SET revision = revision + 1 RETURNING revision"

// PutModel adds a model.
func (l *lease) PutModel(ctx context.Context, data []byte) (version int64, err error) {
	return l.ReplaceModels(ctx, math.MaxInt64, data)
}

// ReplaceModels adds a model in place of others.
func (l *lease) ReplaceModels(ctx context.Context, from int64, data []byte) (version int64, err error) {
	err = l.change(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, nextRevision).Scan(&version); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM models WHERE version >= $1", from); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO models (version, created_at, size) VALUES ($1, $2, $3)", version, time.Now().UnixMicro(), len(data)); err != nil {
			return err
		}
		part := 0
		for chunk := range slices.Chunk(data, partSize) {
			if _, err := tx.Exec(ctx, "INSERT INTO model_parts (version, part, data) VALUES ($1, $2, $3)", version, part, chunk); err != nil {
				return err
			}
			part++
		}
		_, err := tx.Exec(ctx, "DELETE FROM models WHERE version NOT IN (SELECT version FROM models ORDER BY version DESC LIMIT $1)", store.ModelsKept)
		return err
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

// LatestModel returns the latest model.
func (s *Store) LatestModel(ctx context.Context) (store.Model, error) {
	return s.ModelBefore(ctx, math.MaxInt64)
}

// ModelBefore returns the latest model of a lower version, all of it as it was at one moment.
func (s *Store) ModelBefore(ctx context.Context, version int64) (found store.Model, err error) {
	err = s.read(ctx, func(ctx context.Context) error {
		found = store.Model{}
		rows, err := s.pool.Query(ctx, `
			SELECT version, created_at, size, data
			FROM models LEFT JOIN model_parts USING (version)
			WHERE version = (SELECT max(version) FROM models WHERE version < $1) ORDER BY part`, version)
		if err != nil {
			return err
		}
		var createdAt, size int64
		var part pgtype.DriverBytes
		_, err = pgx.ForEachRow(rows, []any{&found.Version, &createdAt, &size, &part}, func() error {
			if found.Data == nil {
				found.CreatedAt, found.Data = fromMicros(createdAt), make([]byte, 0, size)
			}
			found.Data = append(found.Data, part...)
			return nil
		})
		return err
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
	err = s.read(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM models").Scan(&version)
	})
	return version, err
}

const selectInteractions = `
	SELECT user_id, occurred_at, book_id, kind, rating FROM activity WHERE kind <> $1
	ORDER BY user_id, occurred_at DESC, seq DESC`

// Interactions calls do with what readers did but views. The server sends rows no faster than
// they are taken.
func (s *Store) Interactions(ctx context.Context, do func(recommend.Activity) error) error {
	var fault error // of do
	var ended error // of a query that has given events away: they must not come twice
	err := s.read(ctx, func(ctx context.Context) error {
		if ended != nil {
			return ended
		}
		// Where do fails, the rest of the rows, perhaps millions, is not waited for.
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		rows, err := s.pool.Query(ctx, selectInteractions, int16(recommend.View))
		if err != nil {
			return err
		}
		var a recommend.Activity
		var occurredAt int64
		given := false
		_, err = pgx.ForEachRow(rows, []any{&a.UserID, &occurredAt, &a.BookID, &a.Kind, &a.Rating}, func() error {
			given = true
			a.OccurredAt = fromMicros(occurredAt)
			if fault = do(a); fault != nil {
				cancel()
			}
			return fault
		})
		if given {
			ended = err
		}
		return err
	})
	if fault != nil {
		return fault
	}
	return err
}
