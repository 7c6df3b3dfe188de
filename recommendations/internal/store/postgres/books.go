package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// putBooks runs after the catalogue's row is locked, so that what it sees is what it changes.
const putBooks = `
	WITH given AS (
		SELECT id, document::jsonb AS document FROM unnest($1::bigint[], $2::text[]) AS given (id, document)
	), kept AS (
		SELECT id FROM books WHERE id = ANY ($1)
	), put AS (
		INSERT INTO books AS book (id, document) SELECT id, document FROM given
		ON CONFLICT (id) DO UPDATE SET document = excluded.document WHERE book.document <> excluded.document
		RETURNING id
	), revised AS (
		UPDATE catalog SET revision = revision + 1 WHERE EXISTS (SELECT FROM put)
	)
	SELECT count(*) FILTER (WHERE kept.id IS NULL), count(kept.id) FROM put LEFT JOIN kept USING (id)`

// PutBooks adds or replaces books. It writes only those that are not kept already as they are.
// Both statements are one transaction and one message to the server: a process that dies here
// leaves no lock behind.
func (s *Store) PutBooks(ctx context.Context, books []recommend.Book) (store.Counts, error) {
	ids, documents, err := encodeBooks(books)
	if err != nil {
		return store.Counts{}, err
	}
	var counts store.Counts
	err = s.writeMuch(ctx, func(ctx context.Context) error {
		var batch pgx.Batch
		batch.Queue("SELECT FROM catalog FOR UPDATE")
		batch.Queue(putBooks, ids, documents).QueryRow(func(row pgx.Row) error {
			return row.Scan(&counts.New, &counts.Changed)
		})
		return s.pool.SendBatch(ctx, &batch).Close()
	})
	if err != nil {
		return store.Counts{}, err
	}
	counts.Equal = len(ids) - counts.New - counts.Changed
	return counts, nil
}

// encodeBooks returns the ids and documents of books, the last of each id.
func encodeBooks(books []recommend.Book) (ids []int64, documents []string, err error) {
	at := make(map[int64]int, len(books))
	for i := range books {
		text, err := json.Marshal(books[i])
		if err != nil {
			return nil, nil, fmt.Errorf("book %d: %w", books[i].ID, err)
		}
		if before, again := at[books[i].ID]; again {
			documents[before] = string(text)
			continue
		}
		at[books[i].ID] = len(ids)
		ids, documents = append(ids, books[i].ID), append(documents, string(text))
	}
	return ids, documents, nil
}

// Books returns all books and the catalogue's revision, both of one moment.
func (s *Store) Books(ctx context.Context) (books []recommend.Book, revision int64, err error) {
	const query = `
		SELECT revision, coalesce(id, 0), coalesce(document::text, '')
		FROM catalog LEFT JOIN books ON true ORDER BY id`
	err = s.read(ctx, func(ctx context.Context) error {
		books = nil
		rows, err := s.pool.Query(ctx, query)
		if err != nil {
			return err
		}
		var id int64
		var document []byte
		_, err = pgx.ForEachRow(rows, []any{&revision, &id, &document}, func() error {
			if id == 0 {
				return nil // there is no book
			}
			book := recommend.Book{ID: id}
			if err := json.Unmarshal(document, &book); err != nil {
				return fmt.Errorf("book %d: %w", id, err)
			}
			books = append(books, book)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return books, revision, nil
}

// CatalogRevision returns the catalogue's revision.
func (s *Store) CatalogRevision(ctx context.Context) (revision int64, err error) {
	err = s.read(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, "SELECT revision FROM catalog").Scan(&revision)
	})
	return revision, err
}
