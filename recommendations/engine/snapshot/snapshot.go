// Package snapshot writes trained models down as bytes and reads them back.
//
// All numbers are little endian, "uvarint" is that of encoding/binary:
//
//	8 bytes   "BOOKMDL1"
//	32 bytes  SHA-256 of all that follows
//	uvarint   length of the description, and the description
//	uvarint   number of items n, and for each item
//	  uvarint   its id less the one before (the first: less 0), zigzag as ids come in any order
//	  4 bytes   its prior, float32
//	for each item i, its row of weights:
//	  uvarint   number of weights, and for each, by ascending item
//	    uvarint   the item less the one before, less 1 (the first: the item)
//	    4 bytes   the weight, float32
//
// A model of n items with m weights each takes some n·(5·m + 8) bytes.
package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"bookmarket/recommendations/engine/matrix"
)

// A Snapshot is a trained model.
type Snapshot struct {
	Description []byte         // whatever its maker says of it
	Items       []int64        // the id of each item, all different
	Prior       []float32      // by item
	Weights     *matrix.Sparse // items by items, with values
}

const magic = "BOOKMDL1"

// Damage are bytes that are no snapshot, or not the whole of one.
var (
	ErrFormat   = errors.New("is no snapshot of a model")
	ErrChecksum = errors.New("the snapshot is damaged: its checksum is wrong")
)

// Encode returns the snapshot's bytes, which are the same for equal snapshots.
func (s *Snapshot) Encode() []byte {
	b := make([]byte, len(magic)+sha256.Size, len(magic)+sha256.Size+len(s.Description)+13*len(s.Items)+6*len(s.Weights.Column)+16)
	b = binary.AppendUvarint(b, uint64(len(s.Description)))
	b = append(b, s.Description...)
	b = binary.AppendUvarint(b, uint64(len(s.Items)))
	before := int64(0)
	for i, id := range s.Items {
		b = binary.AppendVarint(b, id-before)
		b = appendFloat(b, s.Prior[i])
		before = id
	}
	for i := range s.Items {
		items, weights := s.Weights.Row(i), s.Weights.Values(i)
		b = binary.AppendUvarint(b, uint64(len(items)))
		before := int32(-1)
		for k, item := range items {
			b = binary.AppendUvarint(b, uint64(item-before-1)) //nolint:gosec // ascending
			b = appendFloat(b, weights[k])
			before = item
		}
	}
	sum := sha256.Sum256(b[len(magic)+sha256.Size:])
	copy(b, magic)
	copy(b[len(magic):], sum[:])
	return b
}

func appendFloat(b []byte, f float32) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
}

// Decode reads what Encode wrote. It returns [ErrFormat] or [ErrChecksum] for anything else, and
// takes memory in proportion to the bytes, whatever they say.
func Decode(data []byte) (*Snapshot, error) {
	body, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok || len(body) < sha256.Size {
		return nil, ErrFormat
	}
	sum, body := body[:sha256.Size], body[sha256.Size:]
	if actual := sha256.Sum256(body); !bytes.Equal(sum, actual[:]) {
		return nil, ErrChecksum
	}
	return decodeBody(body)
}

// decodeBody trusts nothing: a checksum says who damaged the bytes, not who wrote them.
func decodeBody(body []byte) (*Snapshot, error) {
	r := reader{rest: body}
	s := &Snapshot{Description: bytes.Clone(r.bytes(r.length(1)))}
	s.readItems(&r)
	s.readWeights(&r)
	if r.err == nil && len(r.rest) > 0 {
		r.fail("%d bytes follow its end", len(r.rest))
	}
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

// Bytes that an item and a weight take at least.
const (
	minItem   = 1 + 4 + 1 // id, prior, number of weights
	minWeight = 1 + 4
)

func (s *Snapshot) readItems(r *reader) {
	n := r.length(minItem)
	s.Items, s.Prior = make([]int64, n), make([]float32, n)
	seen := make(map[int64]struct{}, n)
	before := int64(0)
	for i := range s.Items {
		before += r.varint()
		s.Items[i], s.Prior[i] = before, r.float()
		if _, again := seen[before]; again {
			r.fail("id %d occurs twice", before)
		}
		if r.err != nil {
			return
		}
		seen[before] = struct{}{}
	}
}

func (s *Snapshot) readWeights(r *reader) {
	n := len(s.Items)
	s.Weights = &matrix.Sparse{Columns: n, Start: make([]int, n+1), Column: make([]int32, 0, len(r.rest)/minWeight), Value: make([]float32, 0, len(r.rest)/minWeight)}
	for i := range n {
		item := int64(-1)
		for range r.length(minWeight) {
			item += int64(min(r.uvarint(), math.MaxInt32)) + 1
			weight := r.float()
			if item >= int64(n) {
				r.fail("weights of item %d of %d", item, n)
			}
			if r.err != nil {
				return
			}
			s.Weights.Column = append(s.Weights.Column, int32(item)) //nolint:gosec // below n
			s.Weights.Value = append(s.Weights.Value, weight)
		}
		s.Weights.Start[i+1] = len(s.Weights.Column)
	}
}

// A reader takes numbers from the front of bytes until one is not there.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
	}
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail("ends within a number")
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) varint() int64 {
	v := r.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// length returns a number of things, of which as many can be in the rest, or 0.
func (r *reader) length(size int) int {
	v := r.uvarint()
	if v > uint64(len(r.rest)/size) { //nolint:gosec // not negative
		r.fail("ends before %d things", v)
		return 0
	}
	return int(v) //nolint:gosec // bounded
}

func (r *reader) bytes(n int) []byte {
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) float() float32 {
	if len(r.rest) < 4 {
		r.fail("ends within a number")
		return 0
	}
	f := math.Float32frombits(binary.LittleEndian.Uint32(r.bytes(4)))
	if f != f || f-f != 0 { // neither a number nor an infinity
		r.fail("holds what is no number")
	}
	return f
}
