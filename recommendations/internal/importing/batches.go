package importing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"bookmarket/recommendations/internal/dataset"
)

// kindBooks is the file whose rows a dry run can compare.
const kindBooks = "books"

// A put puts a batch into the store, and counts.
type put[T any] func(ctx context.Context, batch []T, report *FileReport) error

// importFile puts what a file's rows are about into the store.
func importFile[T any](ctx context.Context, i *importer, kind string, reader *dataset.Reader[T], put put[T]) error {
	began := time.Now()
	report := &FileReport{Kind: kind, File: reader.Name(), Goodbooks: reader.Goodbooks}
	i.report.Files = append(i.report.Files, report)
	err := importBatches(ctx, i, report, reader, put)
	report.Ignored = reader.Ignored()
	report.Took = time.Since(began)
	i.progress(report, reader.Progress, true)
	if err == nil && report.Refused == report.Rows {
		err = fmt.Errorf("%s: has no usable row", report.File)
	}
	return err
}

func importBatches[T any](ctx context.Context, i *importer, report *FileReport, reader *dataset.Reader[T], put put[T]) error {
	batch := make([]T, 0, batchSize)
	for {
		value, err := reader.Read()
		var fault *dataset.RowError
		switch {
		case errors.Is(err, io.EOF):
			return put(ctx, batch, report)
		case errors.As(err, &fault):
			report.Rows++
			report.Refused++
			i.Fault(fault)
			if i.Abort {
				return errAborted
			}
		case err != nil:
			return err
		default:
			report.Rows++
			batch = append(batch, value)
		}
		if report.Rows%batchSize != 0 {
			continue
		}
		if err := put(ctx, batch, report); err != nil {
			return err
		}
		batch = batch[:0]
		i.progress(report, reader.Progress, false)
	}
}

// errAborted is behind a fault that was reported already.
var errAborted = errors.New("ended at a row that cannot be used")

func (i *importer) progress(report *FileReport, position func() (read, size int64), done bool) {
	read, size := position()
	i.Progress(Progress{File: report.File, Read: read, Size: size, Rows: report.Rows, Done: done})
}
