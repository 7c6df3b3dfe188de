package codec

import (
	"encoding/binary"
	"io"
	"iter"
	"slices"
)

// A Rating is how a reader rated a book.
type Rating struct {
	Reader uint32
	BookID int64
	Rating uint8 // 1 to 5
}

// EncodeRatings compresses ratings that are sorted by reader, then by book. Whom and which book
// they are about is written apart from the ratings themselves, each of which then compresses
// better: as
//
//	length of the next part, in bytes
//	for each reader: step to their number, number of ratings, for each of these: step to the book's id
//	one byte for each rating
//
// where all numbers but the ratings are varints.
func EncodeRatings(ratings []Rating) ([]byte, error) {
	var steps, file varints
	var values []byte
	var reader uint32
	for len(ratings) > 0 {
		n := 1
		for n < len(ratings) && ratings[n].Reader == ratings[0].Reader {
			n++
		}
		steps.add(int64(ratings[0].Reader - reader))
		steps.add(int64(n))
		reader = ratings[0].Reader
		var book int64
		for _, r := range ratings[:n] {
			steps.add(r.BookID - book)
			values = append(values, r.Rating)
			book = r.BookID
		}
		ratings = ratings[n:]
	}
	file.add(int64(len(steps)))
	return compress(slices.Concat(file, steps, values))
}

// DecodeRatings returns the ratings that EncodeRatings was given. They can be gone through more
// than once.
func DecodeRatings(file []byte) (iter.Seq[Rating], error) {
	plain, err := decompress(file)
	if err != nil {
		return nil, err
	}
	if len(plain) == 0 {
		return nil, io.ErrUnexpectedEOF // an empty file, which has no checksum
	}
	rest := varints(plain)
	length := rest.next()
	return func(yield func(Rating) bool) {
		steps, values := rest[:length], rest[length:]
		var reader int64
		for len(values) > 0 {
			reader += steps.next()
			var book int64
			for range steps.next() {
				book += steps.next()
				if !yield(Rating{uint32(reader), book, values[0]}) { //nolint:gosec // G115: it was an uint32.
					return
				}
				values = values[1:]
			}
		}
	}, nil
}

// varints are numbers of 0 or more, one behind the other. What is read of them needs no checks:
// the checksum of the compressed file says that EncodeRatings wrote them.
type varints []byte

func (v *varints) add(number int64) {
	*v = binary.AppendUvarint(*v, uint64(number)) //nolint:gosec // G115: it is not below 0.
}

func (v *varints) next() int64 {
	number, n := binary.Uvarint(*v)
	*v = (*v)[n:]
	return int64(number) //nolint:gosec // G115: it was an int64.
}
