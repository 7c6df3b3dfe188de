package dataset

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// An Interaction says that a reader has an item.
type Interaction struct {
	UserID, ItemID int64
	Rating         int // 0: none was given
}

// OpenInteractions opens a file of who has what; "-" is stdin. It is a file of ratings, as
// OpenRatings has them, or one of adjacency, told apart by the first line.
func OpenInteractions(ctx context.Context, path string, stdin io.Reader, own bool, now time.Time) (*Reader[Interaction], error) {
	return openReader(ctx, path, stdin, func(f *file) (*Reader[Interaction], error) {
		text := bufio.NewReaderSize(f.text, bufferSize)
		f.text = text
		start, err := text.Peek(1024)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: %w", f.name, damage(err))
		}
		if isAdjacency(start) {
			return newAdjacency(f), nil
		}
		ratings, err := newRatings(f, own, now)
		if err != nil {
			return nil, err
		}
		return asInteractions(ratings), nil
	})
}

// asInteractions reads ratings for no more than who has what.
func asInteractions(ratings *Reader[recommend.Activity]) *Reader[Interaction] {
	return &Reader[Interaction]{
		file: ratings.file, rows: ratings.rows, row: ratings.row, Goodbooks: ratings.Goodbooks,
		decode: func(r *row) Interaction {
			event := ratings.decode(r)
			return Interaction{UserID: event.UserID, ItemID: event.BookID, Rating: event.Rating}
		},
	}
}

// isAdjacency reports whether a text begins with a number and a blank, or is nothing but a number:
// CSV begins with a header, and JSON Lines with an object.
func isAdjacency(start []byte) bool {
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\ufeff")), blanks+"\n")
	rest := bytes.TrimLeft(start, "0123456789")
	return len(rest) < len(start) && (len(rest) == 0 || bytes.ContainsAny(rest[:1], blanks+"\n"))
}
