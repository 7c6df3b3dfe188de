package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// A table is a file's rows.
type table interface {
	// next fills in the next row: its line, its cells and what is wrong with its form. It
	// returns io.EOF behind the last one; any other error is the end, too.
	next(*row) error
	// header returns the names of a CSV file's columns as they are written, or nil.
	header() []string
	// requireColumns reports a column that must be there and that no row can have.
	requireColumns() error
	// ignored returns the names of columns that nobody asked for.
	ignored() []string
}

// newTable returns the rows of a file as its first character says: JSON Lines begin with an
// object, anything else is CSV.
func newTable(f *file, columns []column) (table, error) {
	text := bufio.NewReaderSize(f, bufferSize)
	start, err := text.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	if bytes.Equal(start, []byte("\ufeff")) { // a byte order mark, as spreadsheets write
		if _, err := text.Discard(len(start)); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	switch first(text) {
	case 0:
		return nil, fmt.Errorf("%s: is empty", f.name)
	case '{':
		return newJSONTable(f.name, text, columns), nil
	case '[':
		return nil, fmt.Errorf("%s: is a JSON array; write one object a line (jq -c '.[]')", f.name)
	}
	return newCSVTable(f.name, text, columns)
}

// first returns the first character that is not blank, or 0 where there is none among those
// that the reader can hold.
func first(text *bufio.Reader) byte {
	for n := 1; n <= text.Size(); n++ {
		start, err := text.Peek(n)
		if err != nil {
			return 0
		}
		if c := start[n-1]; !strings.ContainsRune(" \t\r\n", rune(c)) {
			return c
		}
	}
	return 0
}

// fold returns a column's name in the form in which names are compared: user_id, User-ID and
// userId are the same.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_- ", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// indexOf returns which of the columns a name means, or -1.
func indexOf(columns []column, name string) int {
	name = fold(name)
	return slices.IndexFunc(columns, func(c column) bool { return fold(c.name) == name })
}

// names returns the columns' names, all or the required ones.
func names(columns []column, all bool) string {
	var list []string
	for _, c := range columns {
		if all || c.required {
			list = append(list, c.name)
		}
	}
	return strings.Join(list, ", ")
}

// A rowLimit ends a text in which a row does not end: one in quotes that are never closed, say.
type rowLimit struct {
	text io.Reader
	left int // bytes that may be read until the row ends
	err  error
}

var errLongRow = fmt.Errorf("is longer than %d MiB, or in quotes that are never closed", maxRow>>20)

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.left == 0 && l.err == nil {
		l.err = errLongRow
	}
	if l.err != nil {
		return 0, l.err
	}
	n, err := l.text.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
