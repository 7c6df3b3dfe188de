package dataset

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func readInteractions(content string) ([]Interaction, []string, error) {
	return readAll(OpenInteractions(context.Background(), "-", strings.NewReader(content), false, now))
}

// Whoever has what can be written down in many ways.
func TestInteractions(t *testing.T) {
	unrated := []Interaction{{UserID: 7, ItemID: 1}, {UserID: 7, ItemID: 2}, {UserID: 9, ItemID: 1}}
	rated := []Interaction{{UserID: 7, ItemID: 1, Rating: 5}, {UserID: 7, ItemID: 2, Rating: 3}, {UserID: 9, ItemID: 1, Rating: 4}}
	bundled := []Interaction{{UserID: 7, ItemID: 6, Rating: 5}, {UserID: 7, ItemID: 10_002, Rating: 3}}
	for content, want := range map[string][]Interaction{
		"7 1 2\n9 1\n":                                  unrated,
		"\ufeff7 1 2\r\n9 1":                            unrated,
		"\n  7\t1  2 \n\n8\n\t9 1\n10\n":                unrated,
		"book_id,user_id\n1,7\n2,7\n1,9\n":              unrated,
		"user_id,book_id,rating\n7,1,5\n7,2,3\n9,1,4\n": rated,
		`{"user_id":7,"book_id":1,"rating":5}` + "\n" + `{"user_id":7,"book_id":2,"rating":3}` + "\n" + `{"user_id":9,"book_id":1,"rating":4}`: rated,
		"book_id,user_id,rating\n126,7,5\n2,7,3\n":         bundled,
		string(gzipped(t, "7 1 2\n9 1\n")):                 unrated,
		string(zstded(t, "7 1 2\n9 1\n")):                  unrated,
		"0 0\n":                                            {{}},
		"5\n":                                              nil,
		"1 " + strings.Repeat(" ", 2<<20) + "2\n":          {{UserID: 1, ItemID: 2}},
		"1" + strings.Repeat(" 2", 1<<20) + "\n" + "2 3\n": append(slices.Repeat([]Interaction{{UserID: 1, ItemID: 2}}, 1<<20), Interaction{UserID: 2, ItemID: 3}),
		"user_id,book_id,timestamp,shelf\n7,1,1700000000,a\n7,2,,\n9,1,,": unrated,
	} {
		got, faults, err := readInteractions(content)
		if err != nil || len(faults) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%.60q: %d interactions, %v, %v, want %d", content, len(got), faults, err, len(want))
		}
	}
}

func TestBadAdjacency(t *testing.T) {
	for content, want := range map[string][]string{
		"1 2 x 4\n":    {`stdin:1: item_id: must be a whole number, got "x"`},
		"1 2\n\n3 -4":  {`stdin:3: item_id: must be 0 or more, got -4`},
		"1 2\nbob 3\n": {`stdin:2: user_id: must be a whole number`},
		"1 2\n-5 3\n":  {`stdin:2: user_id: must be 0 or more`},
		"1 2,3\n":      {`stdin:1: item_id: must be a whole number, got "2,3"`},
		"1 2\n3 " + strings.Repeat("9", 100): {
			`stdin:2: item_id: must be a whole number, got "999999999999999999999999999999999999999999999999…"`,
		},
	} {
		_, faults, err := readInteractions(content)
		if err != nil || !slices.Equal(faults, want) {
			t.Errorf("%q: %q, %v, want %q", content, faults, err, want)
		}
	}
	for content, want := range map[string]string{
		"":                                       "stdin: is empty",
		"1,2,5\n":                                "stdin:1: header: lacks the column user_id; columns are user_id, book_id, rating, timestamp, of which user_id, book_id must be there",
		string(gzipped(t, "1 2\n3 4\n5 6"))[:28]: "stdin: ends too early: the compressed file is cut off",
	} {
		if _, _, err := readInteractions(content); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", content, err, want)
		}
	}
}

// What a disk says in the middle of a file is no end of it.
func TestAdjacencyThatCannotBeRead(t *testing.T) {
	broken := errors.New("the disk is broken")
	content := strings.Repeat("1 2\n", bufferSize)
	_, _, err := readAll(OpenInteractions(t.Context(), "-", iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("1 2"))), false, now))
	if !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("the error is %v", err)
	}
	got, _, err := readAll(OpenInteractions(t.Context(), "-", &failing{strings.NewReader(content), broken}, false, now))
	if !errors.Is(err, broken) || len(got) != bufferSize {
		t.Errorf("behind %d interactions the error is %v", len(got), err)
	}
}

// A failing reader fails behind its text.
type failing struct {
	*strings.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil {
		err = f.err
	}
	return n, err
}

func FuzzAdjacency(f *testing.F) {
	f.Add("7 1 2\n9 1\n")
	f.Add("\ufeff 7\t1\r\n\n-8 x 1.0 2.5 99999999999999999999\n5")
	f.Add(string(gzipped(f, "7 1 2\n")))
	f.Fuzz(func(t *testing.T, content string) {
		reader, err := OpenInteractions(t.Context(), "-", strings.NewReader(content), false, now)
		checkRows(t, content, reader, err, func(i Interaction) error {
			if i.UserID < 0 || i.ItemID < 0 || i.Rating < 0 || i.Rating > 5 {
				return errors.New("is out of range")
			}
			return nil
		})
	})
}
