package importing_test

import (
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/dataset/bundled"
	"bookmarket/recommendations/internal/importing"
	"bookmarket/recommendations/internal/recommend"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func byID(books []recommend.Book) map[int64]recommend.Book {
	m := make(map[int64]recommend.Book)
	for _, book := range books {
		m[book.ID] = book
	}
	return m
}

func TestFill(t *testing.T) {
	all, err := bundled.Books()
	if err != nil {
		t.Fatal(err)
	}
	for catalog, want := range map[string]map[int64]recommend.Book{
		"bundled":  byID(all),
		"tutorial": byID(dataset.Tutorial()),
		"none":     {},
		write(t, "books.csv", "id,title\n1,Dune\n"): {1: {ID: 1, Title: "Dune"}},
	} {
		st := newStore(t)
		if err := importing.Fill(t.Context(), st, catalog, "", discard()); err != nil {
			t.Fatal(catalog, err)
		}
		if got, _ := st.contents(t); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %d books, want %d", catalog, len(got), len(want))
		}
	}
}

// The bundled catalogue is what an import of the file that it was made from gives.
func TestBundledIsGoodbooks(t *testing.T) {
	st := newStore(t)
	if err := importing.Fill(t.Context(), st, "bundled", "", discard()); err != nil {
		t.Fatal(err)
	}
	out, _, err := execute(t.Context(), st, importing.Command{Books: "../dataset/testdata/goodbooks-books.csv"}, nil)
	if err != nil || !strings.HasPrefix(out, "books      4 rows: 0 new, 0 changed, 4 equal, 0 refused") {
		t.Errorf("got %s, %v", out, err)
	}
}

func TestFillFillsOnlyAnEmptyStore(t *testing.T) {
	st := newStore(t)
	if _, err := st.PutBooks(t.Context(), []recommend.Book{{ID: 77, Title: "Emma"}}); err != nil {
		t.Fatal(err)
	}
	for _, catalog := range []string{"bundled", "tutorial", "not/there.csv"} {
		if err := importing.Fill(t.Context(), st, catalog, "", discard()); err != nil {
			t.Error(catalog, err)
		}
	}
	if books, _ := st.contents(t); len(books) != 1 {
		t.Errorf("there are %d books", len(books))
	}
}

// A process that ends in the middle leaves no books, and the next one does all of it.
func TestFillThatWasCutOff(t *testing.T) {
	books, ratings := write(t, "books.csv", "id,title\n1,Dune\nx,y\n"), write(t, "ratings.csv", rows(12_000, 3))
	st := newStore(t)
	killed := errors.New("killed")
	for calls := 1; ; calls++ {
		st.calls = nil
		st.before = func(string) error {
			if len(st.calls) == calls {
				return killed
			}
			return nil
		}
		err := importing.Fill(t.Context(), st, books, ratings, discard())
		if err == nil {
			if calls != 14 { // twelve batches, and the books
				t.Errorf("it took %d calls: %v", calls, st.calls)
			}
			break
		}
		if kept, _ := st.contents(t); !errors.Is(err, killed) || len(kept) > 0 {
			t.Fatalf("cut off at call %d it leaves %d books, %v", calls, len(kept), err)
		}
	}
	kept, events := st.contents(t, 1, 2, 3, 12_000)
	if len(kept) != 1 || len(events) != 3 {
		t.Errorf("there are %+v, %+v", kept, events)
	}
}

func TestFillSaysWhatItLeavesOut(t *testing.T) {
	var log strings.Builder
	books := write(t, "books.csv", "id,title\n1,Dune\nx,Emma\n")
	if err := importing.Fill(t.Context(), newStore(t), books, "", slog.New(slog.NewTextHandler(&log, nil))); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`level=WARN msg="row left out"`, ":3: id: must be a whole number", "rows=2 refused=1", `msg="the store is filled"`, "new=1"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("want %q in\n%s", want, &log)
		}
	}
}

func TestFillFromFilesThatAreNone(t *testing.T) {
	good := write(t, "books.csv", "id,title\n1,Dune\n")
	for name, tt := range map[string]struct{ books, ratings, want string }{
		"no books":          {"not/there.csv", "", "no such file"},
		"no ratings":        {good, "not/there.csv", "no such file"},
		"no usable book":    {write(t, "bad.csv", "id,title\n,\n"), "", "has no usable row"},
		"no usable rating":  {good, write(t, "bad.csv", "user_id,book_id\n,\n"), "has no usable row"},
		"ratings are books": {good, good, "lacks the column user_id"},
	} {
		st := newStore(t)
		err := importing.Fill(t.Context(), st, tt.books, tt.ratings, discard())
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
		if books, _ := st.contents(t); len(books) > 0 {
			t.Errorf("%s: there are %d books", name, len(books))
		}
	}
}
