package dataset

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/internal/recommend"
)

// text draws what a cell may hold and give back: nothing blank around it, and none of the
// characters in without.
func text(without string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(rapid.StringMatching(`[ -~]{1,30}`), rapid.StringMatching(`[\n\t "',;\pL]{1,30}`)).Draw(t, "text")
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune(without, r) {
				return 'x'
			}
			return r
		}, s)
		return strings.TrimSpace(s) + "x"
	})
}

// bookGenerator draws valid books.
var bookGenerator = rapid.Custom(func(t *rapid.T) recommend.Book {
	book := recommend.Book{
		ID:            rapid.Int64Min(1).Draw(t, "id"),
		Title:         text("").Draw(t, "title"),
		OriginalTitle: rapid.OneOf(rapid.Just(""), text("")).Draw(t, "original title"),
		Authors:       rapid.SliceOfN(text(";"), 0, 3).Draw(t, "authors"),
		Year:          rapid.IntRange(-9999, 9999).Draw(t, "year"),
		Description:   rapid.OneOf(rapid.Just(""), text("")).Draw(t, "description"),
		AverageRating: rapid.Float64Range(1, 5).Draw(t, "average rating"),
		RatingsCount:  rapid.Int64Min(0).Draw(t, "ratings count"),
		Price: recommend.Money{
			Currency: rapid.StringMatching(`[A-Z]{3}`).Draw(t, "currency"),
			Units:    rapid.Int64Min(0).Draw(t, "units"),
			Nanos:    rapid.Int32Range(0, 999_999_999).Draw(t, "nanos"),
		},
	}
	for _, name := range rapid.SliceOfNDistinct(text(";"), 0, 3, recommend.Slug).Draw(t, "categories") {
		book.Categories = append(book.Categories, recommend.NewCategory(name))
	}
	if rapid.Bool().Draw(t, "has a position") {
		book.SeriesPosition = new(rapid.Float64Range(0, 1e6).Draw(t, "position"))
	}
	if len(book.Authors) == 0 {
		book.Authors = nil
	}
	return book
})

// written returns a book as a row of a file.
func written(b recommend.Book) []string {
	cells := make([]string, len(bookColumns))
	cells[bookID] = strconv.FormatInt(b.ID, 10)
	cells[bookTitle], cells[bookOriginalTitle], cells[bookDescription] = b.Title, b.OriginalTitle, b.Description
	cells[bookAuthors] = strings.Join(b.Authors, ";")
	var categories []string
	for _, c := range b.Categories {
		categories = append(categories, c.Name)
	}
	cells[bookCategories] = strings.Join(categories, "; ")
	cells[bookYear] = strconv.Itoa(b.Year)
	cells[bookAverageRating] = strconv.FormatFloat(b.AverageRating, 'g', -1, 64)
	cells[bookRatingsCount] = strconv.FormatInt(b.RatingsCount, 10)
	cells[bookPrice] = fmt.Sprintf("%d.%09d %s", b.Price.Units, b.Price.Nanos, b.Price.Currency)
	if b.SeriesPosition != nil {
		cells[bookSeriesPosition] = strconv.FormatFloat(*b.SeriesPosition, 'g', -1, 64)
	}
	return cells
}

// What is written by the rules of the formats is read as it was.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		books := rapid.SliceOfN(bookGenerator, 1, 4).Draw(t, "books")
		order := make([]int, len(bookColumns))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order of the columns")
		var asCSV, asJSON strings.Builder
		w := csv.NewWriter(&asCSV)
		record := make([]string, len(order))
		for k, i := range order {
			record[k] = bookColumns[i].name
		}
		_ = w.Write(record)
		for _, book := range books {
			cells := written(book)
			object := make(map[string]string)
			for k, i := range order {
				record[k] = cells[i]
				object[bookColumns[i].name] = cells[i]
			}
			_ = w.Write(record)
			line, err := json.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			asJSON.Write(append(line, '\n'))
		}
		w.Flush()
		for _, content := range []string{asCSV.String(), asJSON.String()} {
			got, faults, err := readBooks(content)
			if err != nil || len(faults) > 0 || !reflect.DeepEqual(got, books) {
				t.Fatalf("%s\nis read as %+v, %q, %v\nwant       %+v", content, got, faults, err, books)
			}
		}
	})
}
