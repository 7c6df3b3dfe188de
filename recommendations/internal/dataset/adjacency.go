package dataset

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// blanks stand between the numbers of a line.
const blanks = " \t\r"

// maxWord is more than any number has digits; what is longer is read on, and is none.
const maxWord = 64

// An adjacencyTable is the rows of a file with a line for each user: the user and then their
// items, as the benchmarks of the field are handed round. Each item is a row, so that a line may
// be as long as it likes. A user without items is none.
type adjacencyTable struct {
	file  string
	text  *bufio.Reader
	line  int
	user  string // of the line; "": the line begins
	word  []byte
	ended bool // the line has, behind the word that was read last
}

var adjacencyColumns = []column{
	userID: {name: "user_id", required: true, private: true},
	bookOf: {name: "item_id", required: true},
}

// newAdjacency returns the rows of a file of adjacency. Its ids count from 0 on.
func newAdjacency(f *file) *Reader[Interaction] {
	text := bufio.NewReaderSize(f, bufferSize)
	if start, err := text.Peek(3); err == nil && string(start) == "\ufeff" {
		_, _ = text.Discard(len(start)) // they are there
	}
	return &Reader[Interaction]{
		file: f, decode: decodeAdjacency,
		rows: &adjacencyTable{file: f.name, text: text, line: 1},
		row:  row{columns: adjacencyColumns, cells: make([]cell, len(adjacencyColumns))},
	}
}

func decodeAdjacency(r *row) Interaction {
	pair := Interaction{UserID: r.whole(userID), ItemID: r.whole(bookOf)}
	if pair.UserID < 0 {
		r.fault(adjacencyColumns[userID].name, "must be 0 or more")
	}
	if pair.ItemID < 0 {
		r.fault(adjacencyColumns[bookOf].name, "must be 0 or more, got %d", pair.ItemID)
	}
	return pair
}

func (t *adjacencyTable) header() []string      { return nil }
func (t *adjacencyTable) requireColumns() error { return nil }
func (t *adjacencyTable) ignored() []string     { return nil }

func (t *adjacencyTable) next(r *row) error {
	for {
		if t.ended {
			t.line++
			t.user, t.ended = "", false
		}
		word, err := t.nextWord()
		if err != nil {
			return err
		}
		switch {
		case word == "": // a blank line, or blanks at its end
		case t.user == "":
			t.user = word
		default:
			r.line = t.line
			r.cells[userID].text, r.cells[bookOf].text = t.user, word
			return nil
		}
	}
}

// nextWord returns the next word of the line, or nothing where the line ends without one.
func (t *adjacencyTable) nextWord() (string, error) {
	t.word = t.word[:0]
	for {
		c, err := t.text.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && len(t.word) > 0:
			return string(t.word), nil
		case errors.Is(err, io.EOF):
			return "", io.EOF
		case err != nil:
			return "", fmt.Errorf("%s:%d: row: %w", t.file, t.line, err)
		case c == '\n':
			t.ended = true
			return string(t.word), nil
		case strings.IndexByte(blanks, c) < 0:
			if len(t.word) < maxWord {
				t.word = append(t.word, c)
			}
		case len(t.word) > 0:
			return string(t.word), nil
		}
	}
}
