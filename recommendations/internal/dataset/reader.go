package dataset

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// A Reader reads what a file's rows are about, one after the other.
type Reader[T any] struct {
	file   *file
	rows   table
	row    row
	decode func(*row) T
	// Goodbooks says that the header is that of a file of goodbooks-10k, whose ids become ours.
	Goodbooks bool
}

// newReader reads rows of these columns. isGoodbooks tells by a header whether the file is one of
// goodbooks-10k, which need not have the columns.
func newReader[T any](f *file, columns []column, isGoodbooks func(header []string) bool, decode func(*row) T) (*Reader[T], error) {
	rows, err := newTable(f, columns)
	if err != nil {
		return nil, err
	}
	r := &Reader[T]{
		file: f, rows: rows, decode: decode,
		row:       row{columns: columns, cells: make([]cell, len(columns))},
		Goodbooks: isGoodbooks(rows.header()),
	}
	if !r.Goodbooks {
		err = rows.requireColumns()
	}
	return r, err
}

// Read returns what the next row is about. It returns a [*RowError] for a row that cannot be
// used, behind which there may be others, and io.EOF behind the last one. With any other error
// the rest of the file cannot be read.
func (r *Reader[T]) Read() (T, error) {
	r.row.faults = nil
	var value T
	if err := r.rows.next(&r.row); err != nil {
		return value, err
	}
	if len(r.row.faults) == 0 {
		value = r.decode(&r.row)
	}
	if len(r.row.faults) > 0 {
		return value, &RowError{r.file.name, r.row.line, r.row.faults}
	}
	return value, nil
}

// Name returns the file's name as errors have it.
func (r *Reader[T]) Name() string { return r.file.name }

// Progress returns how many bytes of the file have been read, and how many there are; size is 0
// where nobody knows.
func (r *Reader[T]) Progress() (read, size int64) { return r.file.read, r.file.size }

// Ignored returns the names of columns that mean nothing to us, so far.
func (r *Reader[T]) Ignored() []string {
	if r.Goodbooks {
		return nil
	}
	return slices.Sorted(slices.Values(r.rows.ignored()))
}

// Close closes the file.
func (r *Reader[T]) Close() error { return r.file.close() }

// OpenBooks opens a file of books; "-" is stdin. Where that is a pipe, to open and to read it end
// with ctx.
func OpenBooks(ctx context.Context, path string, stdin io.Reader) (*Reader[recommend.Book], error) {
	return openReader(ctx, path, stdin, newBooks)
}

// OpenRatings opens a file of ratings; "-" is stdin. ctx is as above. A file that has the header of
// goodbooks-10k's is taken for that unless own says that it is the shop's own. Times may not be
// later than now.
func OpenRatings(ctx context.Context, path string, stdin io.Reader, own bool, now time.Time) (*Reader[recommend.Activity], error) {
	return openReader(ctx, path, stdin, func(f *file) (*Reader[recommend.Activity], error) { return newRatings(f, own, now) })
}

// OpenActivity opens a file of what readers did; "-" is stdin. ctx is as above. Times may not be later than now.
func OpenActivity(ctx context.Context, path string, stdin io.Reader, now time.Time) (*Reader[recommend.Activity], error) {
	return openReader(ctx, path, stdin, func(f *file) (*Reader[recommend.Activity], error) { return newActivity(f, now) })
}

func openReader[T any](ctx context.Context, path string, stdin io.Reader, read func(*file) (*Reader[T], error)) (*Reader[T], error) {
	f, err := open(ctx, path, stdin)
	if err != nil {
		return nil, err
	}
	reader, err := read(f)
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return reader, nil
}
