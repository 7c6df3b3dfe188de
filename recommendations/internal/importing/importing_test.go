package importing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"bookmarket/recommendations/internal/importing"
	"bookmarket/recommendations/internal/recommend"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write writes a file into a folder of the test's.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var rate = regexp.MustCompile(`\([0-9,]+/s\)`)

// execute runs the command and returns what it prints, without rates, which no two runs share.
func execute(ctx context.Context, st importing.Store, c importing.Command, stdin io.Reader) (out, errOut string, err error) {
	var o, e strings.Builder
	err = c.Execute(ctx, st, stdin, &o, &e)
	return rate.ReplaceAllString(o.String(), "(n/s)"), e.String(), err
}

const (
	booksFile = "id,title,shelf\n1,Dune,a\n2,Emma,b\nx,Faust,c\n2,Emma (2),b\n"
	// The first two rows are of one pair; book 9 is unknown.
	ratingsFile  = "user_id,book_id,rating\n7,1,3\n7,1,5\n7,9,4\n8,2,\n"
	activityFile = "user_id,book_id,kind,occurred_at\n7,2,want,1700000000\n7,2,like,\n"
)

func TestImport(t *testing.T) {
	st := newStore(t)
	c := importing.Command{Books: write(t, "books.csv", booksFile), Ratings: write(t, "ratings.csv", ratingsFile), Activity: "-"}
	out, errOut, err := execute(t.Context(), st, c, strings.NewReader(activityFile))
	if err != nil {
		t.Fatal(err)
	}
	const want = `books      4 rows: 2 new, 0 changed, 0 equal, 1 refused (n/s)
           columns without a meaning here: ["shelf"]
           1 row followed by another one of the same, which counts
ratings    4 rows: 3 new, 0 changed, 0 equal, 0 refused (n/s)
           1 row followed by another one of the same, which counts
           1 row about books that there are not; they count once there are
activity   2 rows: 1 new, 0 changed, 0 equal, 1 refused (n/s)
`
	if out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
	wantFaults := c.Books + `:4: id: must be a whole number, got "x"
stdin:3: kind: must be one of view, want, rating, purchase, not_interested, got "like"
`
	if errOut != wantFaults {
		t.Errorf("got\n%swant\n%s", errOut, wantFaults)
	}
	books, events := st.contents(t, 7, 8)
	if len(books) != 2 || books[2].Title != "Emma (2)" {
		t.Errorf("the books are %+v", books)
	}
	var got []string
	for _, e := range events {
		got = append(got, fmt.Sprintf("%s %v %d", e.EventID, e.Kind, e.Rating))
	}
	if want := "want:7:2:0:1700000000000000 want 0, rating:7:9 rating 4, rating:7:1 rating 5, rating:8:2 purchase 0"; strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}

func TestImportAgain(t *testing.T) {
	st := newStore(t)
	c := importing.Command{Books: write(t, "books.csv", booksFile), Ratings: write(t, "ratings.csv", ratingsFile), Activity: write(t, "activity.csv", activityFile)}
	if _, _, err := execute(t.Context(), st, c, nil); err != nil {
		t.Fatal(err)
	}
	revision, err := st.CatalogRevision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := execute(t.Context(), st, c, nil)
	for _, line := range []string{"books      4 rows: 0 new, 0 changed, 2 equal, 1 refused", "ratings    4 rows: 0 new, 0 changed, 3 equal, 0 refused", "activity   2 rows: 0 new, 0 changed, 1 equal, 1 refused"} {
		if err != nil || !strings.Contains(out, line) {
			t.Errorf("want %q in\n%s, %v", line, out, err)
		}
	}
	if after, err := st.CatalogRevision(t.Context()); after != revision || err != nil {
		t.Errorf("the catalogue's revision went from %d to %d, %v", revision, after, err)
	}
}

func TestDryRun(t *testing.T) {
	st := newStore(t)
	if _, err := st.PutBooks(t.Context(), []recommend.Book{{ID: 1, Title: "Dune"}, {ID: 2, Title: "Emma"}}); err != nil {
		t.Fatal(err)
	}
	c := importing.Command{
		Books:   write(t, "books.csv", "id,title\n1,Dune\n2,Emma (2)\n3,Faust\n"),
		Ratings: write(t, "ratings.csv", "user_id,book_id\n7,3\n7,4\n"),
		DryRun:  true,
	}
	out, _, err := execute(t.Context(), st, c, nil)
	const want = `books      3 rows: 1 new, 1 changed, 1 equal, 0 refused (n/s)
ratings    2 rows: 2 good, 0 refused (n/s)
           1 row about books that there are not; they count once there are
a dry run: nothing was written
`
	if err != nil || out != want {
		t.Errorf("got\n%s, %v, want\n%s", out, err, want)
	}
	books, events := st.contents(t, 7)
	if len(books) != 2 || books[2].Title != "Emma" || len(events) > 0 {
		t.Errorf("behind it there are %+v, %+v", books, events)
	}
}

