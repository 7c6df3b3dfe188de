package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// A document is a book as it is kept.
type document struct {
	id   int64
	text string
}

// PutBooks adds or replaces books. It writes only those that are not kept already as they are.
func (s *Store) PutBooks(ctx context.Context, books []recommend.Book) (store.Counts, error) {
	documents, err := encodeBooks(books)
	if err != nil {
		return store.Counts{}, err
	}
	var counts store.Counts
	err = s.do(ctx, func(tx *transaction) (err error) {
		counts, err = tx.putBooks(documents)
		return err
	})
	if err != nil {
		return store.Counts{}, err
	}
	return counts, nil
}

// encodeBooks returns the documents of books, the last of each id.
func encodeBooks(books []recommend.Book) ([]document, error) {
	documents := make([]document, 0, len(books))
	at := make(map[int64]int, len(books))
	for i := range books {
		text, err := json.Marshal(books[i])
		if err != nil {
			return nil, fmt.Errorf("book %d: %w", books[i].ID, err)
		}
		d := document{books[i].ID, string(text)}
		if before, again := at[d.id]; again {
			documents[before] = d
			continue
		}
		at[d.id] = len(documents)
		documents = append(documents, d)
	}
	return documents, nil
}

func (tx *transaction) putBooks(documents []document) (counts store.Counts, err error) {
	for _, d := range documents {
		var kept string
		switch err := tx.row("SELECT document FROM books WHERE id = ?", []any{d.id}, &kept); {
		case errors.Is(err, sql.ErrNoRows):
			counts.New++
			_, err = tx.exec("INSERT INTO books (id, document) VALUES (?, ?)", d.id, d.text)
			if err != nil {
				return counts, err
			}
		case err != nil:
			return counts, err
		case same(kept, d.text):
			counts.Equal++
		default:
			counts.Changed++
			if _, err := tx.exec("UPDATE books SET document = ? WHERE id = ?", d.text, d.id); err != nil {
				return counts, err
			}
		}
	}
	if counts.New+counts.Changed > 0 {
		tx.change.Catalog = true
	}
	return counts, nil
}

// same reports whether two documents are of equal books. An older program may have written the
// same book in other words.
func same(kept, text string) bool {
	if kept == text {
		return true
	}
	var book recommend.Book
	if json.Unmarshal([]byte(kept), &book) != nil {
		return false
	}
	again, err := json.Marshal(book)
	return err == nil && string(again) == text
}

// Books returns all books and the catalogue's revision, both of one moment.
func (s *Store) Books(ctx context.Context) (books []recommend.Book, revision int64, err error) {
	err = s.query(ctx, `
		SELECT state.catalog, coalesce(books.id, 0), coalesce(books.document, '')
		FROM state LEFT JOIN books ORDER BY books.id`, nil, func(rows *sql.Rows) error {
		var book recommend.Book
		var text []byte
		if err := rows.Scan(&revision, &book.ID, &text); err != nil || book.ID == 0 {
			return err
		}
		if err := json.Unmarshal(text, &book); err != nil {
			return fmt.Errorf("book %d: %w", book.ID, err)
		}
		books = append(books, book)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return books, revision, nil
}

// CatalogRevision returns the catalogue's revision.
func (s *Store) CatalogRevision(ctx context.Context) (revision int64, err error) {
	err = s.query(ctx, "SELECT catalog FROM state", nil, func(rows *sql.Rows) error { return rows.Scan(&revision) })
	return revision, err
}
