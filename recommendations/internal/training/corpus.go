package training

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"bookmarket/recommendations/engine/linear"
	"bookmarket/recommendations/engine/matrix"
	"bookmarket/recommendations/internal/recommend"
)

// maxKnown is how many of a reader's books are learned from, the latest: who knows more is a
// library or a robot, and takes time with the square of them.
const maxKnown = 1000

// A corpus is what a model is learned from: books as items, and how much readers liked them.
type corpus struct {
	ids     []int64 // of the books, by item
	readers *matrix.Sparse
	groups  []linear.Group
}

// newCorpus reads how readers liked these books: those of the store, and those of other shops. The order of the books decides between equals.
func newCorpus(ctx context.Context, books []*recommend.Book, source Source, extra Ratings) (*corpus, error) {
	c := &corpus{ids: make([]int64, len(books)), readers: &matrix.Sparse{Columns: len(books), Start: []int{0}, Value: []float32{}}, groups: recommend.Groups(books)}
	items := make(map[int64]int32, len(books))
	for item, book := range books {
		c.ids[item], items[book.ID] = book.ID, int32(item)
	}
	row := rowOf{corpus: c}
	if extra != nil {
		err := extra(books, func(event recommend.Activity) {
			row.add(items, &event)
		})
		if err != nil {
			return nil, err
		}
		row.end()
	}
	err := source.Interactions(ctx, func(event recommend.Activity) error {
		row.add(items, &event)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what readers did: %w", err)
	}
	row.end()
	return c, nil
}

// Ratings calls do with what readers of some other shop did with these books, reader by reader.
type Ratings func(books []*recommend.Book, do func(recommend.Activity)) error

// rowOf gathers the row of one reader after the other.
type rowOf struct {
	*corpus

	reader int64
	known  []known
}

// known is an item that a reader knows, and how much they liked it.
type known struct {
	item  int32
	liked float32
	rated bool
}

func (r *rowOf) add(items map[int64]int32, event *recommend.Activity) {
	item, ok := items[event.BookID]
	liked := event.Liked()
	if !ok || liked == 0 {
		return
	}
	if event.UserID != r.reader {
		r.end()
		r.reader = event.UserID
	}
	if len(r.known) < maxKnown {
		r.known = append(r.known, known{item, liked, event.Kind == recommend.Rating})
	}
}

// end ends a row. Of several events about one item the latest rating counts, or else the one that
// says most.
func (r *rowOf) end() {
	slices.SortStableFunc(r.known, func(a, b known) int {
		switch {
		case a.item != b.item:
			return cmp.Compare(a.item, b.item)
		case a.rated && b.rated:
			return 0 // the latest came first
		case a.rated:
			return -1
		case b.rated:
			return 1
		}
		return cmp.Compare(b.liked, a.liked)
	})
	for i, k := range r.known {
		if i == 0 || k.item != r.known[i-1].item {
			r.readers.Column = append(r.readers.Column, k.item)
			r.readers.Value = append(r.readers.Value, k.liked)
		}
	}
	if len(r.known) > 0 {
		r.readers.Start = append(r.readers.Start, len(r.readers.Column))
	}
	r.known, r.reader = r.known[:0], 0
}
