package dataset

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// readAll returns what a reader reads, the lines of its row errors, and what ended it.
func readAll[T any](reader *Reader[T], err error) (values []T, faults []string, end error) {
	if err != nil {
		return nil, nil, err
	}
	defer func() { end = errors.Join(end, reader.Close()) }()
	for {
		value, err := reader.Read()
		var fault *RowError
		switch {
		case errors.Is(err, io.EOF):
			return values, faults, nil
		case errors.As(err, &fault):
			faults = append(faults, strings.Split(fault.Error(), "\n")...)
		case err != nil:
			return values, faults, err
		default:
			values = append(values, value)
		}
	}
}

func readBooks(content string) ([]recommend.Book, []string, error) {
	return readAll(OpenBooks(context.Background(), "-", strings.NewReader(content)))
}

func readRatings(content string) ([]recommend.Activity, []string, error) {
	return readAll(OpenRatings(context.Background(), "-", strings.NewReader(content), false, now))
}

func readActivity(content string) ([]recommend.Activity, []string, error) {
	return readAll(OpenActivity(context.Background(), "-", strings.NewReader(content), now))
}

// dune has everything that a file of books can say.
var dune = recommend.Book{
	ID:             126,
	Title:          "Dune, the \"first\"",
	OriginalTitle:  "Dune",
	Authors:        []string{"Frank Herbert", "Brian Herbert"},
	Categories:     []recommend.Category{recommend.NewCategory("Science fiction"), recommend.NewCategory("Classics")},
	Year:           1965,
	ISBN13:         "9780441172719",
	Language:       "en",
	Description:    "Sand.\nSpice.",
	Series:         "Dune Chronicles",
	SeriesPosition: new(1.5),
	AverageRating:  4.19,
	RatingsCount:   485032,
	Price:          recommend.Money{Currency: "EUR", Units: 12, Nanos: 900_000_000},
	CoverURL:       "https://books.example/dune.png",
}

var duneFiles = map[string]string{
	"CSV": `id,title,original_title,authors,categories,year,isbn13,language,description,series,series_position,average_rating,ratings_count,price,cover_url
126,"Dune, the ""first""",Dune,Frank Herbert; Brian Herbert;,Science fiction;Classics;Science Fiction,1965,9780441172719,en,"Sand.
Spice.",Dune Chronicles,1.5,4.19,485032,12.90 EUR,https://books.example/dune.png
`,
	"CSV from a spreadsheet": "\ufeffTitle,ID,Year,Ratings Count,ISBN-13,Original Title,Authors,Categories,Language,Description,Series,Series Position,Average Rating,Price,Cover URL\r\n" +
		"\"Dune, the \"\"first\"\"\", 126 ,1965.0,485032.0,0-441-17271-7,Dune,Frank Herbert;Brian Herbert,Science fiction;Classics,en,\"Sand.\r\nSpice.\",Dune Chronicles,1.50,4.190,12.9 EUR,https://books.example/dune.png\r\n",
	"JSON Lines":                   `{"id":126,"title":"Dune, the \"first\"","original_title":"Dune","authors":["Frank Herbert","Brian Herbert"],"categories":"Science fiction;Classics","year":1965,"isbn13":"978-0-441-17271-9","language":"en","description":"Sand.\nSpice.","series":"Dune Chronicles","series_position":1.5,"average_rating":4.19,"ratings_count":485032,"price":"12.90 EUR","cover_url":"https://books.example/dune.png"}`,
	"JSON Lines of other programs": "\n \n" + `{ "ID": "126", "Title": "Dune, the \"first\" ", "originalTitle": "Dune", "authors": ["Frank Herbert", null, "Brian Herbert"], "categories": ["Science fiction", "Classics"], "year": 1965.0, "isbn13": "0441172717", "language": "en", "description": "Sand.\nSpice.", "series": "Dune Chronicles", "seriesPosition": "1.5", "averageRating": 4.19, "ratingsCount": "485032", "price": "12.90 EUR", "coverUrl": "https://books.example/dune.png" }` + "\r\n\n",
}

