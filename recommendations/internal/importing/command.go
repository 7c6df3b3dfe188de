package importing

import (
	"context"
	"fmt"
	"io"

	"bookmarket/recommendations/internal/console"
	"bookmarket/recommendations/internal/dataset"
)

// A Command is the import command, as kong parses it.
type Command struct {
	Books    string `placeholder:"FILE" help:"Books: id and title, and what else there is (docs/import.md). CSV with a header or JSON Lines; plain, .gz or .zst; - is standard input."`
	Ratings  string `placeholder:"FILE" help:"Ratings: user_id, book_id, rating, timestamp. Without a rating a row says that the reader has the book."`
	Activity string `placeholder:"FILE" help:"What readers did: event_id, user_id, book_id, kind (view, want, rating, purchase, not_interested), rating, occurred_at."`
	DryRun   bool   `help:"Read and check everything, and say what would become of it, but write nothing."`
	OnError  string `enum:"skip,abort" default:"skip" help:"What to do about a row that cannot be used: skip leaves it out, abort ends the import and keeps the batches before (${enum})."`
}

// Execute imports what the flags say into a store and prints the summary. Everything else
// that there is to say goes to stderr.
func (c *Command) Execute(ctx context.Context, st Store, stdin io.Reader, stdout, stderr io.Writer) error {
	screen := console.New(stderr)
	report, err := Run(ctx, st, Options{
		Books:    c.Books,
		Ratings:  c.Ratings,
		Activity: c.Activity,
		Stdin:    stdin,
		DryRun:   c.DryRun,
		Abort:    c.OnError == "abort",
		Fault:    func(fault *dataset.RowError) { screen.Fault(fault) },
		Notice:   screen.Notice,
		Progress: func(p Progress) { screen.Progress(console.Reading(p.File, p.Read, p.Size, p.Rows, p.Done)) },
	})
	if report != nil {
		fmt.Fprint(stdout, report)
	}
	return err
}
