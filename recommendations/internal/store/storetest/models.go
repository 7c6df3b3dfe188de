package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"bookmarket/recommendations/internal/store"
)

var modelCases = []testCase{
	{"there is none at first", noModel},
	{"are kept byte by byte", modelBytes},
	{"have versions that rise", versionsRise},
	{"are found from the latest back", modelsBack},
	{"replace others", replaceModels},
	{"are there all the time while one replaces them", alwaysOne},
	{"a replacement that was cancelled leaves one or the other", cancelledReplacement},
	{"are removed when there are enough later ones", keepFew},
	{"a put that was cancelled leaves nothing in part", cancelledPut},
	{"are seen whole while the next is put", wholeModels},
	{"watchers are told of new ones and replacements", func(s *subject) {
		lease := s.lease()
		s.tells(newModel, func() { s.putModel(lease, SomeModel(10)) })
		s.tells(newModel, func() { s.putModel(lease, SomeModel(10)) })
		s.tells(newModel, func() { s.replaceModels(lease, 1, SomeModel(10)) })
	}},
}

var newModel = store.Change{Model: true}

// SomeModel returns a model of so many bytes, always the same, which compression and text
// encodings do nothing for.
func SomeModel(size int) []byte {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], uint64(size)) //nolint:gosec // a length
	data := make([]byte, size)
	_, _ = rand.NewChaCha8(seed).Read(data) // it never fails
	return data
}

// IsWhole reports whether a model is one of [SomeModel], and not a part of it or of several.
func IsWhole(data []byte) bool { return bytes.Equal(data, SomeModel(len(data))) }

func (s *subject) putModel(lease store.Lease, data []byte) int64 {
	s.Helper()
	version, err := lease.PutModel(s.ctx, data)
	s.must(err)
	return version
}

func (s *subject) replaceModels(lease store.Lease, from int64, data []byte) int64 {
	s.Helper()
	version, err := lease.ReplaceModels(s.ctx, from, data)
	s.must(err)
	return version
}

// beforeIs checks which models there are of lower versions than one.
func (s *subject) beforeIs(version int64, want ...[]byte) {
	s.Helper()
	for i, data := range want {
		found, err := s.store.ModelBefore(s.ctx, version)
		s.must(err)
		if found.Version >= version || !bytes.Equal(found.Data, data) {
			s.Errorf("model %d before %d has version %d and %d bytes, want %d", i, version, found.Version, len(found.Data), len(data))
		}
		version = found.Version
	}
	if found, err := s.store.ModelBefore(s.ctx, version); !errors.Is(err, store.ErrNoModel) {
		s.Errorf("before %d there is version %d with error %v, want %v", version, found.Version, err, store.ErrNoModel)
	}
}

// latestIs checks which model is the latest, by both methods that tell.
func (s *subject) latestIs(version int64, data []byte) {
	s.Helper()
	latest, err := s.store.LatestModel(s.ctx)
	s.must(err)
	if latest.Version != version || !bytes.Equal(latest.Data, data) {
		s.Errorf("the latest model is version %d of %d bytes, want version %d of %d", latest.Version, len(latest.Data), version, len(data))
	}
	alone, err := s.store.ModelVersion(s.ctx)
	s.must(err)
	expect(s, "the version alone", alone, version)
}

func noModel(s *subject) {
	if latest, err := s.store.LatestModel(s.ctx); !errors.Is(err, store.ErrNoModel) {
		s.Errorf("the latest model is %d with error %v, want %v", latest.Version, err, store.ErrNoModel)
	}
	version, err := s.store.ModelVersion(s.ctx)
	s.must(err)
	expect(s, "the version", version, 0)
	s.beforeIs(math.MaxInt64)
}

func modelBytes(s *subject) {
	lease := s.lease()
	const mega = 1 << 20 // a number of bytes that stores may well split at
	for _, size := range []int{0, 1, mega - 1, mega, mega + 1, 5*mega + 12345} {
		data := SomeModel(size)
		given := bytes.Clone(data)
		before := time.Now().UTC().Truncate(time.Microsecond)
		version := s.putModel(lease, given)
		clear(given) // it is the caller's
		s.latestIs(version, data)
		latest, err := s.store.LatestModel(s.ctx)
		s.must(err)
		if at := latest.CreatedAt; at.Before(before) || at.After(time.Now()) || at.Location() != time.UTC {
			s.Errorf("it was put at %v, want a time from %v until now", at, before)
		}
	}
}

func versionsRise(s *subject) {
	last := int64(0)
	for i := range 4 {
		lease, err := s.store.TrainingLease(s.ctx)
		s.must(err)
		for j := range 2 {
			version := s.putModel(lease, SomeModel(10+j))
			if version <= last {
				s.Errorf("version %d comes after %d", version, last)
			}
			last = version
		}
		if i%2 == 0 {
			version := s.replaceModels(lease, 1, SomeModel(12))
			if version <= last {
				s.Errorf("version %d comes after %d", version, last)
			}
			last = version
		}
		s.must(lease.Release())
	}
}

