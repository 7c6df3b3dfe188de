// Package console tells a person how long work goes: on a terminal by a bar, elsewhere by lines.
package console

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	// MaxFaults is how many rows that cannot be used are told one by one: a file in the wrong
	// encoding has millions.
	MaxFaults = 100
	// LineInterval is how often a line says how far the work is, where there is no terminal.
	LineInterval = 5 * time.Second
)

// Progress is how far a piece of work is.
type Progress struct {
	Work        string // what is worked on, which no two pieces in a row may share
	Title       string // the same in front of a bar
	Done, Total int64  // Total 0: unknown
	Bytes       bool   // are what Done and Total count
	Line        string // the same as a line
	End         bool   // of this piece
}

// A Console is where a person looks. It is for one goroutine at a time.
type Console struct {
	out      io.Writer
	terminal bool
	faults   int
	work     string                   // that the bar is of
	bar      *progressbar.ProgressBar // nil: none
	last     time.Time                // when there was a line
}

// New returns the console behind a writer.
func New(out io.Writer) *Console {
	return &Console{out: out, terminal: isTerminal(out), last: time.Now()}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Fault prints what is wrong with a row, as long as there are not too many of them.
func (c *Console) Fault(fault error) {
	c.faults++
	switch {
	case c.faults <= MaxFaults:
		c.Notice(fault.Error())
	case c.faults == MaxFaults+1:
		c.Notice("more rows cannot be used; from here on they are only counted")
	}
}

// Notice prints a line between the states of the bar.
func (c *Console) Notice(line string) {
	if c.bar != nil {
		_ = c.bar.Clear() // nobody is left to be told when a report cannot be printed
	}
	fmt.Fprintln(c.out, line)
}

// Progress may be called often.
func (c *Console) Progress(p Progress) {
	switch {
	case c.terminal:
		c.draw(p)
	case !p.End && time.Since(c.last) >= LineInterval:
		c.last = time.Now()
		fmt.Fprintf(c.out, "%s: %s\n", p.Work, p.Line)
	}
}

// draw brings the bar up to date.
func (c *Console) draw(p Progress) {
	if c.bar == nil || c.work != p.Work {
		total := p.Total
		if total == 0 {
			total = -1
		}
		c.work = p.Work
		c.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(c.out),
			progressbar.OptionShowBytes(p.Bytes),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetSpinnerChangeInterval(0), // it moves with the work, not by a goroutine
		)
	}
	c.bar.Describe(p.Title)
	_ = c.bar.Set64(p.Done)
	if p.End {
		_ = c.bar.Clear()
		c.bar = nil
	}
}
