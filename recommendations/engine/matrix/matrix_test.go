package matrix_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
)

// equal compares to the bit: a matrix without values is not one whose values are all 1.
func equal(a, b *matrix.Sparse) bool {
	return a.Columns == b.Columns && slices.Equal(a.Start, b.Start) && slices.Equal(a.Column, b.Column) &&
		slices.Equal(a.Value, b.Value) && (a.Value == nil) == (b.Value == nil)
}

func TestGolden(t *testing.T) {
	// 0 5 0 7
	// 0 0 0 0
	// 2 0 0 3
	m, err := matrix.New(3, 4, []matrix.Entry{{2, 3, 3}, {0, 3, 7}, {2, 0, 2}, {0, 1, 5}})
	if err != nil {
		t.Fatal(err)
	}
	want := &matrix.Sparse{Columns: 4, Start: []int{0, 2, 2, 4}, Column: []int32{1, 3, 0, 3}, Value: []float32{5, 7, 2, 3}}
	if !equal(m, want) {
		t.Errorf("got %+v, want %+v", m, want)
	}
	// 0 0 2
	// 5 0 0
	// 0 0 0
	// 7 0 3
	want = &matrix.Sparse{Columns: 3, Start: []int{0, 1, 2, 2, 4}, Column: []int32{2, 0, 0, 2}, Value: []float32{2, 5, 7, 3}}
	if got := m.Transpose(); !equal(got, want) {
		t.Errorf("transposed: got %+v, want %+v", got, want)
	}
	if rows := m.Rows(); rows != 3 {
		t.Errorf("%d rows, want 3", rows)
	}
	if row, values := m.Row(2), m.Values(2); !slices.Equal(row, []int32{0, 3}) || !slices.Equal(values, []float32{2, 3}) {
		t.Errorf("row 2 is %v %v", row, values)
	}
	if row := m.Row(1); len(row) > 0 {
		t.Errorf("row 1 is %v, want nothing", row)
	}
}

func TestWithoutValues(t *testing.T) {
	m := &matrix.Sparse{Columns: 2, Start: []int{0, 1, 3}, Column: []int32{1, 0, 1}}
	if values := m.Values(1); values != nil {
		t.Errorf("values of row 1: %v", values)
	}
	want := &matrix.Sparse{Columns: 2, Start: []int{0, 1, 3}, Column: []int32{1, 0, 1}}
	if got := m.Transpose(); !equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestOutside(t *testing.T) {
	for _, outside := range []matrix.Entry{{Row: -1}, {Row: 2}, {Column: -1}, {Column: 3}} {
		_, err := matrix.New(2, 3, []matrix.Entry{{1, 2, 1}, outside, {0, 0, 1}})
		if err == nil || !strings.Contains(err.Error(), "outside of 2 rows and 3 columns") {
			t.Errorf("%+v: error %v", outside, err)
		}
	}
	// One of two entries of a cell is not looked at, but the cell is.
	if _, err := matrix.New(2, 3, []matrix.Entry{{5, 0, 1}, {5, 0, 2}}); err == nil {
		t.Error("a cell outside that has two entries: no error")
	}
}

func TestNothing(t *testing.T) {
	for _, rows := range []int{0, 2} {
		m, err := matrix.New(rows, 3, nil)
		if err != nil || m.Rows() != rows || len(m.Column) > 0 {
			t.Errorf("%d rows without entries: got %+v, error %v", rows, m, err)
			continue
		}
		if back := m.Transpose().Transpose(); !equal(back, m) {
			t.Errorf("transposed twice: got %+v, want %+v", back, m)
		}
	}
}

type cell struct{ row, column int32 }

func draw(t *rapid.T) (rows, columns int, entries []matrix.Entry) {
	r, c := rapid.Int32Range(1, 8).Draw(t, "rows"), rapid.Int32Range(1, 8).Draw(t, "columns")
	entry := rapid.Custom(func(t *rapid.T) matrix.Entry {
		return matrix.Entry{
			Row:    rapid.Int32Range(0, r-1).Draw(t, "row"),
			Column: rapid.Int32Range(0, c-1).Draw(t, "column"),
			Value:  rapid.Float32Range(-10, 10).Draw(t, "value"),
		}
	})
	// Without a length of its own a drawn slice has about five entries, which is next to nothing.
	n := rapid.IntRange(0, 60).Draw(t, "length")
	return int(r), int(c), rapid.SliceOfN(entry, n, n).Draw(t, "entries")
}

// The model is a map of cells, in which the last of several entries counts.
func TestNewIsAMapOfCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns, entries := draw(t)
		want := make(map[cell]float32)
		for _, e := range entries {
			want[cell{e.Row, e.Column}] = e.Value
		}
		m, err := matrix.New(rows, columns, entries)
		if err != nil {
			t.Fatal(err)
		}
		if m.Rows() != rows || m.Columns != columns || len(m.Column) != len(want) {
			t.Fatalf("%d × %d with %d entries, want %d × %d with %d", m.Rows(), m.Columns, len(m.Column), rows, columns, len(want))
		}
		for r := range rows {
			row, values := m.Row(r), m.Values(r)
			for at, c := range row {
				if at > 0 && row[at-1] >= c {
					t.Fatalf("row %d does not ascend: %v", r, row)
				}
				if value, ok := want[cell{int32(r), c}]; !ok || value != values[at] {
					t.Fatalf("cell %d, %d is %g, want %g", r, c, values[at], value)
				}
			}
		}
	})
}

func TestTranspose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns, entries := draw(t)
		exchanged := make([]matrix.Entry, len(entries))
		for i, e := range entries {
			exchanged[i] = matrix.Entry{Row: e.Column, Column: e.Row, Value: e.Value}
		}
		m, err := matrix.New(rows, columns, entries)
		if err != nil {
			t.Fatal(err)
		}
		want, err := matrix.New(columns, rows, exchanged)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "without values") {
			m.Value, want.Value = nil, nil
		}
		if got := m.Transpose(); !equal(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		if back := m.Transpose().Transpose(); !equal(back, m) {
			t.Fatalf("transposed twice: got %+v, want %+v", back, m)
		}
	})
}
