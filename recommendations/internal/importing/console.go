package importing

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"bookmarket/recommendations/internal/dataset"
)

const (
	// maxFaults is how many rows that cannot be used are told one by one: a file in the wrong
	// encoding has millions.
	maxFaults = 100
	// lineInterval is how often a line says how far an import is, where there is no terminal.
	lineInterval = 5 * time.Second
)

// A console tells a person how an import goes: on a terminal by a bar, elsewhere by lines.
type console struct {
	out      io.Writer
	terminal bool
	faults   int
	file     string                   // that the bar is of
	bar      *progressbar.ProgressBar // nil: none
	last     time.Time                // when there was a line
}

func newConsole(out io.Writer) *console {
	return &console{out: out, terminal: isTerminal(out), last: time.Now()}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// fault prints a row's faults, as long as there are not too many of them.
func (c *console) fault(fault *dataset.RowError) {
	c.faults++
	switch {
	case c.faults <= maxFaults:
		c.notice(fault.Error())
	case c.faults == maxFaults+1:
		c.notice("more rows cannot be used; from here on they are only counted")
	}
}

// notice prints a line between the states of the bar.
func (c *console) notice(line string) {
	if c.bar != nil {
		_ = c.bar.Clear() // nobody is left to be told when a report cannot be printed
	}
	fmt.Fprintln(c.out, line)
}

func (c *console) progress(p Progress) {
	switch {
	case c.terminal:
		c.draw(p)
	case !p.Done && time.Since(c.last) >= lineInterval:
		c.last = time.Now()
		fmt.Fprintf(c.out, "%s: %s\n", p.File, p)
	}
}

// draw brings the bar up to date.
func (c *console) draw(p Progress) {
	if c.bar == nil || c.file != p.File {
		total := p.Size
		if total == 0 {
			total = -1
		}
		c.file = p.File
		c.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(c.out),
			progressbar.OptionShowBytes(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetSpinnerChangeInterval(0), // it moves with the rows, not by a goroutine
		)
	}
	c.bar.Describe(fmt.Sprintf("%s, %s", filepath.Base(p.File), rows(p.Rows)))
	_ = c.bar.Set64(p.Read)
	if p.Done {
		_ = c.bar.Clear()
		c.bar = nil
	}
}

// String says how far an import is.
func (p Progress) String() string {
	if p.Size == 0 {
		return rows(p.Rows)
	}
	return fmt.Sprintf("%s, %d%% of the file", rows(p.Rows), p.Read*100/p.Size)
}
