package dataset

import (
	"errors"
	"io"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/recommend"
)

// fuzz reads content as each kind of file: nothing may panic or go on for ever, and what is
// accepted must be valid.
func fuzz(t *testing.T, content string) {
	t.Helper()
	books, err := OpenBooks(t.Context(), "-", strings.NewReader(content))
	checkRows(t, content, books, err, func(b recommend.Book) error { return b.Validate() })
	ratings, err := OpenRatings(t.Context(), "-", strings.NewReader(content), false, now)
	checkRows(t, content, ratings, err, func(a recommend.Activity) error { return a.Validate(now) })
	activity, err := OpenActivity(t.Context(), "-", strings.NewReader(content), now)
	checkRows(t, content, activity, err, func(a recommend.Activity) error { return a.Validate(now) })
}

func checkRows[T any](t *testing.T, content string, reader *Reader[T], err error, validate func(T) error) {
	t.Helper()
	if err != nil {
		checkText(t, err)
		return
	}
	defer func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}()
	// Each row takes a byte and a line end at least.
	for range len(content)/2 + 2 {
		value, err := reader.Read()
		var fault *RowError
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &fault):
			if fault.Line < 1 || fault.Line > strings.Count(content, "\n")+1 && !compressed(content) {
				t.Errorf("a fault at line %d", fault.Line)
			}
			checkText(t, err)
		case err != nil:
			checkText(t, err)
			return
		default:
			if err := validate(value); err != nil {
				t.Errorf("accepted %+v: %v", value, err)
			}
		}
	}
	if !compressed(content) {
		t.Errorf("more rows than %d bytes have", len(content))
	}
}

func compressed(content string) bool {
	return strings.HasPrefix(content, "\x1f\x8b") || strings.HasPrefix(content, "\x28\xb5\x2f\xfd")
}

// checkText wants a report that a terminal can show: short lines without control characters.
func checkText(t *testing.T, err error) {
	t.Helper()
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if len(line) > 400 || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("the report %q", line)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add(duneFiles["CSV"])
	f.Add(duneFiles["CSV from a spreadsheet"])
	f.Add("user_id,book_id,rating,timestamp\n7,1,5,2026-01-02T03:04:05Z\n7,2,,1700000000\n")
	f.Add("event_id,user_id,book_id,kind,rating,occurred_at\ne1,7,1,KIND_VIEW,,\n,7,2,rating,4,1\n")
	f.Add("book_id,user_id,rating\n126,7,5\n9223372036854775807,1,1\n")
	f.Add("book_id,work_id,original_publication_year,work_text_reviews_count,title,isbn\n126,1,1965.0,3,Dune (Dune #1),340839937\n")
	f.Add("id,title\n\"1,\n\"\"\"\n1,\"x\"y\n2,a\"b\n")
	f.Add(string(gzipped(f, "id,title\n1,Dune\n")))
	f.Add(string(zstded(f, "id,title\n1,Dune\n")))
	f.Fuzz(fuzz)
}

func FuzzJSONLines(f *testing.F) {
	f.Add(duneFiles["JSON Lines"])
	f.Add(duneFiles["JSON Lines of other programs"])
	f.Add(`{"user_id":7,"book_id":1,"rating":5,"timestamp":1700000000}` + "\n" + `{"userId":"7","bookId":"1","kind":"KIND_WANT","occurredAt":"2026-01-02T03:04:05Z"}`)
	f.Add("{\"id\":1,\"id\":2,\"ID\":[],\"title\":{}}\nnull\n[]\n{\"id\":\"\\ud800\",\"title\":\"\\u0000\"}\n")
	f.Add(`{"id":` + strings.Repeat("[", 100))
	f.Fuzz(fuzz)
}
