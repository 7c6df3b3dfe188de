package codec

import (
	"encoding/binary"
	"errors"
	"iter"
)

// A Rating is how a reader rated a book.
type Rating struct {
	Reader uint32
	BookID int64
	Rating uint8 // 1 to 5
}

var errRatings = errors.New("the ratings are cut off")

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
	var steps, values []byte
	var reader uint32
	for len(ratings) > 0 {
		n := 1
		for n < len(ratings) && ratings[n].Reader == ratings[0].Reader {
			n++
		}
		steps = binary.AppendUvarint(steps, uint64(ratings[0].Reader-reader))
		steps = binary.AppendUvarint(steps, uint64(n))
		reader = ratings[0].Reader
		var book int64
		for _, r := range ratings[:n] {
			steps = binary.AppendUvarint(steps, uint64(r.BookID-book))
			values = append(values, r.Rating)
			book = r.BookID
		}
		ratings = ratings[n:]
	}
	plain := binary.AppendUvarint(nil, uint64(len(steps)))
	plain = append(plain, steps...)
	return compress(append(plain, values...))
}

// DecodeRatings returns the ratings that EncodeRatings was given. They can be gone through more
// than once.
func DecodeRatings(file []byte) (iter.Seq[Rating], error) {
	plain, err := decompress(file)
	if err != nil {
		return nil, err
	}
	length, n := binary.Uvarint(plain)
	if n <= 0 || length > uint64(len(plain)-n) {
		return nil, errRatings
	}
	steps, values := plain[n:n+int(length)], plain[n+int(length):]
	return func(yield func(Rating) bool) {
		steps := varints(steps)
		var r Rating
		for i := 0; i < len(values); {
			r.Reader += uint32(steps.next())
			r.BookID = 0
			for range steps.next() {
				r.BookID += int64(steps.next())
				r.Rating = values[i]
				i++
				if !yield(r) {
					return
				}
			}
		}
	}, nil
}

// varints are numbers one behind the other.
type varints []byte

// next takes the next number off. That there is one the checksum of the compressed file says,
// which holds what EncodeRatings wrote.
func (v *varints) next() uint64 {
	number, n := binary.Uvarint(*v)
	*v = (*v)[n:]
	return number
}
