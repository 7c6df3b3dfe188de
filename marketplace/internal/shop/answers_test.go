package shop

import (
	"errors"
	"slices"
	"testing"
)

func TestUsable(t *testing.T) {
	a, b, c := &Book{ID: 1, Title: "A"}, &Book{ID: 2, Title: "B"}, &Book{ID: 3, Title: "C"}
	tests := map[string]struct {
		answer []*Book
		n      int
		want   []int64
		err    error
	}{
		"nothing":           {nil, 3, nil, nil},
		"all":               {[]*Book{a, b}, 3, []int64{1, 2}, nil},
		"too many":          {[]*Book{a, b, c}, 2, []int64{1, 2}, nil},
		"twice":             {[]*Book{a, a, b, a, c}, 3, []int64{1, 2, 3}, nil},
		"some of no use":    {[]*Book{nil, {}, {ID: 4}, {Title: "t"}, {ID: -1, Title: "t"}, c}, 2, []int64{3}, nil},
		"all of no use":     {[]*Book{nil, {ID: 4}}, 3, nil, errUnusable},
		"nothing asked for": {[]*Book{a}, 0, nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := slices.Clone(test.answer)
			books, err := usable(test.answer, test.n, itself)
			equal(t, "books", bookIDs(books), test.want)
			if !errors.Is(err, test.err) || (err != nil) != (test.err != nil) {
				t.Errorf("the error is %v, want %v", err, test.err)
			}
			clear(books)
			if !slices.Equal(test.answer, before) {
				t.Error("the answer, which somebody else may hold, was changed")
			}
		})
	}
}
