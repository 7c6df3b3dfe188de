package trainertest

import (
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
)

// Draw returns readers × items. Its values are multiples of 1/4, or nil: sums of their products
// are exact, so the order of summation does not show.
func Draw(t *rapid.T) *matrix.Sparse {
	rows, columns := rapid.Int32Range(1, 20).Draw(t, "readers"), rapid.Int32Range(1, 12).Draw(t, "items")
	entry := rapid.Custom(func(t *rapid.T) matrix.Entry {
		return matrix.Entry{
			Row:    rapid.Int32Range(0, rows-1).Draw(t, "reader"),
			Column: rapid.Int32Range(0, columns-1).Draw(t, "item"),
			Value:  float32(rapid.IntRange(1, 16).Draw(t, "quarters")) / 4,
		}
	})
	// Without a length of its own a drawn slice has about five entries, which is next to nothing.
	n := rapid.IntRange(0, 80).Draw(t, "length")
	m, err := matrix.New(int(rows), int(columns), rapid.SliceOfN(entry, n, n).Draw(t, "entries"))
	if err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "binary") {
		m.Value = nil
	}
	return m
}

// Permute returns a matrix with its rows in a drawn order.
func Permute(t *rapid.T, m *matrix.Sparse) *matrix.Sparse {
	order := make([]int, m.Rows())
	for r := range order {
		order[r] = r
	}
	permuted := &matrix.Sparse{Columns: m.Columns, Start: []int{0}}
	for _, r := range rapid.Permutation(order).Draw(t, "order") {
		permuted.Column = append(permuted.Column, m.Row(r)...)
		permuted.Value = append(permuted.Value, m.Values(r)...)
		permuted.Start = append(permuted.Start, len(permuted.Column))
	}
	return permuted
}

// Random returns binary readers × items, about so many items per reader, some of them in many
// rows and most in few.
func Random(readers, items, perReader int) *matrix.Sparse {
	random := rand.New(rand.NewPCG(1, 2))
	var entries []matrix.Entry
	for r := range readers {
		for range perReader {
			x := random.Float64()
			entries = append(entries, matrix.Entry{Row: int32(r), Column: int32(x * x * float64(items)), Value: 1})
		}
	}
	m, err := matrix.New(readers, items, entries)
	if err != nil {
		panic(err)
	}
	m.Value = nil
	return m
}

// Equal reports whether two matrices are the same to the bit.
func Equal(a, b *matrix.Sparse) bool {
	return a.Columns == b.Columns && slices.Equal(a.Start, b.Start) && slices.Equal(a.Column, b.Column) &&
		slices.Equal(a.Value, b.Value) && (a.Value == nil) == (b.Value == nil)
}

// Dense returns each value of a matrix.
func Dense(m *matrix.Sparse) [][]float64 {
	rows := make([][]float64, m.Rows())
	for r := range rows {
		rows[r] = make([]float64, m.Columns)
		for at, c := range m.Row(r) {
			rows[r][c] = 1
			if m.Value != nil {
				rows[r][c] = float64(m.Values(r)[at])
			}
		}
	}
	return rows
}
