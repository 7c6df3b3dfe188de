// Package codec writes and reads the compressed files that the bundled catalogue is kept in.
package codec

import (
	"bytes"
	"encoding/json"
	"fmt"

	"bookmarket/recommendations/internal/recommend"
)

// A row is a book with its id, which a book's own JSON form leaves out.
type row struct {
	ID int64 `json:"id"`
	recommend.Book
}

// EncodeBooks returns the books as compressed JSON Lines.
func EncodeBooks(books []recommend.Book) ([]byte, error) {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	encoder.SetEscapeHTML(false)
	for _, book := range books {
		if err := encoder.Encode(row{book.ID, book}); err != nil {
			return nil, err
		}
	}
	return compress(lines.Bytes())
}

// DecodeBooks returns the books that EncodeBooks was given.
func DecodeBooks(file []byte) ([]recommend.Book, error) {
	lines, err := decompress(file)
	if err != nil {
		return nil, err
	}
	books := make([]recommend.Book, 0, bytes.Count(lines, []byte("\n")))
	for line := range bytes.Lines(lines) {
		var r row
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("book %d: %w", len(books)+1, err)
		}
		r.Book.ID = r.ID
		books = append(books, r.Book)
	}
	return books, nil
}
