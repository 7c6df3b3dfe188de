package dataset

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
)

func gzipped(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, content)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t testing.TB, content string, options ...zstd.EOption) []byte {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	compressed := encoder.EncodeAll([]byte(content), nil)
	if err := encoder.Close(); err != nil {
		t.Fatal(err)
	}
	return compressed
}

// A file is what it holds, whatever it is called.
func TestCompressedFiles(t *testing.T) {
	for name, content := range duneFiles {
		for suffix, bytes := range map[string][]byte{
			"":                  []byte(content),
			".gz":               gzipped(t, content),
			".zst":              zstded(t, content),
			"-gzip.csv":         gzipped(t, content),
			"-two members.gz":   append(gzipped(t, content[:100]), gzipped(t, content[100:])...),
			"-two frames.jsonl": append(zstded(t, content[:100]), zstded(t, content[100:])...),
		} {
			path := filepath.Join(t.TempDir(), "books"+suffix)
			if err := os.WriteFile(path, bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			reader, err := OpenBooks(t.Context(), path, nil)
			if err != nil {
				t.Fatal(err)
			}
			books, faults, err := readAll(reader, nil)
			if err != nil || len(faults) > 0 || len(books) != 1 || !reflect.DeepEqual(books[0], dune) {
				t.Errorf("%s%s: got %+v, %q, %v", name, suffix, books, faults, err)
			}
			if read, size := reader.Progress(); read != size || size != int64(len(bytes)) {
				t.Errorf("%s%s: read %d of %d bytes, where there are %d", name, suffix, read, size, len(bytes))
			}
		}
	}
}

// manyRatings has enough rows for several buffers.
func manyRatings(rows int) string {
	var b strings.Builder
	b.WriteString("user_id,book_id,rating\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d,%d,%d\n", i*7919%100_003+1, i%997+1, i%5+1)
	}
	return b.String()
}

func TestFilesThatCannotBeRead(t *testing.T) {
	ratings := manyRatings(100_000)
	gz, zst := gzipped(t, ratings), zstded(t, ratings)
	broken := bytes.Clone(gz)
	broken[len(broken)-5] ^= 1 // of the checksum
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"empty":             {nil, "stdin: is empty"},
		"blank":             {[]byte(" \n\n"), "stdin: is empty"},
		"byte order mark":   {[]byte("\ufeff"), "stdin: is empty"},
		"empty gzip":        {gzipped(t, ""), "stdin: is empty"},
		"spreadsheet":       {[]byte("PK\x03\x04..."), "stdin: is a zip archive or a spreadsheet; unpack it, or save it as CSV in UTF-8"},
		"xz":                {[]byte("\xfd7zXZ\x00..."), "stdin: is compressed by xz; only plain, .gz and .zst can be read"},
		"UTF-16":            {[]byte("\xff\xfeu\x00s\x00"), "stdin: is UTF-16; save it as UTF-8"},
		"JSON array":        {[]byte("[\n{\"user_id\":1}]"), "stdin: is a JSON array; write one object a line (jq -c '.[]')"},
		"semicolons":        {[]byte("user_id;book_id;rating\n1;2;3\n"), `stdin:1: header: columns must be separated by commas, got "user_id;book_id;rating"`},
		"no header":         {[]byte("1,2,3\n"), "stdin:1: header: lacks the column user_id; columns are user_id, book_id, rating, timestamp, of which user_id, book_id must be there"},
		"column twice":      {[]byte("user_id,book_id,User-ID\n"), "stdin:1: header: has the column user_id twice"},
		"quotes in header":  {[]byte("user_id,\"book_id\n1,2"), `stdin:1: header: has a quote at line 2 that is not closed, or text behind the closing one; a quote inside is written twice: ""`},
		"long header":       {[]byte(strings.Repeat("x", maxRow+1)), "stdin:1: header: is longer than 1 MiB, or in quotes that are never closed"},
		"long row":          {[]byte("user_id,book_id\n1,2\n" + strings.Repeat("3", 2*maxRow)), "stdin:3: row: is longer than 1 MiB, or in quotes that are never closed"},
		"endless quotes":    {[]byte("user_id,book_id\n1,2\n1,\"2\n" + strings.Repeat("3,4\n", maxRow)), "stdin:3: row: is longer than 1 MiB, or in quotes that are never closed"},
		"long JSON row":     {[]byte("{}\n\n{" + strings.Repeat(" ", maxRow)), "stdin:3: row: is longer than 1 MiB"},
		"cut gzip":          {gz[:len(gz)/2], "row: ends too early: the compressed file is cut off"},
		"cut gzip checksum": {gz[:len(gz)-4], "row: ends too early: the compressed file is cut off"},
		"cut gzip header":   {gz[:7], "stdin: ends too early: the compressed file is cut off"},
		"cut zstd":          {zst[:len(zst)/2], "row: ends too early: the compressed file is cut off"},
		"wrong checksum":    {broken, "row: the compressed file is damaged"},
		"gzip and rubbish":  {append(bytes.Clone(gz), "rubbish at the end"...), "row: the compressed file is damaged"},
		"window of 64 MiB":  {zstded(t, ratings+strings.Repeat(" ", maxWindow), zstd.WithWindowSize(64<<20)), "stdin: takes more than 32 MiB of memory to decompress; compress it without --ultra and --long"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := readRatings(string(tt.content))
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// The line is that of the row that is cut off.
func TestLineOfDamage(t *testing.T) {
	for name, header := range map[string]string{"CSV": "user_id,book_id\n1,2\n", "JSON Lines": "{}\n{}\n"} {
		source := io.MultiReader(strings.NewReader(header+"3"), iotest.ErrReader(errors.New("the disk is broken")))
		_, _, err := readAll(OpenRatings(t.Context(), "-", source, false, now))
		if err == nil || err.Error() != "stdin:3: row: the disk is broken" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestRowOfTheGreatestLength(t *testing.T) {
	const before = "user_id,book_id,x\n"
	row := "1,2," + strings.Repeat("x", maxRow-5) + "\n"
	events, faults, err := readRatings(before + row + row + "3,4,\n")
	if len(events) != 3 || len(faults) > 0 || err != nil {
		t.Errorf("%d rows, %q, %v", len(events), faults, err)
	}
}

func TestPathsThatAreNoFiles(t *testing.T) {
	if _, err := OpenBooks(t.Context(), t.TempDir(), nil); err == nil || !strings.HasSuffix(err.Error(), ": is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := OpenBooks(t.Context(), filepath.Join(t.TempDir(), "none.csv"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}
