package importing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// How long a store that cannot be reached is waited for, and how often it is tried.
const (
	retryFor   = 30 * time.Second
	retryEvery = 500 * time.Millisecond
)

// retry calls do again for a while where the store cannot be reached. Whatever is put may be
// put twice: what had happened already counts as equal then.
func (i *importer) retry(ctx context.Context, do func() error) error {
	deadline := time.Now().Add(retryFor)
	for told := false; ; told = true {
		err := do()
		if !errors.Is(err, recommend.ErrUnavailable) || time.Now().After(deadline) {
			return err
		}
		if !told {
			i.Notice(fmt.Sprintf("%v; trying again for %v", err, retryFor))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryEvery):
		}
	}
}

// findBooks finds out which books there are.
func (i *importer) findBooks(ctx context.Context) error {
	err := i.retry(ctx, func() error { return i.readBooks(ctx) })
	if err != nil {
		return fmt.Errorf("find out which books there are: %w", err)
	}
	return nil
}

// lookForBooks is findBooks for a dry run, which checks files also where the store cannot be
// reached or was never migrated.
func (i *importer) lookForBooks(ctx context.Context) error {
	if err := i.readBooks(ctx); err != nil && ctx.Err() == nil {
		i.Notice(fmt.Sprintf("the files are not compared with the store: %v", err))
	}
	return ctx.Err()
}

func (i *importer) readBooks(ctx context.Context) error {
	books, _, err := i.store.Books(ctx)
	if err != nil {
		return err
	}
	i.known = make(map[int64]uint64, len(books))
	for _, book := range books {
		i.known[book.ID] = i.hash(&book)
	}
	return nil
}

var seed = maphash.MakeSeed()

// hash tells books apart in a dry run; nothing else needs it.
func (i *importer) hash(book *recommend.Book) uint64 {
	if !i.DryRun {
		return 0
	}
	document, err := json.Marshal(book)
	if err != nil {
		return 0 // valid books can be written down
	}
	return maphash.Bytes(seed, document)
}

func (i *importer) putBooks(ctx context.Context, books []recommend.Book, report *FileReport) error {
	if i.DryRun {
		report.add(len(books), i.compare(books))
		return ctx.Err()
	}
	return i.put(ctx, report, len(books), func() (store.Counts, error) { return i.store.PutBooks(ctx, books) })
}

// compare counts as a store does what would become of books, where it is known which there are.
func (i *importer) compare(books []recommend.Book) (counts store.Counts) {
	if i.known == nil {
		return store.Counts{}
	}
	last := make(map[int64]uint64, len(books))
	for k := range books {
		last[books[k].ID] = i.hash(&books[k])
	}
	for id, hash := range last {
		before, ok := i.known[id]
		switch {
		case !ok:
			counts.New++
		case before == hash:
			counts.Equal++
		default:
			counts.Changed++
		}
		i.known[id] = hash
	}
	return counts
}

func (i *importer) putEvents(ctx context.Context, events []recommend.Activity, report *FileReport) error {
	for k := range events {
		if _, ok := i.known[events[k].BookID]; !ok && i.known != nil {
			report.UnknownBooks++
		}
	}
	if i.DryRun {
		report.add(len(events), store.Counts{})
		return ctx.Err()
	}
	return i.put(ctx, report, len(events), func() (store.Counts, error) { return i.store.PutActivity(ctx, events) })
}

// put is a transaction of its own: when it fails nothing of the batch is kept.
func (i *importer) put(ctx context.Context, report *FileReport, rows int, do func() (store.Counts, error)) error {
	if rows == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	return i.retry(ctx, func() error {
		counts, err := do()
		if err == nil {
			report.add(rows, counts)
		}
		return err
	})
}
