package evaluating

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"bookmarket/recommendations/internal/console"
	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/recommend"
)

// rowsOf returns the rows of a file.
func rowsOf(t *testing.T, path string) []dataset.Interaction {
	t.Helper()
	reader, err := dataset.OpenInteractions(t.Context(), path, nil, false, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readFile(&files{t.Context(), nil, console.New(new(strings.Builder)), time.Now()}, reader)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// rows returns rows of user, item and rating.
func rows(list [][3]int64) (rows []dataset.Interaction) {
	for _, row := range list {
		rows = append(rows, dataset.Interaction{UserID: row[0], ItemID: row[1], Rating: int(row[2])})
	}
	return rows
}

func TestPairs(t *testing.T) {
	liked := rows([][3]int64{{2, 5, 4}, {1, 9, 0}, {2, 5, 1}, {1, 7, 3}, {2, 6, 5}, {1, 8, 5}, {1, 8, 4}, {3, 1, 5}})
	got := newPairs(slices.Clone(liked), 4, false)
	ids := func(p pairs) (list [][2]int64) {
		for _, pair := range p {
			list = append(list, [2]int64{pair.UserID, pair.ItemID})
		}
		return list
	}
	if want := [][2]int64{{1, 8}, {1, 9}, {2, 5}, {2, 6}, {3, 1}}; !slices.Equal(ids(got), want) {
		t.Errorf("liked are %v, want %v", got, want)
	}
	if all := newPairs(slices.Clone(liked), 0, false); len(all) != 6 {
		t.Errorf("all are %v", all)
	}
	if want := [][2]int64{{1, 9}, {2, 6}}; !slices.Equal(ids(slices.Clone(got).without(rows([][3]int64{{1, 8, 1}, {2, 5, 1}, {3, 1, 0}}))), want) {
		t.Errorf("without others they are not %v", want)
	}
	if want := [][2]int64{{1, 8}, {1, 9}, {2, 5}, {2, 6}}; !slices.Equal(ids(got.busy(2, 4)), want) {
		t.Errorf("of busy users they are %v, want %v", got, want)
	}
}

// Low ratings are known, and nothing is held out of them.
func TestLowRatings(t *testing.T) {
	all := newPairs(rows([][3]int64{{1, 1, 5}, {1, 2, 1}, {1, 2, 0}, {1, 3, 3}, {1, 4, 2}, {1, 5, 4}, {2, 1, 5}, {2, 2, 1}}), 4, true)
	if want := []float32{1, 1, 0.5, 0.3, 1, 1, 0.3}; !slices.Equal(all.weights(4), want) {
		t.Errorf("got %v, want %v", all.weights(4), want)
	}
	if w := all.weights(1); w != nil {
		t.Errorf("where everything is liked there are weights: %v", w)
	}
	d := splitData(all.busy(2, 4), 4, 0.9, 1)
	if held := d.held.Row(0); len(held) != 2 || len(d.held.Row(d.held.Rows()-1)) != 2 || d.held.Rows() != 1 {
		t.Errorf("held out are %v", held)
	}
	if known := d.training.readers; len(known.Row(0)) != 3 || len(known.Values(0)) != 3 {
		t.Errorf("models know %v, liked by %v", known.Row(0), known.Values(0))
	}
}

// Users and items of either file have a place, in the order of their ids.
func TestNewData(t *testing.T) {
	d := newData(rows([][3]int64{{1, 30}, {1, 50}, {7, 10}}), rows([][3]int64{{1, 10}, {4, 20}}))
	if !slices.Equal(d.items, []int64{10, 20, 30, 50}) || d.histories.Rows() != 3 || d.held.Rows() != 3 {
		t.Fatalf("the data is %+v", d)
	}
	for user, want := range [][2][]int32{{{2, 3}, {0}}, {nil, {1}}, {{0}, nil}} {
		if !slices.Equal(d.histories.Row(user), want[0]) || !slices.Equal(d.held.Row(user), want[1]) {
			t.Errorf("user %d has %v and turns to %v, want %v", user, d.histories.Row(user), d.held.Row(user), want)
		}
	}
}

// The thirds of seven users with 1, 1, 1, 2, 5, 9 and 9 items.
func TestParts(t *testing.T) {
	var train, test pairs
	for user, n := range []int64{5, 1, 9, 1, 2, 9, 1} {
		for item := range n {
			train = append(train, dataset.Interaction{UserID: int64(user), ItemID: item})
		}
		test = append(test, dataset.Interaction{UserID: int64(user), ItemID: 20})
	}
	d := newData(train, test)
	d.learnFrom([]int32{4})
	want := []part{
		{"light", []int{1, 3, 6}, 1, 1},
		{"heavy", []int{0, 2, 5}, 5, 9},
		{"folded in", []int{4}, 2, 2},
	}
	if got := d.parts([]int32{0, 1, 2, 3, 4, 5, 6}); !reflect.DeepEqual(got, want) {
		t.Errorf("the parts are %+v, want %+v", got, want)
	}
	if got := d.parts([]int32{1, 3}); len(got) != 1 || got[0].name != "light" {
		t.Errorf("users who are alike are %+v", got)
	}
}

func TestItemBooks(t *testing.T) {
	books := []recommend.Book{{ID: 30}, {ID: 10}, {ID: 99}} // of 99 nobody has anything
	got := itemBooks(books, []int64{10, 20, 30})
	if got[0] != &books[1] || got[1] != nil || got[2] != &books[0] {
		t.Errorf("got %v", got)
	}
}
