package codec_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"bookmarket/recommendations/internal/dataset/bundled/codec"
	"bookmarket/recommendations/internal/recommend"
)

func TestBooksComeBack(t *testing.T) {
	half := 0.5
	want := []recommend.Book{
		{ID: 1, Title: "Dune & <other> titles"},
		{
			ID: math.MaxInt64, Title: "Ένα", OriginalTitle: "One", Authors: []string{"A", "B"},
			Categories: []recommend.Category{recommend.NewCategory("Science fiction"), recommend.NewCategory("Classics")},
			Year:       -762, ISBN13: "9780807014295", Language: "en-US", Series: "S", SeriesPosition: &half, AverageRating: 4.44, RatingsCount: 7,
		},
	}
	file, err := codec.EncodeBooks(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := codec.DecodeBooks(file)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestRatingsComeBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var many []codec.Rating
	for reader := range uint32(50) {
		for book := range int64(random.IntN(30)) {
			many = append(many, codec.Rating{Reader: 3 * reader, BookID: book*book*book + 1, Rating: []uint8{1, 2, 3, 4, 5}[random.IntN(5)]})
		}
	}
	for name, want := range map[string][]codec.Rating{
		"none": nil,
		"one":  {{Reader: 7, BookID: 6, Rating: 3}},
		"the ends of the scale": {
			{Reader: 0, BookID: 1, Rating: 1},
			{Reader: 0, BookID: math.MaxInt64, Rating: 5},
			{Reader: math.MaxUint32, BookID: 1, Rating: 5},
			{Reader: math.MaxUint32, BookID: 2, Rating: 1},
		},
		"many": many,
	} {
		file, err := codec.EncodeRatings(want)
		if err != nil {
			t.Fatal(err)
		}
		ratings, err := codec.DecodeRatings(file)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got := slices.Collect(ratings); !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
		}
	}
}

// A damaged file must be an error rather than other books or ratings.
func TestDamage(t *testing.T) {
	books, err := codec.EncodeBooks([]recommend.Book{{ID: 1, Title: "Dune"}, {ID: 2, Title: "Emma"}})
	if err != nil {
		t.Fatal(err)
	}
	ratings, err := codec.EncodeRatings([]codec.Rating{{Reader: 1, BookID: 2, Rating: 3}, {Reader: 4, BookID: 5, Rating: 1}})
	if err != nil {
		t.Fatal(err)
	}
	// The first bytes say how the rest is to be read, and some of them do not matter.
	for i := 6; i < len(books); i++ {
		if list, err := codec.DecodeBooks(changed(books, i)); err == nil {
			t.Errorf("books with another byte %d are %+v", i, list)
		}
	}
	for i := 6; i < len(ratings); i++ {
		if _, err := codec.DecodeRatings(changed(ratings, i)); err == nil {
			t.Errorf("ratings with another byte %d are read", i)
		}
	}
	for i := range ratings {
		if _, err := codec.DecodeRatings(ratings[:i]); err == nil {
			t.Errorf("the first %d bytes of ratings are read", i)
		}
	}
}

func changed(file []byte, at int) []byte {
	file = slices.Clone(file)
	file[at] ^= 0x55
	return file
}
