package snapshot

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bookmarket/recommendations/engine/matrix"
)

func drawn(t *rapid.T) *Snapshot {
	s := &Snapshot{
		Description: rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "description"),
		Items:       rapid.SliceOfNDistinct(rapid.Int64(), 0, 20, rapid.ID).Draw(t, "ids"),
	}
	n := len(s.Items)
	s.Prior = rapid.SliceOfN(rapid.Float32(), n, n).Draw(t, "prior")
	var entries []matrix.Entry
	for i := range n {
		for item, value := range rapid.MapOfN(rapid.Int32Range(0, int32(n-1)), rapid.Float32(), 0, 5).Draw(t, "row") { //nolint:gosec // few
			entries = append(entries, matrix.Entry{Row: int32(i), Column: item, Value: value})
		}
	}
	var err error
	if s.Weights, err = matrix.New(n, n, entries); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t)
		data := s.Encode()
		read, err := Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if again := read.Encode(); !bytes.Equal(again, data) {
			t.Fatal("what was read is written otherwise")
		}
		if !slices.Equal(read.Items, s.Items) || !slices.Equal(read.Prior, s.Prior) || !bytes.Equal(read.Description, s.Description) ||
			!slices.Equal(read.Weights.Start, s.Weights.Start) || !slices.Equal(read.Weights.Column, s.Weights.Column) || !slices.Equal(read.Weights.Value, s.Weights.Value) {
			t.Fatalf("got %+v, want %+v", read, s)
		}
	})
}

// small is a snapshot whose bytes can be counted.
func small() *Snapshot {
	return &Snapshot{
		Description: []byte("x"),
		Items:       []int64{5, 3},
		Prior:       []float32{1, 0},
		Weights:     &matrix.Sparse{Columns: 2, Start: []int{0, 1, 1}, Column: []int32{1}, Value: []float32{2}},
	}
}

// The format must stay: snapshots outlive programs.
func TestFormat(t *testing.T) {
	body := []byte{
		1, 'x', // description
		2,                  // items
		10, 0, 0, 0x80, 63, // +5, prior 1
		3, 0, 0, 0, 0, // -2, prior 0
		1, 1, 0, 0, 0, 64, // item 0: one weight: of item 1, 2
		0, // item 1: none
	}
	sum := sha256.Sum256(body)
	want := append(append([]byte("BOOKMDL1"), sum[:]...), body...)
	if got := small().Encode(); !bytes.Equal(got, want) {
		t.Errorf("got\n%v, want\n%v", got, want)
	}
	if got, err := Decode(want); err != nil || !reflect.DeepEqual(got, small()) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Whatever bit is flipped, and wherever the bytes end, it is noticed.
func TestDamageIsNoticed(t *testing.T) {
	data := small().Encode()
	for bit := range 8 * len(data) {
		damaged := bytes.Clone(data)
		damaged[bit/8] ^= 1 << (bit % 8)
		if _, err := Decode(damaged); !errors.Is(err, ErrChecksum) && !errors.Is(err, ErrFormat) {
			t.Errorf("bit %d was flipped: %v", bit, err)
		}
	}
	for n := range data {
		if _, err := Decode(data[:n]); !errors.Is(err, ErrChecksum) && !errors.Is(err, ErrFormat) {
			t.Errorf("of %d bytes %d are left: %v", len(data), n, err)
		}
	}
}

// FuzzDecode feeds what has a good checksum: nothing in it may be believed either.
func FuzzDecode(f *testing.F) {
	f.Add(small().Encode()[len(magic)+sha256.Size:])
	f.Add([]byte{})
	f.Add([]byte{0, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := decodeBody(body)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("got %v", err)
			}
			return
		}
		again, err := Decode(s.Encode())
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("read %+v, then %+v, %v", s, again, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	const items, weights = 10_000, 100
	random := rand.New(rand.NewPCG(1, 2))
	s := &Snapshot{Items: make([]int64, items), Prior: make([]float32, items), Weights: &matrix.Sparse{Columns: items, Start: []int{0}}}
	for i := range items {
		s.Items[i] = int64(i + 1)
		for k := range int32(weights) {
			s.Weights.Column = append(s.Weights.Column, k*items/weights+random.Int32N(items/weights))
			s.Weights.Value = append(s.Weights.Value, random.Float32())
		}
		s.Weights.Start = append(s.Weights.Start, len(s.Weights.Column))
	}
	data := s.Encode()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}
