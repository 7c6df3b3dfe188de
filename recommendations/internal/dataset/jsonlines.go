package dataset

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"bookmarket/recommendations/internal/recommend"
)

// Keys are remembered up to a number and a length, which bounds what files of other things take.
const (
	maxKeys = 100
	maxKey  = 64
)

// A jsonTable is the rows of JSON Lines: an object on each line.
type jsonTable struct {
	file    string
	lines   *bufio.Reader
	columns []column
	line    int
	object  map[string]json.RawMessage
	keys    map[string]int // which column a key means; -1: none
}

func newJSONTable(name string, text io.Reader, columns []column) *jsonTable {
	return &jsonTable{
		file: name, columns: columns,
		lines:  bufio.NewReaderSize(text, maxRow),
		object: make(map[string]json.RawMessage),
		keys:   make(map[string]int),
	}
}

func (t *jsonTable) header() []string { return nil }

func (t *jsonTable) ignored() (names []string) {
	for key, c := range t.keys {
		if c < 0 {
			names = append(names, key)
		}
	}
	return names
}

// column returns which column a key means, or -1.
func (t *jsonTable) column(key string) int {
	c, ok := t.keys[key]
	if ok {
		return c
	}
	c = indexOf(t.columns, key)
	if len(t.keys) < maxKeys && len(key) <= maxKey {
		t.keys[key] = c
	}
	return c
}

// requireColumns leaves it to the rows: each has its own columns.
func (t *jsonTable) requireColumns() error { return nil }

func (t *jsonTable) next(r *row) error {
	line, err := t.nextLine()
	if err != nil {
		return err
	}
	r.line = t.line
	clear(r.cells)
	if !utf8.Valid(line) {
		r.fault("row", "must be valid UTF-8")
		return nil
	}
	clear(t.object)
	if err := json.Unmarshal(line, &t.object); err != nil {
		r.fault("row", "%s", jsonProblem(err))
		return nil
	}
	for key, value := range t.object {
		c := t.column(key)
		if c < 0 {
			continue
		}
		found, problem := jsonCell(value, t.columns[c].list)
		if r.cells[c].set {
			problem = "must not be there twice"
		}
		if problem != "" {
			r.fault(t.columns[c].name, "%s", problem)
		}
		r.cells[c] = found
		r.cells[c].set = true
	}
	// Maps have no order, and reports should.
	slices.SortFunc(r.faults, func(a, b recommend.FieldError) int { return cmp.Compare(a.Field, b.Field) })
	return nil
}

// nextLine returns the next line that is not blank.
func (t *jsonTable) nextLine() ([]byte, error) {
	for {
		line, err := t.lines.ReadSlice('\n')
		if len(line) == 0 && errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		t.line++
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("%s:%d: row: is longer than %d MiB", t.file, t.line, maxRow>>20)
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%s:%d: row: %w", t.file, t.line, err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
	}
}

func jsonProblem(err error) string {
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return "must be a JSON object"
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("must be a JSON object on one line: at its byte %d: %s", syntax.Offset, syntax.Error())
	}
	return err.Error()
}

// jsonCell returns what a value says: texts and numbers stand for themselves, null says nothing.
func jsonCell(value json.RawMessage, list bool) (c cell, problem string) {
	switch value[0] {
	case 'n':
		return cell{}, ""
	case '"':
		if json.Unmarshal(value, &c.text) != nil {
			return cell{}, "must be a text, got " + quote(string(value))
		}
		return cell{text: strings.TrimSpace(c.text)}, ""
	case '[':
		if !list {
			return cell{}, "must not be a list"
		}
		if json.Unmarshal(value, &c.list) != nil {
			return cell{}, "must be a list of texts, got " + quote(string(value))
		}
		return c, ""
	case '{', 't', 'f':
		return cell{}, "must be a text or a number, got " + quote(string(value))
	}
	return cell{text: string(value)}, ""
}
