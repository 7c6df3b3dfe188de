// Package importing puts books, ratings and what readers did from files into a store.
package importing

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// A Store is what files are put into; a [store.Store] is one.
type Store interface {
	PutBooks(ctx context.Context, books []recommend.Book) (store.Counts, error)
	PutActivity(ctx context.Context, events []recommend.Activity) (store.Counts, error)
	Books(ctx context.Context) (books []recommend.Book, revision int64, err error)
	CatalogRevision(ctx context.Context) (int64, error)
}

// batchSize is how many rows are put in one transaction: enough to share its cost, and few enough
// for a server on the same store to get its own writes in between in time, on a slow machine too.
const batchSize = 1_000

// Options say what to import and how.
type Options struct {
	Books, Ratings, Activity string // files; "-": Stdin; "": none
	Stdin                    io.Reader
	DryRun                   bool // read and check everything, and write nothing
	Abort                    bool // at the first row that cannot be used, instead of leaving it out

	Fault    func(*dataset.RowError) // is told of each row that cannot be used
	Notice   func(string)            // is told of what else a person should know now
	Progress func(Progress)          // is called often
}

// Progress is how far an import is with a file.
type Progress struct {
	File       string
	Read, Size int64 // bytes of the file as it is kept; Size 0: unknown
	Rows       int
	Done       bool // with this file
}

// Run imports the files: books first, so that readers find the books of their past. It goes on
// where rows cannot be used unless told otherwise, and ends when ctx does. Whole batches stay
// in the store whatever happens later, which the report tells, also beside an error. To run it
// again gives the same result.
func Run(ctx context.Context, st Store, o Options) (*Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	i := &importer{Options: o, store: st, report: &Report{DryRun: o.DryRun}}
	if slices.Contains([]string{o.Books, o.Ratings, o.Activity}, "-") {
		stdin, done := dataset.Interruptible(ctx, o.Stdin)
		defer done()
		i.Stdin = stdin
	}
	err := i.run(ctx, time.Now())
	return i.report, err
}

func (o *Options) check() error {
	stdin, files := 0, 0
	for _, path := range []string{o.Books, o.Ratings, o.Activity} {
		if path == "-" {
			stdin++
		}
		if path != "" {
			files++
		}
	}
	switch {
	case files == 0:
		return errors.New("nothing to import: name a file of books, ratings or activity")
	case stdin > 1:
		return errors.New("only one file can be standard input")
	}
	return nil
}

// An importer is an import under way.
type importer struct {
	Options
	store  Store
	report *Report
	// known are the ids of the books that there are, and in a dry run hashes of the books; nil:
	// the store of a dry run did not tell.
	known map[int64]uint64
}

func (i *importer) run(ctx context.Context, now time.Time) (err error) {
	files, err := i.open(ctx, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.close()) }()
	if i.DryRun {
		err = i.lookForBooks(ctx)
	}
	if err == nil && files.books != nil {
		err = importFile(ctx, i, kindBooks, files.books, i.putBooks)
	}
	if err == nil && !i.DryRun && (files.ratings != nil || files.activity != nil) {
		err = i.findBooks(ctx)
	}
	if err == nil && files.ratings != nil {
		err = importFile(ctx, i, "ratings", files.ratings, i.putEvents)
	}
	if err == nil && files.activity != nil {
		err = importFile(ctx, i, "activity", files.activity, i.putEvents)
	}
	return err
}
