package goodbooks_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/dataset/goodbooks"
	"bookmarket/recommendations/internal/recommend"
)

func TestBook(t *testing.T) {
	one := 1.0
	got, err := goodbooks.Book(columns{
		"book_id": "2", "isbn": "439554934", "isbn13": "9.78043955493e+12", "authors": "J.K. Rowling, Mary GrandPré",
		"original_publication_year": "1997.0", "original_title": "Harry Potter and the Philosopher's Stone",
		"title":         "Harry Potter and the Sorcerer's Stone (Harry Potter, #1)",
		"language_code": "eng", "average_rating": "4.44", "ratings_count": "4602479",
		"image_url": "https://images.example/2.jpg",
	}.get)
	want := recommend.Book{
		ID: 10_002, Title: "Harry Potter and the Sorcerer's Stone",
		OriginalTitle: "Harry Potter and the Philosopher's Stone",
		Authors:       []string{"J.K. Rowling", "Mary GrandPré"}, Year: 1997, ISBN13: "9780439554930", Language: "en",
		Series: "Harry Potter", SeriesPosition: &one, AverageRating: 4.44, RatingsCount: 4_602_479,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}

// book returns a book with one column set.
func book(t *testing.T, name, value string) recommend.Book {
	t.Helper()
	book, err := goodbooks.Book(columns{"book_id": "1", "title": "A Title", name: value}.get)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestOriginalTitle(t *testing.T) {
	for _, test := range []struct{ id, title, original, wantTitle, want string }{
		{"3", "Eleven Minutes", "Onze minutos", "Eleven Minutes", "Onze minutos"},
		{"3", "Inkheart (Inkworld, #1)", "Tintenherz", "Inkheart", "Tintenherz"},
		{"3", "Swimmy", "Swimmy ", "Swimmy", ""},
		{"3", "Dexter By Design (Dexter, #4)", "Dexter by Design", "Dexter By Design", ""},
		{"3", "The Darkest Passion (Lords of the Underworld #5)", "The Darkest Passion (Lords of the Underworld, #5)", "The Darkest Passion", ""},
		{"3", "And Another Thing...", "And Another Thing... (Hitchhiker's Guide to the Galaxy, #6)", "And Another Thing...", ""},
		{"3", "The Power of Intention: Learning to Co-create", "\u200eThe Power of Intention\u200e", "The Power of Intention: Learning to Co-create", "The Power of Intention"},
		{"3", "Twilight", "", "Twilight", ""},
		{"126", "Dune (Dune Chronicles #1)", "Dune", "The Dune Chronicles", "Dune"},
		{"672", "Murder on the Orient Express (Hercule Poirot, #10)", "Murder in the Calais Coach", "Murder on the Orient Express", "Murder in the Calais Coach"},
		{
			"247", "The 7 Habits of Highly Effective People: Powerful Lessons in Personal Change", "The 7 Habits of Highly Effective People",
			"The 7 Habits of Highly Effective People", "The 7 Habits of Highly Effective People: Powerful Lessons in Personal Change",
		},
		{"70", "Ender's Game (Ender's Saga, #1)", "Ender's Game", "Ender's Game", ""},
	} {
		got, err := goodbooks.Book(columns{"book_id": test.id, "title": test.title, "original_title": test.original}.get)
		if err != nil || got.Title != test.wantTitle || got.OriginalTitle != test.want {
			t.Errorf("%q, %q: got %q, %q (%v), want %q, %q", test.title, test.original, got.Title, got.OriginalTitle, err, test.wantTitle, test.want)
		}
	}
}

func TestAuthors(t *testing.T) {
	many := strings.Repeat("A, B, C, D, E, F, G, H, ", 2) + "I, J, K, L, M, N, O, P"
	for _, test := range []struct{ value, want string }{
		{"Suzanne Collins", "Suzanne Collins"},
		{"Arthur Conan Doyle, Anne Perry", "Arthur Conan Doyle|Anne Perry"},
		{"John             Lewis, Andrew Aydin, Nate Powell", "John Lewis|Andrew Aydin|Nate Powell"},
		{"Heidi Murkoff, Sharon Mazel, Heidi Murkoff", "Heidi Murkoff|Sharon Mazel"},
		{"Kurt Vonnegut Jr.", "Kurt Vonnegut Jr."},
		{many, "A|B|C|D|E|F|G|H|I|J|K|L|M|N|O"},
		{"", ""},
	} {
		if got := strings.Join(book(t, "authors", test.value).Authors, "|"); got != test.want {
			t.Errorf("authors of %q are %s, want %s", test.value, got, test.want)
		}
	}
}

func TestYear(t *testing.T) {
	for value, want := range map[string]int{"2008.0": 2008, "-762.0": -762, "8.0": 8, "1965": 1965, "": 0} {
		if got := book(t, "original_publication_year", value).Year; got != want {
			t.Errorf("year of %q is %d, want %d", value, got, want)
		}
	}
}

func TestISBN13(t *testing.T) {
	for _, test := range []struct{ isbn, want string }{
		{"439023483", "9780439023481"},
		{"7442912", "9780007442911"}, // three zeros lost
		{"080701429X", "9780807014295"},
		{"1408855658", "9781408855652"},
		{"", ""},
		{"812971060", ""},   // wrong check digit
		{"9380658797", ""},  // likewise
		{"B00EXAMPLE", ""},  // not an ISBN
		{"00000000X1", ""},  // X elsewhere than at the end
		{"00439023483", ""}, // too long
	} {
		got := book(t, "isbn", test.isbn)
		if got.ISBN13 != test.want {
			t.Errorf("ISBN-13 of %q is %q, want %q", test.isbn, got.ISBN13, test.want)
		}
		if err := got.Validate(); err != nil {
			t.Error(err)
		}
	}
}

// The codes are all that the file has.
func TestLanguage(t *testing.T) {
	for code, want := range map[string]string{
		"": "", "eng": "en", "en": "en", "en-US": "en-US", "en-GB": "en-GB", "en-CA": "en-CA", "ara": "ar", "fre": "fr",
		"ind": "id", "spa": "es", "ger": "de", "jpn": "ja", "per": "fa", "por": "pt", "pol": "pl", "nor": "no", "dan": "da",
		"fil": "fil", "ita": "it", "nl": "nl", "vie": "vi", "tur": "tr", "swe": "sv", "rum": "ro", "rus": "ru",
		"mul": "mul", // several languages
	} {
		if got := book(t, "language_code", code).Language; got != want {
			t.Errorf("language of %q is %q, want %q", code, got, want)
		}
	}
}

func TestBookSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ column, value, want string }{
		{"book_id", "", `book_id: must be a whole number of 1 or more, got ""`},
		{"book_id", "0", `book_id: must be a whole number of 1 or more, got "0"`},
		{"book_id", "9223372036854775807", `book_id: must be a whole number of 1 or more, got "9223372036854775807"`},
		{"original_publication_year", "1965.5", `original_publication_year: must be a year, got "1965.5"`},
		{"language_code", "en us!", `language_code: must be the code of a language, got "en us!"`},
		{"language_code", "xqx", `language_code: must be the code of a language, got "xqx"`},
		{"average_rating", "good", `average_rating: must be a number, got "good"`},
		{"ratings_count", "many", `ratings_count: must be a whole number, got "many"`},
	} {
		row := columns{"book_id": "1", "title": "A Title"}
		row[test.column] = test.value
		_, err := goodbooks.Book(row.get)
		if fault := new(recommend.FieldError); !errors.As(err, &fault) || err.Error() != test.want {
			t.Errorf("%s %q: error %v, want %s", test.column, test.value, err, test.want)
		}
	}
	_, err := goodbooks.Book(columns{"ratings_count": "x", "average_rating": "y"}.get)
	if lines := strings.Count(err.Error(), "\n") + 1; lines != 3 {
		t.Errorf("three faults are %d lines: %v", lines, err)
	}
}
