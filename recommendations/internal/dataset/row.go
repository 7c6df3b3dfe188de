package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bookmarket/recommendations/internal/recommend"
)

// A RowError is a row that cannot be used, and why.
type RowError struct {
	File   string
	Line   int // at which the row begins, from 1 on
	Faults []recommend.FieldError
}

// Error returns a line for each fault: FILE:LINE: column: what is wrong.
func (e *RowError) Error() string {
	var lines []string
	for _, fault := range e.Faults {
		lines = append(lines, fmt.Sprintf("%s:%d: %s: %s", e.File, e.Line, fault.Field, clip(fault.Problem, 160)))
	}
	return strings.Join(lines, "\n")
}

// A column is what a row may say.
type column struct {
	name     string
	required bool
	list     bool
	private  bool // its content stands in no report
}

// A cell is what a row says in a column: nothing, a text or, in JSON alone, a list.
type cell struct {
	text string
	list []string
	set  bool // by a key of a JSON object
}

// A row is what a line says, in the order of the columns that were asked for, and what is
// found wrong with it. It is used again for the next one.
type row struct {
	columns []column
	line    int
	cells   []cell
	named   func(column string) string // by any name in the file's header; nil in JSON
	faults  []recommend.FieldError
}

func (r *row) fault(field, format string, args ...any) {
	r.faults = append(r.faults, recommend.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// text returns a copy of what a column says: the original is part of the whole row, which
// would be kept with it.
func (r *row) text(column int) string { return strings.Clone(r.cells[column].text) }

// texts returns the parts of a list that are not blank.
func (r *row) texts(column int) []string {
	parts := r.cells[column].list
	if parts == nil {
		parts = strings.Split(r.cells[column].text, ";")
	}
	var list []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, strings.Clone(part))
		}
	}
	return list
}

// whole returns a column's whole number; 0 where it says nothing. Programs that hold columns
// with gaps as floating-point numbers write 4 as 4.0.
func (r *row) whole(column int) int64 {
	text := r.cells[column].text
	if text == "" {
		if r.columns[column].required {
			r.fault(r.columns[column].name, "must not be empty")
		}
		return 0
	}
	digits, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err == nil && strings.Trim(fraction, "0") == "":
		return n
	case r.columns[column].private:
		r.fault(r.columns[column].name, "must be a whole number")
	default:
		r.fault(r.columns[column].name, "must be a whole number, got %s", quote(text))
	}
	return 0
}

// number returns a column's number, or nil where it says nothing.
func (r *row) number(column int) *float64 {
	text := r.cells[column].text
	if text == "" {
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.fault(r.columns[column].name, "must be a number, got %s", quote(text))
		return nil
	}
	return &f
}

// check adds what a Validate method found, but in columns that were found wrong already.
func (r *row) check(err error, rename map[string]string) {
	if err == nil {
		return
	}
	found := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		found = joined.Unwrap()
	}
	known := r.faults
	for _, err := range found {
		fault, ok := err.(*recommend.FieldError) //nolint:errorlint // Validate joins them bare, and nobody wraps them.
		if !ok {
			fault = &recommend.FieldError{Field: "row", Problem: err.Error()}
		}
		if name, ok := rename[fault.Field]; ok {
			fault = &recommend.FieldError{Field: name, Problem: fault.Problem}
		}
		if !slices.ContainsFunc(known, func(k recommend.FieldError) bool { return k.Field == fault.Field }) {
			r.faults = append(r.faults, *fault)
		}
	}
}

// quote returns the beginning of a text as it may be printed anywhere.
func quote(text string) string { return strconv.Quote(clip(text, 48)) }

// clip returns at most n bytes of a text, and no half letter.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
