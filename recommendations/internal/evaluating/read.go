package evaluating

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"bookmarket/recommendations/internal/console"
	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/recommend"
)

// readInterval is how many rows are read between two looks at the clock and at the context.
const readInterval = 1000

// defaultMinRating is what counts as liked in a file that nobody has split yet.
const defaultMinRating = 4

// read reads the files that the flags name, and splits them if they want that.
func (c *Command) read(ctx context.Context, stdin io.Reader, screen *console.Console) (*data, error) {
	if slices.Contains([]string{c.Ratings, c.Train, c.Test, c.Books}, "-") {
		source, done := dataset.Interruptible(ctx, stdin)
		defer done()
		stdin = source
	}
	f := &files{ctx, stdin, screen, time.Now()}
	var books []recommend.Book
	own := false
	if c.Books != "" {
		reader, err := dataset.OpenBooks(ctx, c.Books, stdin)
		if err != nil {
			return nil, err
		}
		// Ratings that go with a shop's own books are the shop's own, whatever their header.
		own = !reader.Goodbooks
		if books, err = readFile(f, reader); err != nil {
			return nil, err
		}
	}
	d, err := c.readPairs(f, own)
	if err != nil {
		return nil, err
	}
	d.training.k, d.training.seed = c.K, c.Seed
	if c.FoldIn > 0 {
		d.foldIn(c.FoldIn, c.Seed)
	}
	d.training.groups = recommend.Groups(itemBooks(books, d.items))
	return d, nil
}

// itemBooks returns the book of each item, nil where there is none.
func itemBooks(books []recommend.Book, items []int64) []*recommend.Book {
	of := make([]*recommend.Book, len(items))
	for i := range books {
		if item, found := slices.BinarySearch(items, books[i].ID); found {
			of[item] = &books[i]
		}
	}
	return of
}

func (c *Command) readPairs(f *files, own bool) (*data, error) {
	least := 0
	switch {
	case c.MinRating != nil:
		least = *c.MinRating
	case c.Ratings != "":
		least = defaultMinRating
	}
	if c.Ratings != "" {
		all, err := f.pairs(c.Ratings, own, least, c.LowRatings)
		if err != nil {
			return nil, err
		}
		if all = all.busy(c.MinReaderItems, least); len(all) == 0 {
			return nil, fmt.Errorf("%s: no user has %s rated %d or more", c.Ratings, console.Count(c.MinReaderItems, "item"), least)
		}
		return splitData(all, least, c.Holdout, c.Seed), nil
	}
	train, err := f.pairs(c.Train, own, least, false)
	if err != nil {
		return nil, err
	}
	test, err := f.pairs(c.Test, own, least, false)
	if err != nil {
		return nil, err
	}
	before := len(test)
	test = test.without(train)
	if again := before - len(test); again > 0 {
		f.screen.Notice(fmt.Sprintf("%s: left out %s of a user and an item that are in %s as well", c.Test, console.Count(again, "pair"), c.Train))
	}
	return newData(train, test), nil
}

// files is how files are read.
type files struct {
	ctx    context.Context //nolint:containedctx // It is of one reading, as the others are.
	stdin  io.Reader
	screen *console.Console
	now    time.Time
}

func (f *files) pairs(path string, own bool, minRating int, lowRatings bool) (pairs, error) {
	reader, err := dataset.OpenInteractions(f.ctx, path, f.stdin, own, f.now)
	if err != nil {
		return nil, err
	}
	rows, err := readFile(f, reader)
	return newPairs(rows, minRating, lowRatings), err
}

// readFile returns a file's rows, but for those that cannot be used, and closes it. A file
// without one that can be is an error.
func readFile[T any](f *files, reader *dataset.Reader[T]) (values []T, err error) {
	defer func() { err = errors.Join(err, reader.Close()) }()
	refused := 0
	for {
		value, err := reader.Read()
		var fault *dataset.RowError
		switch {
		case errors.Is(err, io.EOF):
			return values, f.done(reader.Name(), len(values), refused)
		case errors.As(err, &fault):
			refused++
			f.screen.Fault(fault)
		case err != nil:
			return nil, err
		default:
			values = append(values, value)
		}
		if rows := len(values) + refused; rows%readInterval == 0 {
			read, size := reader.Progress()
			f.screen.Progress(console.Reading(reader.Name(), read, size, rows, false))
			if err := f.ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
}

func (f *files) done(name string, used, refused int) error {
	f.screen.Progress(console.Reading(name, 0, 0, used+refused, true))
	if used == 0 {
		return fmt.Errorf("%s: has no usable row", name)
	}
	if refused > 0 {
		f.screen.Notice(fmt.Sprintf("%s: left out %s that cannot be used, of %s", name, console.Count(refused, "row"), console.Thousands(used+refused)))
	}
	return nil
}
