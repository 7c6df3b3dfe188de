package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bookmarket/recommendations/internal/dataset/bundled/codec"
)

// The catalogue can be made anew wherever goodbooks-10k is at hand. Elsewhere the checksums
// beside the files stand for it, which the package bundled tests.
func TestCatalogueIsWhatPrepareMakes(t *testing.T) {
	const data = "../../../../../../shared/data/goodbooks-10k-v1"
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		t.Logf("%s is not there: the catalogue is not made anew", data)
		return
	}
	made := t.TempDir()
	if err := prepare(data, made); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"books.jsonl.zst", "ratings.zst", "SHA256SUMS"} {
		if !bytes.Equal(read(t, made, name), read(t, "..", name)) {
			t.Errorf("%s is not what prepare makes: run it (another release of the compressor writes other bytes)", name)
		}
	}
}

func read(t *testing.T, folder, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// folder returns a folder with one compressed file.
func folder(t *testing.T, name, content string) string {
	t.Helper()
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	if _, err := writer.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := write(folder, name, zipped.Bytes()); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestLastRatingOfAPairWins(t *testing.T) {
	got, err := readRatings(folder(t, "ratings.csv.gz", "book_id,user_id,rating\n1,7,5\n126,7,3\n1,7,2\n2,3,4\n1,7,1\n"))
	want := []codec.Rating{{Reader: 3, BookID: 10_002, Rating: 4}, {Reader: 7, BookID: 6, Rating: 3}, {Reader: 7, BookID: 10_001, Rating: 1}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	for content, want := range map[string]string{
		"book_id,user_id,rating\n1,7,5\n1,7,6\n": "ratings.csv.gz:3: rating: must be between 1 and 5, got 6",
		"book_id,user_id,rating\n1,-7,5\n":       `ratings.csv.gz:2: strconv.ParseUint: parsing "-7"`,
		"book_id,user_id,rating\n1,7\n":          "ratings.csv.gz:2: record on line 2: wrong number of fields",
		"":                                       "ratings.csv.gz: EOF",
	} {
		if _, err := readRatings(folder(t, "ratings.csv.gz", content)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", content, err, want)
		}
	}
}
