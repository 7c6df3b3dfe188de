package importing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bookmarket/recommendations/internal/console"
	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// Fill fills a store that never held a book: with the bundled catalogue, the tutorial's books,
// none, or a file of books and one of ratings that may go with it.
//
// All books are one transaction and the last one, so that a store has either all of them or
// none: a fill that was cut off, in the middle of the ratings say, begins anew at the next
// start, and what it put already is equal then. For that moment the books are in memory two or
// three times, where the service, which serves them from memory, has them once.
func Fill(ctx context.Context, st Store, catalog, ratings string, log *slog.Logger) error {
	revision, err := st.CatalogRevision(ctx)
	if err != nil || revision > 0 || catalog == "none" {
		return err
	}
	began := time.Now()
	var books []recommend.Book
	switch catalog {
	case "bundled":
		books, err = bundled.Books()
	case "tutorial":
		books = dataset.Tutorial()
	default:
		books, err = fillFromFiles(ctx, st, catalog, ratings, log)
	}
	if err != nil {
		return err
	}
	counts, err := st.PutBooks(ctx, books)
	if err != nil {
		return fmt.Errorf("put the books: %w", err)
	}
	log.Info("the store is filled", "catalog", catalog, "new", counts.New, "equal", counts.Equal, "took", time.Since(began).String())
	return nil
}

// fillFromFiles puts the ratings and returns the books.
func fillFromFiles(ctx context.Context, st Store, catalog, ratings string, log *slog.Logger) (books []recommend.Book, err error) {
	l := logger{Logger: log, last: time.Now()}
	i := &importer{store: st, report: new(Report), known: make(map[int64]uint64)}
	i.Options = Options{Books: catalog, Ratings: ratings, Fault: l.fault, Notice: l.notice, Progress: l.progress}
	files, err := i.open(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	defer func() {
		err = errors.Join(err, files.close())
		for _, file := range i.report.Files {
			log.Info("read", "file", file.File, "rows", file.Rows, "refused", file.Refused)
		}
	}()
	err = importFile(ctx, i, kindBooks, files.books, func(ctx context.Context, batch []recommend.Book, report *FileReport) error {
		for _, book := range batch {
			i.known[book.ID] = 0
		}
		books = append(books, batch...)
		report.add(len(batch), store.Counts{})
		return ctx.Err()
	})
	if err == nil && files.ratings != nil {
		err = importFile(ctx, i, "ratings", files.ratings, i.putEvents)
	}
	return books, err
}

// A logger tells the log how a fill goes.
type logger struct {
	*slog.Logger
	faults int
	last   time.Time // when it told how far it is
}

func (l *logger) fault(fault *dataset.RowError) {
	l.faults++
	switch {
	case l.faults <= console.MaxFaults:
		l.Warn("row left out", "fault", fault.Error())
	case l.faults == console.MaxFaults+1:
		l.Warn("more rows are left out; from here on they are only counted")
	}
}

func (l *logger) notice(line string) { l.Warn("filling the store", "notice", line) }

func (l *logger) progress(p Progress) {
	if !p.Done && time.Since(l.last) >= console.LineInterval {
		l.last = time.Now()
		l.Info("filling the store", "file", p.File, "rows", p.Rows)
	}
}