func modelsBack(s *subject) {
	lease := s.lease()
	one := s.putModel(lease, SomeModel(1))
	two := s.putModel(lease, SomeModel(2))
	three := s.putModel(lease, SomeModel(3))
	s.beforeIs(math.MaxInt64, SomeModel(3), SomeModel(2), SomeModel(1))
	s.beforeIs(three, SomeModel(2), SomeModel(1))
	s.beforeIs(two, SomeModel(1))
	s.beforeIs(one)
}

func replaceModels(s *subject) {
	lease := s.lease()
	s.latestIs(s.replaceModels(lease, 1, SomeModel(1)), SomeModel(1)) // nothing
	two := s.putModel(lease, SomeModel(2))
	three := s.putModel(lease, SomeModel(3))
	four := s.replaceModels(lease, two, SomeModel(4))
	if four <= three {
		s.Errorf("version %d comes after %d", four, three)
	}
	s.latestIs(four, SomeModel(4))
	s.beforeIs(math.MaxInt64, SomeModel(4), SomeModel(1))
	five := s.replaceModels(lease, 1, SomeModel(5))
	s.latestIs(five, SomeModel(5))
	s.beforeIs(math.MaxInt64, SomeModel(5))
	s.replaceModels(lease, five+1, SomeModel(6)) // none that there is
	s.beforeIs(math.MaxInt64, SomeModel(6), SomeModel(5))
}

func keepFew(s *subject) {
	lease := s.lease()
	for i := range 2 * store.ModelsKept {
		s.putModel(lease, SomeModel(i+1))
	}
	var kept [][]byte
	for i := range store.ModelsKept {
		kept = append(kept, SomeModel(2*store.ModelsKept-i))
	}
	s.beforeIs(math.MaxInt64, kept...)
}

func cancelledReplacement(s *subject) {
	lease := s.leaseSoon()
	s.putModel(lease, SomeModel(1))
	s.must(lease.Release())
	for round := range 20 {
		lease := s.leaseSoon()
		ctx, cancel := context.WithTimeout(s.ctx, time.Duration(round)*2*time.Millisecond)
		_, err := lease.ReplaceModels(ctx, 1, SomeModel(3<<20+round))
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			s.Error(err)
		}
		s.must(lease.Release())
		latest, err := s.store.LatestModel(s.ctx)
		s.must(err)
		if !IsWhole(latest.Data) {
			s.Errorf("round %d: the latest model has %d bytes", round, len(latest.Data))
		}
		s.beforeIs(math.MaxInt64, latest.Data)
	}
}

func cancelledPut(s *subject) {
	sizes := make(map[int64]int)
	for round := range 20 {
		lease := s.leaseSoon()
		ctx, cancel := context.WithTimeout(s.ctx, time.Duration(round)*2*time.Millisecond)
		size := 3<<20 + round
		version, err := lease.PutModel(ctx, SomeModel(size))
		cancel()
		if err == nil {
			sizes[version] = size
		} else if !errors.Is(err, context.DeadlineExceeded) || version != 0 {
			s.Errorf("put: %d, %v", version, err)
		}
		s.must(lease.Release())
		latest, err := s.store.LatestModel(s.ctx)
		if errors.Is(err, store.ErrNoModel) && len(sizes) == 0 {
			continue
		}
		s.must(err)
		if want, known := sizes[latest.Version]; known && want != len(latest.Data) || !IsWhole(latest.Data) {
			s.Errorf("round %d: the latest model is version %d of %d bytes", round, latest.Version, len(latest.Data))
		}
	}
	// What was left behind is in nobody's way.
	lease := s.leaseSoon()
	s.latestIs(s.putModel(lease, SomeModel(2<<20)), SomeModel(2<<20))
	s.must(lease.Release())
}

func wholeModels(s *subject) {
	lease := s.lease()
	seenWhole(s, lease, func(data []byte) { s.putModel(lease, data) })
}

func alwaysOne(s *subject) {
	lease := s.lease()
	seenWhole(s, lease, func(data []byte) { s.replaceModels(lease, 1, data) })
}

// seenWhole checks that there is a whole model, and never an older one, while put puts others.
func seenWhole(s *subject, lease store.Lease, put func(data []byte)) {
	s.Helper()
	s.putModel(lease, SomeModel(1<<20))
	done := make(chan struct{})
	var reading sync.WaitGroup
	for range 4 {
		reading.Go(func() {
			for last := int64(0); ; {
				select {
				case <-done:
					return
				default:
				}
				latest, err := s.store.LatestModel(s.ctx)
				if err != nil || latest.Version < last || !IsWhole(latest.Data) {
					s.Errorf("version %d of %d bytes after %d (%v)", latest.Version, len(latest.Data), last, err)
					return
				}
				last = latest.Version
			}
		})
	}
	for i := range 2 * store.ModelsKept {
		put(SomeModel(2<<20 + i))
	}
	close(done)
	reading.Wait()
}