// Files can be checked where the store cannot be read.
func TestDryRunWithoutAStore(t *testing.T) {
	c := importing.Command{
		Books:   write(t, "books.csv", "id,title\n1,Dune\n1,Dune\nx,Emma\n"),
		Ratings: write(t, "ratings.csv", "user_id,book_id\n7,3\n"),
		DryRun:  true,
	}
	out, errOut, err := execute(t.Context(), unreadable{}, c, nil)
	const want = `books      3 rows: 2 good, 1 refused (n/s)
ratings    1 row: 1 good, 0 refused (n/s)
a dry run: nothing was written
`
	if err != nil || out != want {
		t.Errorf("got\n%s, %v, want\n%s", out, err, want)
	}
	if notice := "the files are not compared with the store: the store cannot be reached: it is away\n"; !strings.HasPrefix(errOut, notice) {
		t.Errorf("got\n%swant\n%s", errOut, notice)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, errOut, err := execute(ctx, unreadable{}, c, nil); !errors.Is(err, context.Canceled) || errOut != "" {
		t.Errorf("after a signal: %v, %s", err, errOut)
	}
}

// An unreadable store has no other method.
type unreadable struct{ importing.Store }

func (unreadable) Books(context.Context) ([]recommend.Book, int64, error) {
	return nil, 0, fmt.Errorf("%w: it is away", recommend.ErrUnavailable)
}

// rows returns a file of n ratings, of which those of bad have no book.
func rows(n int, bad ...int) string {
	var b strings.Builder
	b.WriteString("user_id,book_id,rating\n")
	isBad := make(map[int]bool)
	for _, i := range bad {
		isBad[i] = true
	}
	for i := 1; i <= n; i++ {
		if isBad[i] {
			fmt.Fprintf(&b, "%d,,1\n", i)
			continue
		}
		fmt.Fprintf(&b, "%d,1,1\n", i)
	}
	return b.String()
}

func TestAbort(t *testing.T) {
	st := newStore(t)
	c := importing.Command{Ratings: write(t, "ratings.csv", rows(12_000, 11_000)), OnError: "abort"}
	out, errOut, err := execute(t.Context(), st, c, nil)
	if err == nil || err.Error() != "ended at a row that cannot be used" {
		t.Errorf("got %v", err)
	}
	if want := c.Ratings + ":11001: book_id: must not be empty\n"; errOut != want {
		t.Errorf("got %q, want %q", errOut, want)
	}
	const want = `ratings    11,000 rows: 10,000 new, 0 changed, 0 equal, 1 refused (n/s)
           10,000 rows about books that there are not; they count once there are
           999 rows good but not kept: the import ended before
`
	if out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
	if _, events := st.contents(t, 10_000, 10_001); len(events) != 1 {
		t.Errorf("around the end of the tenth batch there are %+v", events)
	}
}

// Where a file breaks off, whole batches stay and the rest does not come in.
func TestBrokenFile(t *testing.T) {
	st := newStore(t)
	broken := rows(5_500) + strings.Repeat("x", 3<<20)
	out, _, err := execute(t.Context(), st, importing.Command{Ratings: "-"}, strings.NewReader(broken))
	if err == nil || err.Error() != "stdin:5502: row: is longer than 1 MiB, or in quotes that are never closed" {
		t.Errorf("got %v", err)
	}
	if !strings.HasPrefix(out, "ratings    5,500 rows: 5,000 new, 0 changed, 0 equal, 0 refused (n/s)\n") {
		t.Errorf("got\n%s", out)
	}
}

func TestNothingUsable(t *testing.T) {
	for name, content := range map[string]string{
		"no row":       "user_id,book_id\n",
		"all are bad":  "user_id,book_id\n1,\n,1\n",
		"JSON, no row": "{}\n",
	} {
		if _, _, err := execute(t.Context(), newStore(t), importing.Command{Ratings: "-"}, strings.NewReader(content)); err == nil || err.Error() != "stdin: has no usable row" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestManyFaults(t *testing.T) {
	out, errOut, err := execute(t.Context(), newStore(t), importing.Command{Ratings: "-"}, strings.NewReader("user_id,book_id\n"+strings.Repeat("x,1\n", 1000)+"1,1\n"))
	if err != nil || !strings.Contains(out, "1,000 refused") {
		t.Errorf("got %s, %v", out, err)
	}
	lines := strings.Split(strings.TrimSpace(errOut), "\n")
	if len(lines) != 101 || lines[99] != "stdin:101: user_id: must be a whole number" || lines[100] != "more rows cannot be used; from here on they are only counted" {
		t.Errorf("%d lines, at the end %q", len(lines), lines[len(lines)-2:])
	}
}

func TestCommandWithoutSense(t *testing.T) {
	for want, c := range map[string]importing.Command{
		"nothing to import: name a file of books, ratings or activity": {},
		"only one file can be standard input":                          {Books: "-", Ratings: "-"},
	} {
		if out, _, err := execute(t.Context(), newStore(t), c, strings.NewReader("")); err == nil || err.Error() != want || out != "" {
			t.Errorf("got %q, %v; want %q", out, err, want)
		}
	}
}

// A mistake in the last file is found before anything of the first is written.
func TestMistakeInTheLastFile(t *testing.T) {
	st := newStore(t)
	books := write(t, "books.csv", booksFile)
	for want, c := range map[string]importing.Command{
		"lacks the column user_id": {Books: books, Activity: books},
		"no such file":             {Books: books, Ratings: "not/there.csv"},
	} {
		if out, _, err := execute(t.Context(), st, c, nil); err == nil || !strings.Contains(err.Error(), want) || out != "" {
			t.Errorf("got %q, %v, want %q", out, err, want)
		}
	}
	if len(st.calls) > 0 {
		t.Errorf("%q were written", st.calls)
	}
}

// Behind a signal whole batches stay, and the summary says how many.
func TestCancel(t *testing.T) {
	st := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	st.before = func(string) error {
		if len(st.calls) == 2 {
			cancel()
			return ctx.Err()
		}
		return nil
	}
	out, _, err := execute(ctx, st, importing.Command{Ratings: write(t, "ratings.csv", rows(12_000))}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !strings.HasPrefix(out, "ratings    2,000 rows: 1,000 new, 0 changed, 0 equal, 0 refused (n/s)\n") || !strings.Contains(out, "1,000 rows good but not kept") {
		t.Errorf("got\n%s", out)
	}
}

// Nobody types anything, and a signal comes.
func TestCancelWhileReadingFromATerminal(t *testing.T) {
	in, typist := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, _, err := execute(ctx, newStore(t), importing.Command{Ratings: "-"}, in)
		done <- err
	}()
	if _, err := io.WriteString(typist, "user_id,book_id\n1,2\n"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	_ = typist.Close()
}

func TestStoreThatComesBack(t *testing.T) {
	st := newStore(t)
	st.before = func(string) error {
		if len(st.calls) == 1 {
			return fmt.Errorf("%w: it is being restarted", recommend.ErrUnavailable)
		}
		return nil
	}
	out, errOut, err := execute(t.Context(), st, importing.Command{Ratings: "-"}, strings.NewReader(rows(3)))
	if err != nil || !strings.HasPrefix(out, "ratings    3 rows: 3 new") {
		t.Errorf("got %s, %v", out, err)
	}
	if want := "the store cannot be reached: it is being restarted; trying again for 30s\n"; errOut != want {
		t.Errorf("got %q, want %q", errOut, want)
	}
}

// The waiting has an end.
func TestStoreThatStaysAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStore(t)
		st.before = func(string) error { return recommend.ErrUnavailable }
		began := time.Now()
		_, _, err := execute(t.Context(), st, importing.Command{Ratings: write(t, "ratings.csv", rows(3))}, nil)
		if took := time.Since(began); !errors.Is(err, recommend.ErrUnavailable) || took < 30*time.Second || took > 31*time.Second {
			t.Errorf("got %v after %v", err, took)
		}
	})
}

func TestFullStore(t *testing.T) {
	st := newStore(t)
	st.before = func(string) error { return recommend.ErrStorageFull }
	out, _, err := execute(t.Context(), st, importing.Command{Ratings: "-"}, strings.NewReader(rows(3)))
	if !errors.Is(err, recommend.ErrStorageFull) || !strings.Contains(out, "3 rows good but not kept") {
		t.Errorf("got %s, %v", out, err)
	}
}

// A shop's own ratings may have the header of goodbooks-10k's; its books tell.
func TestWhoseRatings(t *testing.T) {
	const ratings = "book_id,user_id,rating\n126,7,5\n"
	for name, tt := range map[string]struct {
		c      importing.Command
		bookID int64
	}{
		"alone":                {importing.Command{Ratings: write(t, "ratings.csv", ratings)}, 6},
		"with goodbooks-10k's": {importing.Command{Books: "../dataset/testdata/goodbooks-books.csv", Ratings: write(t, "ratings.csv", ratings)}, 6},
		"with the shop's own":  {importing.Command{Books: write(t, "books.csv", "id,title\n126,Dune\n"), Ratings: write(t, "ratings.csv", ratings)}, 126},
	} {
		st := newStore(t)
		out, _, err := execute(t.Context(), st, tt.c, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, events := st.contents(t, 7); len(events) != 1 || events[0].BookID != tt.bookID {
			t.Errorf("%s: got %+v", name, events)
		}
		if said := strings.Contains(out, "taken for a file of goodbooks-10k"); said != (tt.bookID == 6) {
			t.Errorf("%s: the summary is\n%s", name, out)
		}
	}
}
