package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bookmarket/recommendations/internal/dataset/bundled/codec"
	"bookmarket/recommendations/internal/dataset/goodbooks"
	"bookmarket/recommendations/internal/recommend"
)

// eachRow calls use with every row of a compressed CSV file. column returns the row's text in
// the column of a name, "" where there is none.
func eachRow(folder, name string, use func(column func(name string) string) error) (err error) {
	file, err := os.Open(filepath.Join(folder, name)) //nolint:gosec // G304: the file that was asked for.
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	reader := csv.NewReader(unzipped)
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	reader.ReuseRecord = true
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = use(func(name string) string {
				if i := slices.Index(header, name); i >= 0 {
					return row[i]
				}
				return ""
			})
		}
		if err != nil {
			line, _ := reader.FieldPos(0)
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
}

// readShelves returns the names of the shelves that readers put each book on.
func readShelves(folder string) (map[int64][]string, error) {
	shelves := make(map[int64][]string)
	return shelves, eachRow(folder, "book_genres.csv.gz", func(column func(string) string) error {
		id, err := strconv.ParseInt(column("book_id"), 10, 64)
		if err != nil {
			return err
		}
		shelves[id] = strings.Split(column("genres"), ",")
		return nil
	})
}

// readBooks returns the books with their categories, by ascending id.
func readBooks(folder string) ([]recommend.Book, error) {
	shelves, err := readShelves(folder)
	if err != nil {
		return nil, err
	}
	classifier := newClassifier(categories)
	if err := classifier.check(shelves); err != nil {
		return nil, err
	}
	var books []recommend.Book
	err = eachRow(folder, "books.csv.gz", func(column func(string) string) error {
		book, err := goodbooks.Book(column)
		if err != nil {
			return err
		}
		id, err := strconv.ParseInt(column("book_id"), 10, 64)
		if err != nil {
			return err
		}
		book.Categories = classifier.classify(id, shelves[id])
		books = append(books, book)
		return book.Validate()
	})
	slices.SortFunc(books, func(a, b recommend.Book) int { return cmp.Compare(a.ID, b.ID) })
	return books, err
}

// readRatings returns the ratings by reader and book. Where a reader rated a book more than
// once, the last row is the rating.
func readRatings(folder string) ([]codec.Rating, error) {
	var ratings []codec.Rating
	err := eachRow(folder, "ratings.csv.gz", func(column func(string) string) error {
		book, bookErr := strconv.ParseInt(column("book_id"), 10, 64)
		reader, readerErr := strconv.ParseUint(column("user_id"), 10, 32)
		rating, ratingErr := strconv.ParseUint(column("rating"), 10, 8)
		if err := errors.Join(bookErr, readerErr, ratingErr); err != nil {
			return err
		}
		if rating < 1 || rating > 5 {
			return fmt.Errorf("rating: must be between 1 and 5, got %d", rating)
		}
		ratings = append(ratings, codec.Rating{Reader: uint32(reader), BookID: goodbooks.BookID(book), Rating: uint8(rating)})
		return nil
	})
	byPair := func(a, b codec.Rating) int {
		return cmp.Or(cmp.Compare(a.Reader, b.Reader), cmp.Compare(a.BookID, b.BookID))
	}
	slices.Reverse(ratings) // Of equal pairs the last row comes first now, and is kept.
	slices.SortStableFunc(ratings, byPair)
	return slices.CompactFunc(ratings, func(a, b codec.Rating) bool { return byPair(a, b) == 0 }), err
}
