package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"bookmarket/recommendations/internal/store"
)

var modelCases = []testCase{
	{"there is none at first", noModel},
	{"are kept byte by byte", modelBytes},
	{"have versions that rise", versionsRise},
	{"are withdrawn one by one", withdraw},
	{"are removed when there are enough later ones", keepFew},
	{"a put that was cancelled leaves nothing in part", cancelledPut},
	{"are seen whole while the next is put", wholeModels},
	{"watchers are told of new and withdrawn ones", func(s *subject) {
		lease := s.lease()
		s.tells(newModel, func() { s.putModel(lease, SomeModel(10)) })
		s.tells(newModel, func() { s.putModel(lease, SomeModel(10)) })
		s.tells(newModel, func() { s.withdraw(lease) })
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

func (s *subject) withdraw(lease store.Lease) int64 {
	s.Helper()
	version, err := lease.Withdraw(s.ctx)
	s.must(err)
	return version
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
	if _, err := s.lease().Withdraw(s.ctx); !errors.Is(err, store.ErrNoModel) {
		s.Errorf("withdraw: %v, want %v", err, store.ErrNoModel)
	}
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
			s.withdraw(lease)
		}
		s.must(lease.Release())
	}
}

func withdraw(s *subject) {
	lease := s.lease()
	one := s.putModel(lease, SomeModel(1))
	if _, err := lease.Withdraw(s.ctx); !errors.Is(err, store.ErrNoModel) {
		s.Errorf("withdraw the only one: %v, want %v", err, store.ErrNoModel)
	}
	s.latestIs(one, SomeModel(1))
	two := s.putModel(lease, SomeModel(2))
	s.putModel(lease, SomeModel(3))
	expect(s, "latest again", s.withdraw(lease), two)
	s.latestIs(two, SomeModel(2))
	expect(s, "latest again", s.withdraw(lease), one)
	s.latestIs(one, SomeModel(1))
	if four := s.putModel(lease, SomeModel(4)); four <= two+1 {
		s.Errorf("version %d comes after one that was withdrawn", four)
	}
}

func keepFew(s *subject) {
	lease := s.lease()
	for i := range 2 * store.ModelsKept {
		s.putModel(lease, SomeModel(i+1))
	}
	for i := range store.ModelsKept - 1 {
		s.latestIs(s.withdraw(lease), SomeModel(2*store.ModelsKept-1-i))
	}
	if _, err := lease.Withdraw(s.ctx); !errors.Is(err, store.ErrNoModel) {
		s.Errorf("withdraw the first of those that are kept: %v, want %v", err, store.ErrNoModel)
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
		s.putModel(lease, SomeModel(2<<20+i))
	}
	close(done)
	reading.Wait()
}
