package importing

import (
	"fmt"
	"strings"
	"time"

	"bookmarket/recommendations/internal/console"
	"bookmarket/recommendations/internal/store"
)

// A Report says what became of the files' rows.
type Report struct {
	DryRun bool
	Files  []*FileReport
}

// A FileReport says what became of a file's rows.
type FileReport struct {
	Kind         string // books, ratings or activity
	File         string
	Rows         int // that were read
	Refused      int // that cannot be used
	Kept         int // that are in the store now or, in a dry run, could be
	Counts       store.Counts
	UnknownBooks int      // rows about books that there are not
	Ignored      []string // columns that mean nothing to us
	Goodbooks    bool     // the file is one of goodbooks-10k
	Took         time.Duration
}

func (f *FileReport) add(rows int, counts store.Counts) {
	f.Kept += rows
	f.Counts.Add(counts)
}

// String returns the summary: a line for each file, and below it what else there is to know.
func (r *Report) String() string {
	var b strings.Builder
	for _, f := range r.Files {
		fmt.Fprintf(&b, "%-10s %s: %s, %s refused (%s/s)\n",
			f.Kind, console.Count(f.Rows, "row"), f.outcome(r.DryRun), console.Thousands(f.Refused), console.Thousands(f.rate()))
		for _, note := range f.notes() {
			fmt.Fprintf(&b, "%-10s %s\n", "", note)
		}
	}
	if r.DryRun {
		b.WriteString("a dry run: nothing was written\n")
	}
	return b.String()
}

// outcome counts the rows that can be used. What would become of events only a store that
// takes them can tell, and what of books one that can be read.
func (f *FileReport) outcome(dryRun bool) string {
	if dryRun && f.Counts == (store.Counts{}) {
		return console.Thousands(f.Kept) + " good"
	}
	return fmt.Sprintf("%s new, %s changed, %s equal", console.Thousands(f.Counts.New), console.Thousands(f.Counts.Changed), console.Thousands(f.Counts.Equal))
}

func (f *FileReport) notes() (notes []string) {
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if f.Goodbooks {
		note("taken for a file of goodbooks-10k by its header: its books have our ids")
	}
	if len(f.Ignored) > 0 {
		note("columns without a meaning here: %q", f.Ignored)
	}
	if again := f.Kept - f.Counts.New - f.Counts.Changed - f.Counts.Equal; again > 0 && f.Counts != (store.Counts{}) {
		note("%s followed by another one of the same, which counts", console.Count(again, "row"))
	}
	if f.UnknownBooks > 0 {
		note("%s about books that there are not; they count once there are", console.Count(f.UnknownBooks, "row"))
	}
	if lost := f.Rows - f.Refused - f.Kept; lost > 0 {
		note("%s good but not kept: the import ended before", console.Count(lost, "row"))
	}
	return notes
}

// rate returns how many rows were read a second.
func (f *FileReport) rate() int {
	return int(float64(f.Rows) / max(f.Took.Seconds(), 1e-6))
}
