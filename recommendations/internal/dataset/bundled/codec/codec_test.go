package codec_test

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

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
	rapid.Check(t, func(t *rapid.T) {
		byPair := func(a, b codec.Rating) int {
			return cmp.Or(cmp.Compare(a.Reader, b.Reader), cmp.Compare(a.BookID, b.BookID))
		}
		want := rapid.SliceOf(rapid.Custom(func(t *rapid.T) codec.Rating {
			return codec.Rating{
				Reader: rapid.Uint32().Draw(t, "reader"),
				BookID: rapid.Int64Min(1).Draw(t, "book"),
				Rating: rapid.Uint8Range(1, 5).Draw(t, "rating"),
			}
		})).Draw(t, "ratings")
		slices.SortFunc(want, byPair)
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
				t.Fatalf("got %v, want %v", got, want)
			}
		}
	})
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
