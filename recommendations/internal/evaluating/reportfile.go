package evaluating

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A reportFile is a page that stands under its name when it is whole, and not before. The zero
// value is none.
type reportFile struct {
	path string
	temp *os.File
}

// newReportFile returns a report with this name, which is not written yet; "": none. It fails
// where no file can be written, so that nobody waits for a result first.
func newReportFile(path string) (*reportFile, error) {
	if path == "" {
		return new(reportFile), nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("--report: %s is a folder", path)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".evaluate-*.html")
	if err != nil {
		return nil, fmt.Errorf("--report: %w", err)
	}
	return &reportFile{path, temp}, nil
}

func (f *reportFile) write(result *Result) error {
	if f.temp == nil {
		return nil
	}
	err := errors.Join(result.html(f.temp), f.temp.Chmod(0o644), f.temp.Close())
	if err == nil {
		err = os.Rename(f.temp.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return nil
}

// discard removes what was not written.
func (f *reportFile) discard() {
	if f.temp == nil {
		return
	}
	_ = f.temp.Close() // it is closed already, or nobody wants it
	if err := os.Remove(f.temp.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return // nobody is left to be told
	}
}