func TestBooks(t *testing.T) {
	for name, content := range duneFiles {
		t.Run(name, func(t *testing.T) {
			books, faults, err := readBooks(content)
			if err != nil || len(faults) > 0 {
				t.Fatal(faults, err)
			}
			if want := []recommend.Book{dune}; !reflect.DeepEqual(books, want) {
				t.Errorf("got  %+v\nwant %+v", books, want)
			}
		})
	}
}

func TestRowsThatAreNoBooks(t *testing.T) {
	long := strings.Repeat("x", 600)
	tests := map[string]struct{ header, row, want string }{
		"no id":                {"id,title", ",Dune", "id: must not be empty"},
		"id that is no number": {"id,title", "a1,Dune", `id: must be a whole number, got "a1"`},
		"part of an id":        {"id,title", "1.5,Dune", `id: must be a whole number, got "1.5"`},
		"id of 0":              {"id,title", "0,Dune", "id: must be 1 or more, got 0"},
		"great id":             {"id,title", "9223372036854775808,Dune", `id: must be a whole number, got "9223372036854775808"`},
		"no title":             {"id,title", "1,", "title: must not be empty"},
		"long title":           {"id,title", "1," + long, "title: must have 500 bytes or fewer, got 600"},
		"latin-1":              {"id,title", "1,Pr\xe9vert", "title: must be valid UTF-8"},
		"control character":    {"id,title", "1,a\x1b[2J", "title: must not have control characters"},
		"too many fields":      {"id,title", "1,Dune,Herbert", "row: has another number of fields (3) than the header (2)"},
		"too few fields":       {"id,title", "1", "row: has another number of fields (1) than the header (2)"},
		"quote inside":         {"id,title", `1,Dune "I"`, `row: has a quote in a field that does not begin with one; write the field in quotes, and the quote twice: ""`},
		"text behind a quote":  {"id,title", `1,"Dune" I`, `row: has a quote that is not closed, or text behind the closing one; a quote inside is written twice: ""`},
		"year":                 {"id,title,year", "1,Dune,MCMLXV", `year: must be a whole number, got "MCMLXV"`},
		"far year":             {"id,title,year", "1,Dune,19650", "year: must be between -9999 and 9999, got 19650"},
		"isbn10":               {"id,title,isbn13", "1,Dune,0441172718", `isbn13: must have the check digit of an ISBN-10, got "0441172718"`},
		"letters in isbn10":    {"id,title,isbn13", "1,Dune,X441172717", `isbn13: must have the check digit of an ISBN-10, got "X441172717"`},
		"isbn13":               {"id,title,isbn13", "1,Dune,9780441172710", `isbn13: must have 13 digits, the last of them the check digit, got "9780441172710"`},
		"isbn of Excel":        {"id,title,isbn13", "1,Dune,9.78044E+12", `isbn13: has lost digits in a spreadsheet, got "9.78044E+12"; format the column as text and export it again`},
		"category":             {"id,title,categories", "1,Dune,?!", `categories: "?!" has neither a letter nor a digit`},
		"authors":              {"id,title,authors", "1,Dune," + strings.Repeat("x;", 16), "authors: must be 15 or fewer, got 16"},
		"position":             {"id,title,series_position", "1,Dune,I", `series_position: must be a number, got "I"`},
		"average":              {"id,title,average_rating", "1,Dune,6", "average_rating: must be between 1 and 5, got 6"},
		"no number":            {"id,title,average_rating", "1,Dune,NaN", "average_rating: must be between 1 and 5, got NaN"},
		"price":                {"id,title,price", `1,Dune,"12,90 EUR"`, `price: must be an amount and a currency such as "12.90 EUR", got "12,90 EUR"`},
		"negative price":       {"id,title,price", "1,Dune,-1 EUR", `price: must be an amount and a currency such as "12.90 EUR", got "-1 EUR"`},
		"price of no currency": {"id,title,price", "1,Dune,12.90", `price: must be an amount and a currency such as "12.90 EUR", got "12.90"`},
		"small currency":       {"id,title,price", "1,Dune,12.90 eur", "price: must be an amount of 0 or more and a currency of three letters"},
		"exact price":          {"id,title,price", "1,Dune,0.0000000001 EUR", `price: must be an amount and a currency such as "12.90 EUR", got "0.0000000001 EUR"`},
		"cover":                {"id,title,cover_url", "1,Dune,javascript:alert(1)", "cover_url: must be an absolute https address"},
		"long nonsense":        {"id,title", "\x1b]0;" + long + ",Dune", `id: must be a whole number, got "\x1b]0;` + long[:44] + `…"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			books, faults, err := readBooks(tt.header + "\n" + tt.row + "\n7,Emma" + strings.Repeat(",", strings.Count(tt.header, ",")-1) + "\n")
			if err != nil {
				t.Fatal(err)
			}
			if want := []string{"stdin:2: " + tt.want}; !slices.Equal(faults, want) {
				t.Errorf("faults\ngot  %q\nwant %q", faults, want)
			}
			if len(books) != 1 || books[0].Title != "Emma" {
				t.Errorf("the row behind it is read as %+v", books)
			}
		})
	}
}

func TestEachFaultOfARow(t *testing.T) {
	_, faults, err := readBooks("id,title,year,price\nx,,y,z\n")
	want := []string{
		`stdin:2: id: must be a whole number, got "x"`,
		`stdin:2: year: must be a whole number, got "y"`,
		`stdin:2: price: must be an amount and a currency such as "12.90 EUR", got "z"`,
		`stdin:2: title: must not be empty`,
	}
	if err != nil || !slices.Equal(faults, want) {
		t.Errorf("got %q, %v", faults, err)
	}
}

// Lines are counted as an editor does, whatever stands before.
func TestLines(t *testing.T) {
	_, faults, err := readBooks("\ufeff\r\nid,title,description\r\n1,Dune,\"three\r\nlines\n\"\r\n\r\nx,Emma,\"two\nlines\"\n2,Ulysses,\ny,Faust,\n")
	want := []string{`stdin:7: id: must be a whole number, got "x"`, `stdin:10: id: must be a whole number, got "y"`}
	if err != nil || !slices.Equal(faults, want) {
		t.Errorf("CSV: got %q, %v", faults, err)
	}
	_, faults, err = readBooks("\n\r\n{\"id\":1,\"title\":\"Dune\"}\n\n{\"id\":\"x\",\"title\":\"Emma\"}\n{\n}\n")
	want = []string{
		`stdin:5: id: must be a whole number, got "x"`,
		"stdin:6: row: must be a JSON object on one line: at its byte 1: unexpected end of JSON input",
		"stdin:7: row: must be a JSON object on one line: at its byte 1: invalid character '}' looking for beginning of value",
	}
	if err != nil || !slices.Equal(faults, want) {
		t.Errorf("JSON Lines: got %q, %v", faults, err)
	}
}

func TestJSONRows(t *testing.T) {
	for line, want := range map[string]string{
		`{"id":true,"title":"x"}`:                     "id: must be a text or a number, got \"true\"",
		`{"id":[1],"title":"x"}`:                      "id: must not be a list",
		`{"id":1,"title":{"en":"x"}}`:                 "title: must be a text or a number, got \"{\\\"en\\\":\\\"x\\\"}\"",
		`{"id":1,"title":"x","authors":[1]}`:          "authors: must be a list of texts, got \"[1]\"",
		`{"id":1,"title":"x","ID":2}`:                 "id: must not be there twice",
		`{"id":null,"title":"x"}`:                     "id: must not be empty",
		`{"title":"x"}`:                               "id: must not be empty",
		`[]`:                                          "row: must be a JSON object",
		`1,Dune`:                                      "row: must be a JSON object on one line: at its byte 2: invalid character ',' after top-level value",
		"{\"id\":1,\"title\":\"\xe9\"}":               "row: must be valid UTF-8",
		`{"id":1,"title":"x"}{"id":2,"title":"y"}`:    "row: must be a JSON object on one line: at its byte 21: invalid character '{' after top-level value",
		`{"id":1e3,"title":"x"}`:                      "id: must be a whole number, got \"1e3\"",
		`{"id":1,"title":"x","isbn13":9780441172718}`: "isbn13: must have 13 digits, the last of them the check digit, got \"9780441172718\"",
	} {
		_, faults, err := readBooks("{\"id\":7,\"title\":\"Emma\"}\n" + line)
		if err != nil || !slices.Equal(faults, []string{"stdin:2: " + want}) {
			t.Errorf("%s: got %q, %v; want %q", line, faults, err, want)
		}
	}
}

func TestIgnoredColumns(t *testing.T) {
	for name, content := range map[string]string{
		"CSV":        "id,shelf,title,autor\n1,a,Dune,b\n",
		"JSON Lines": "{\"id\":1,\"title\":\"Dune\",\"shelf\":\"a\"}\n{\"id\":2,\"title\":\"Emma\",\"autor\":null,\"shelf\":1}\n",
	} {
		reader, err := OpenBooks(t.Context(), "-", strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if _, faults, err := readAll(reader, nil); err != nil || len(faults) > 0 {
			t.Error(name, faults, err)
		}
		if got := reader.Ignored(); !slices.Equal(got, []string{"autor", "shelf"}) {
			t.Errorf("%s: ignored %q", name, got)
		}
	}
}

// The samples are rows of the real files, among them three of the tutorial's books.
func TestGoodbooks(t *testing.T) {
	reader, err := OpenBooks(t.Context(), "testdata/goodbooks-books.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	books, faults, err := readAll(reader, nil)
	if err != nil || len(faults) > 0 || !reader.Goodbooks || len(reader.Ignored()) > 0 {
		t.Fatal(faults, err, reader.Goodbooks, reader.Ignored())
	}
	var got []string
	for _, book := range books {
		got = append(got, book.Title)
		if len(book.Categories) == 0 {
			t.Errorf("%s has no category", book.Title)
		}
	}
	want := []string{"The Hunger Games", "The Hitchhiker's Guide to the Galaxy", "Ender's Game", "The Dune Chronicles"}
	if !slices.Equal(got, want) || books[0].ID != 10_001 || books[3].ID != 6 {
		t.Errorf("got %q, the first with id %d, the last with %d", got, books[0].ID, books[3].ID)
	}
	_, faults, err = readBooks("book_id,work_id,original_publication_year,work_text_reviews_count,title\nx,1,1965.0,3,Dune\n")
	if err != nil || len(faults) != 1 || !strings.HasPrefix(faults[0], "stdin:2: book_id: must be a whole number of 1 or more") {
		t.Errorf("a bad row is %q, %v", faults, err)
	}
}

func TestGoodbooksRatings(t *testing.T) {
	const content = "book_id,user_id,rating\n126,7,5\n1,7,3\n"
	events, faults, err := readRatings(content)
	want := []recommend.Activity{
		{EventID: "rating:7:6", UserID: 7, BookID: 6, Kind: recommend.Rating, Rating: 5},
		{EventID: "rating:7:10001", UserID: 7, BookID: 10_001, Kind: recommend.Rating, Rating: 3},
	}
	if err != nil || len(faults) > 0 || !slices.Equal(events, want) {
		t.Errorf("got %+v, %q, %v", events, faults, err)
	}
	events, _, err = readAll(OpenRatings(t.Context(), "-", strings.NewReader(content), true, now))
	if err != nil || len(events) != 2 || events[0].BookID != 126 {
		t.Errorf("a shop's own ratings are %+v, %v", events, err)
	}
}

// TestRealGoodbooks reads the files whole where they are beside the repository.
func TestRealGoodbooks(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "..", "shared", "data", "goodbooks-10k-v1")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("goodbooks-10k is not on this machine; TestGoodbooks reads a sample (optional)")
	}
	books, faults, err := readAll(OpenBooks(t.Context(), filepath.Join(folder, "books.csv.gz"), nil))
	if len(books) != 10_000 || len(faults) > 0 || err != nil {
		t.Errorf("%d books, %d faults, %v", len(books), len(faults), err)
	}
	events, faults, err := readAll(OpenRatings(t.Context(), filepath.Join(folder, "ratings.csv.gz"), nil, false, now))
	if len(events) != 981_756 || len(faults) > 0 || err != nil {
		t.Errorf("%d ratings, %d faults, %v", len(events), len(faults), err)
	}
}
