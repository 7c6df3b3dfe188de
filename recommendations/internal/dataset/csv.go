package dataset

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A csvTable is the rows of CSV as of RFC 4180.
type csvTable struct {
	file    string
	reader  *csv.Reader
	limit   *rowLimit
	columns []column
	line    int // of the header
	names   []string
	at      map[string]int // where the header has a name
	cells   []int          // where the header has the columns that were asked for; -1: nowhere
	others  []string
	record  []string
}

func newCSVTable(name string, text io.Reader, columns []column) (*csvTable, error) {
	limit := &rowLimit{text: text, left: maxRow}
	t := &csvTable{file: name, limit: limit, columns: columns, reader: csv.NewReader(limit), line: 1, at: make(map[string]int)}
	t.reader.ReuseRecord = true
	t.reader.TrimLeadingSpace = true
	record, err := t.reader.Read()
	var form *csv.ParseError
	switch {
	case errors.As(err, &form):
		return nil, fmt.Errorf("%s:%d: header: %s", name, form.StartLine, formProblem(form))
	case err != nil:
		return nil, fmt.Errorf("%s:1: header: %w", name, err)
	}
	t.line, _ = t.reader.FieldPos(0)
	t.cells = slices.Repeat([]int{-1}, len(columns))
	for i, title := range record {
		if problem := t.add(i, strings.Clone(strings.TrimSpace(title))); problem != "" {
			return nil, fmt.Errorf("%s:%d: header: %s", name, t.line, problem)
		}
	}
	return t, nil
}

// add takes note of the header's i-th name.
func (t *csvTable) add(i int, title string) (problem string) {
	t.names = append(t.names, title)
	if _, ok := t.at[title]; !ok {
		t.at[title] = i
	}
	c := indexOf(t.columns, title)
	switch {
	case c < 0:
		t.others = append(t.others, title)
	case t.cells[c] >= 0:
		return fmt.Sprintf("has the column %s twice", t.columns[c].name)
	default:
		t.cells[c] = i
	}
	return ""
}

// requireColumns reports what the header must have and has not.
func (t *csvTable) requireColumns() error {
	for i, c := range t.columns {
		if !c.required || t.cells[i] >= 0 {
			continue
		}
		if len(t.names) == 1 && strings.ContainsAny(t.names[0], ";\t|") {
			return fmt.Errorf("%s:%d: header: columns must be separated by commas, got %s", t.file, t.line, quote(t.names[0]))
		}
		return fmt.Errorf("%s:%d: header: lacks the column %s; columns are %s, of which %s must be there",
			t.file, t.line, c.name, names(t.columns, true), names(t.columns, false))
	}
	return nil
}

func (t *csvTable) header() []string  { return t.names }
func (t *csvTable) ignored() []string { return t.others }

func (t *csvTable) next(r *row) error {
	t.limit.left = maxRow
	record, err := t.reader.Read()
	var form *csv.ParseError
	switch {
	case err == nil:
		r.line, _ = t.reader.FieldPos(0)
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &form) && t.limit.err == nil:
		r.line = form.StartLine
		r.fault("row", "%s", t.problem(form, len(record)))
	default:
		line := 0
		if len(record) > 0 {
			line, _ = t.reader.FieldPos(0)
		}
		return fmt.Errorf("%s:%d: row: %w", t.file, line, cmp.Or(t.limit.err, err))
	}
	t.record = record
	r.named = t.value
	for i, at := range t.cells {
		r.cells[i] = cell{}
		if at >= 0 && at < len(record) {
			r.cells[i].text = strings.TrimSpace(record[at])
		}
	}
	return nil
}

// value returns what the latest row says in the header's column of a name.
func (t *csvTable) value(name string) string {
	if at, ok := t.at[name]; ok && at < len(t.record) {
		return strings.TrimSpace(t.record[at])
	}
	return ""
}

// problem says what is wrong with the form of a row.
func (t *csvTable) problem(err *csv.ParseError, fields int) string {
	if errors.Is(err, csv.ErrFieldCount) {
		return fmt.Sprintf("has another number of fields (%d) than the header (%d)", fields, len(t.names))
	}
	return formProblem(err)
}

func formProblem(err *csv.ParseError) string {
	where := ""
	if err.Line != err.StartLine {
		where = fmt.Sprintf(" at line %d", err.Line)
	}
	if errors.Is(err, csv.ErrQuote) {
		return fmt.Sprintf(`has a quote%s that is not closed, or text behind the closing one; a quote inside is written twice: ""`, where)
	}
	return fmt.Sprintf(`has a quote%s in a field that does not begin with one; write the field in quotes, and the quote twice: ""`, where)
}
