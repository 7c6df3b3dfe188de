package training

import (
	"context"
	"fmt"
	"slices"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/internal/recommend"
)

// maxLiked is how many of a reader's books are learned from, the latest: who likes more is a
// library or a robot, and takes time with the square of them.
const maxLiked = 1000

// A corpus is what a model is learned from: books as items, and what readers liked.
type corpus struct {
	ids     []int64 // of the books, by item
	readers *matrix.Sparse
	groups  []linear.Group
}

// newCorpus reads what readers liked of these books: those of the store, and those that came
// with the bundled catalogue, where they count. The order of the books decides between equals.
func newCorpus(ctx context.Context, books []*recommend.Book, source Source, extra Ratings) (*corpus, error) {
	c := &corpus{ids: make([]int64, len(books)), readers: &matrix.Sparse{Columns: len(books), Start: []int{0}}, groups: recommend.Groups(books)}
	items := make(map[int64]int32, len(books))
	for item, book := range books {
		c.ids[item], items[book.ID] = book.ID, int32(item)
	}
	row := rowOf{corpus: c}
	if extra != nil {
		err := extra(func(reader, bookID int64) {
			if item, ok := items[bookID]; ok {
				row.add(reader, item)
			}
		})
		if err != nil {
			return nil, err
		}
		row.end()
	}
	err := source.Interactions(ctx, func(event recommend.Activity) error {
		if item, ok := items[event.BookID]; ok && event.Liked() {
			row.add(event.UserID, item)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what readers did: %w", err)
	}
	row.end()
	return c, nil
}

// Ratings calls liked for each book that a reader of some other shop liked, reader by reader.
type Ratings func(liked func(reader, bookID int64)) error

// rowOf gathers the row of one reader after the other.
type rowOf struct {
	*corpus

	reader int64
	items  []int32
}

func (r *rowOf) add(reader int64, item int32) {
	if reader != r.reader {
		r.end()
		r.reader = reader
	}
	if len(r.items) < maxLiked {
		r.items = append(r.items, item)
	}
}

func (r *rowOf) end() {
	slices.Sort(r.items)
	items := slices.Compact(r.items)
	if len(items) > 0 {
		r.readers.Column = append(r.readers.Column, items...)
		r.readers.Start = append(r.readers.Start, len(r.readers.Column))
	}
	r.items, r.reader = r.items[:0], 0
}
