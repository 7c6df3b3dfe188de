// Package evaluating measures how good models are on files of ratings: it learns each of them on
// one part of the pairs of users and items, asks what they would recommend, and looks at what
// users turned to in the other part.
package evaluating

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"bookmarket/recommendations/internal/console"
)

// A Command is the evaluate command, as kong parses it.
type Command struct {
	Ratings        string  `placeholder:"FILE" group:"One file, which is split here:" help:"Ratings (user_id, book_id, rating; CSV, JSON Lines or goodbooks-10k's) or adjacency (a line for each user: the user, then their items). Plain, .gz or .zst; - is standard input."`
	Holdout        float64 `default:"0.2" group:"One file, which is split here:" help:"The share of each user's items that is held out (${default})."`
	MinReaderItems int     `default:"5" group:"One file, which is split here:" help:"Leave out users with fewer liked items (${default})."`

	LowRatings bool `group:"One file, which is split here:" help:"Let models know lower ratings, too: they are never held out, and no list has those books. The linear model also learns from them, as the service does."`

	Train string `placeholder:"FILE" group:"Or two files, which were split before:" help:"What models learn from, in the same forms."`
	Test  string `placeholder:"FILE" group:"Or two files, which were split before:" help:"What was held out: what the same users turned to besides."`

	MinRating *int    `placeholder:"1..5" group:"What is measured:" help:"What counts as liked: ratings from this on, and rows without a rating. Default: 4 with --ratings; with --train and --test every row, as they were split."`
	FoldIn    float64 `default:"0" group:"What is measured:" help:"Learn nothing from this share of the users; what they have is told only when something is recommended to them, as with new users."`
	Books     string  `placeholder:"FILE" group:"What is measured:" help:"Books with authors, series and categories, for models that learn from these, too."`

	Models []string `default:"linear,itemknn,rp3beta,popular,random" group:"What is measured:" help:"Which models, of linear, itemknn, rp3beta, popular, random (all). Each is compared with the first."`
	K      int      `default:"20" group:"What is measured:" help:"How long lists are (${default})."`
	Seed   uint64   `default:"1" group:"What is measured:" help:"What chance begins with: the same number gives the same result (${default})."`

	JSON   bool   `name:"json" group:"What is shown:" help:"Print everything as JSON instead of a table."`
	Report string `placeholder:"FILE.html" group:"What is shown:" help:"Write a page with figures, too."`
}

// Help is what `evaluate --help` says first.
func (*Command) Help() string {
	return `Models learn from one part of who has what, and recommend lists of K items, out of all items that a
user is not known to have. What is held out of the user tells how good the list is.

  recommendations evaluate --ratings ratings.csv.gz
  recommendations evaluate --ratings ratings.csv.gz --books books.csv.gz --fold-in 0.1 --report quality.html
  recommendations evaluate --train train.txt --test test.txt --min-rating 1 --models linear,popular --json

Each model chooses its parameters on the training part alone. The result is a table with intervals of
95 %, and a comparison of each model with the first; docs/evaluate.md says what the numbers mean. No
store is opened, and no setting is read.`
}

// Execute evaluates what the flags say and prints the result. How far it is goes to stderr.
func (c *Command) Execute(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	list, err := c.check()
	if err != nil {
		return err
	}
	report, err := newReportFile(c.Report)
	if err != nil {
		return err
	}
	defer report.discard()
	screen := console.New(stderr)
	data, err := c.read(ctx, stdin, screen)
	if err != nil {
		return err
	}
	result, err := evaluate(ctx, data, list, func(work string, done, total int) {
		screen.Progress(working(work, done, total))
	})
	if err != nil {
		return err
	}
	if err := report.write(result); err != nil {
		return err
	}
	if c.JSON {
		encoder := json.NewEncoder(stdout)
		return encoder.Encode(result)
	}
	_, err = fmt.Fprint(stdout, result)
	return err
}

// working is how far something is that is no reading of a file.
func working(work string, done, total int) console.Progress {
	return console.Progress{
		Work: work, Title: work, Line: fmt.Sprintf("%s of %s", console.Thousands(done), console.Thousands(total)),
		Done: int64(done), Total: int64(total), End: done == total,
	}
}

// check returns the models that are asked for, or all that is wrong with the flags.
func (c *Command) check() ([]model, error) {
	list, err := find(c.Models)
	errs := []error{err}
	fault := func(isWrong bool, problem string) {
		if isWrong {
			errs = append(errs, errors.New(problem))
		}
	}
	both := c.Train != "" && c.Test != ""
	fault((c.Ratings != "") == both || (c.Train == "") != (c.Test == ""), "name either one file, by --ratings, or two, by --train and --test")
	fault(c.LowRatings && c.Ratings == "", "--low-ratings goes with --ratings")
	standard := 0
	for _, path := range []string{c.Ratings, c.Train, c.Test, c.Books} {
		if path == "-" {
			standard++
		}
	}
	fault(standard > 1, "only one file can be standard input")
	fault(!(c.Holdout > 0 && c.Holdout < 1), "--holdout: must be above 0 and below 1")
	fault(c.MinReaderItems < 1, "--min-reader-items: must be 1 or more")
	fault(c.MinRating != nil && (*c.MinRating < 1 || *c.MinRating > 5), "--min-rating: must be between 1 and 5")
	fault(!(c.FoldIn >= 0 && c.FoldIn < 1), "--fold-in: must be 0 or more and below 1")
	fault(c.K < 1 || c.K > maxK, fmt.Sprintf("--k: must be between 1 and %d", maxK))
	return list, errors.Join(errs...)
}

// maxK bounds what lists of all users take of memory.
const maxK = 1000
