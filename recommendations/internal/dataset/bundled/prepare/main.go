// Command prepare makes the bundled catalogue from goodbooks-10k's files:
//
//	go run ./recommendations/internal/dataset/bundled/prepare DIR
//
// at the repository's root, where DIR holds books.csv.gz, book_genres.csv.gz and ratings.csv.gz.
// The same files make the same bytes.
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bookmarket/recommendations/internal/dataset/bundled/codec"
)

// target is where the catalogue is embedded from.
const target = "recommendations/internal/dataset/bundled"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: prepare DIR (the folder of goodbooks-10k's files)")
		os.Exit(2)
	}
	if err := prepare(os.Args[1], target); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}

// prepare reads goodbooks-10k's files in one folder and writes the catalogue's to another.
func prepare(from, to string) error {
	books, err := readBooks(from)
	if err != nil {
		return err
	}
	ratings, err := readRatings(from)
	if err != nil {
		return err
	}
	booksFile, err := codec.EncodeBooks(books)
	if err != nil {
		return err
	}
	ratingsFile, err := codec.EncodeRatings(ratings)
	if err != nil {
		return err
	}
	sums := fmt.Sprintf("%x  books.jsonl.zst\n%x  ratings.zst\n", sha256.Sum256(booksFile), sha256.Sum256(ratingsFile))
	return errors.Join(
		write(to, "books.jsonl.zst", booksFile),
		write(to, "ratings.zst", ratingsFile),
		write(to, "SHA256SUMS", []byte(sums)),
	)
}

func write(folder, name string, content []byte) error {
	return os.WriteFile(filepath.Join(folder, name), content, 0o644) //nolint:gosec // G306: anybody may read what is in the repository.
}
