// Package matrix holds what readers did with books as a sparse matrix of readers by items.
package matrix

import (
	"cmp"
	"fmt"
	"slices"
)

// Sparse is a matrix in compressed rows: row r's entries are those from Start[r] up to
// Start[r+1], by ascending column.
type Sparse struct {
	Columns int
	Start   []int
	Column  []int32
	Value   []float32 // nil: every entry is 1
}

// An Entry is one cell that is not 0.
type Entry struct {
	Row, Column int32
	Value       float32
}

// New returns the matrix of these entries, which it sorts. Of two entries of one cell the last
// counts. Rows and columns must be in range.
func New(rows, columns int, entries []Entry) (*Sparse, error) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
	m := &Sparse{Columns: columns, Start: make([]int, rows+1)}
	row := 0
	for i, e := range entries {
		if e.Row < 0 || int(e.Row) >= rows || e.Column < 0 || int(e.Column) >= columns {
			return nil, fmt.Errorf("entry %d,%d is outside of %d rows and %d columns", e.Row, e.Column, rows, columns)
		}
		if i+1 < len(entries) && entries[i+1].Row == e.Row && entries[i+1].Column == e.Column {
			continue
		}
		for ; row < int(e.Row); row++ {
			m.Start[row+1] = len(m.Column)
		}
		m.Column = append(m.Column, e.Column)
		m.Value = append(m.Value, e.Value)
	}
	for ; row < rows; row++ {
		m.Start[row+1] = len(m.Column)
	}
	return m, nil
}

// Rows returns the number of rows.
func (m *Sparse) Rows() int { return len(m.Start) - 1 }

// Row returns the columns of a row's entries, for reading only.
func (m *Sparse) Row(r int) []int32 { return m.Column[m.Start[r]:m.Start[r+1]] }

// Values returns the values of a row's entries, or nil where all are 1; for reading only.
func (m *Sparse) Values(r int) []float32 {
	if m.Value == nil {
		return nil
	}
	return m.Value[m.Start[r]:m.Start[r+1]]
}

// Transpose returns the matrix with rows and columns exchanged.
func (m *Sparse) Transpose() *Sparse {
	t := &Sparse{Columns: m.Rows(), Start: make([]int, m.Columns+1), Column: make([]int32, len(m.Column))}
	for _, c := range m.Column {
		t.Start[c+1]++
	}
	for c := range m.Columns {
		t.Start[c+1] += t.Start[c]
	}
	if m.Value != nil {
		t.Value = make([]float32, len(m.Value))
	}
	next := slices.Clone(t.Start[:m.Columns])
	for r := range m.Rows() {
		for i := m.Start[r]; i < m.Start[r+1]; i++ {
			c := m.Column[i]
			t.Column[next[c]] = int32(r)
			if m.Value != nil {
				t.Value[next[c]] = m.Value[i]
			}
			next[c]++
		}
	}
	return t
}
