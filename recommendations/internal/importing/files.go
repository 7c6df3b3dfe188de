package importing

import (
	"context"
	"errors"
	"time"

	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/recommend"
)

// files are the files of an import; nil: none.
type files struct {
	books             *dataset.Reader[recommend.Book]
	ratings, activity *dataset.Reader[recommend.Activity]
}

// open opens all files before anything is written: a wrong name or a file of something else
// must not leave half an import behind. Ratings that go with a shop's own books are the shop's
// own, too, whatever their header.
func (o *Options) open(ctx context.Context, now time.Time) (*files, error) {
	f := new(files)
	var err error
	if o.Books != "" {
		f.books, err = dataset.OpenBooks(ctx, o.Books, o.Stdin)
	}
	if err == nil && o.Ratings != "" {
		own := f.books != nil && !f.books.Goodbooks
		f.ratings, err = dataset.OpenRatings(ctx, o.Ratings, o.Stdin, own, now)
	}
	if err == nil && o.Activity != "" {
		f.activity, err = dataset.OpenActivity(ctx, o.Activity, o.Stdin, now)
	}
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *files) close() error {
	var errs []error
	if f.books != nil {
		errs = append(errs, f.books.Close())
	}
	if f.ratings != nil {
		errs = append(errs, f.ratings.Close())
	}
	if f.activity != nil {
		errs = append(errs, f.activity.Close())
	}
	return errors.Join(errs...)
}
