package storetest

import (
	"errors"
	"sync/atomic"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

var leaseCases = []testCase{
	{"has one holder", leaseExclusive},
	{"is given to one of many", leaseOnce},
	{"changes nothing when it was released", leaseReleased},
	{"changes nothing when the store is closed", leaseClosed},
}

// lease returns the lease, which ends with the test.
func (s *subject) lease() store.Lease {
	s.Helper()
	lease, err := s.store.TrainingLease(s.ctx)
	s.must(err)
	s.Cleanup(func() {
		if err := lease.Release(); err != nil {
			s.Error(err)
		}
	})
	return lease
}

// leaseSoon returns the lease as soon as it is there: one that ended by itself may take a while.
func (s *subject) leaseSoon() store.Lease {
	s.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		lease, err := s.store.TrainingLease(s.ctx)
		if err == nil {
			return lease
		}
		if !errors.Is(err, store.ErrTraining) || time.Now().After(deadline) {
			s.Fatal(err)
		}
	}
}

func leaseExclusive(s *subject) {
	lease := s.lease()
	for range 3 {
		if _, err := s.store.TrainingLease(s.ctx); !errors.Is(err, store.ErrTraining) {
			s.Errorf("a second lease: %v, want %v", err, store.ErrTraining)
		}
	}
	s.putModel(lease, SomeModel(1))
}

func leaseReleased(s *subject) {
	lease := s.lease()
	s.putModel(lease, SomeModel(1))
	two := s.putModel(lease, SomeModel(2))
	s.must(lease.Release())
	s.must(lease.Release())
	lost(s, lease, store.ErrLeaseLost)
	s.latestIs(two, SomeModel(2))
	next := s.lease()
	lost(s, lease, store.ErrLeaseLost)
	s.must(lease.Release()) // of the one that has ended, not of the next
	s.latestIs(s.putModel(next, SomeModel(3)), SomeModel(3))
}

// lost checks that a lease changes nothing and says why.
func lost(s *subject, lease store.Lease, want error) {
	s.Helper()
	if version, err := lease.PutModel(s.ctx, SomeModel(1)); !errors.Is(err, want) {
		s.Errorf("put: %d, %v, want %v", version, err, want)
	}
	if version, err := lease.ReplaceModels(s.ctx, 1, SomeModel(1)); !errors.Is(err, want) {
		s.Errorf("replace: %d, %v, want %v", version, err, want)
	}
}

func leaseClosed(s *subject) {
	lease := s.lease()
	s.must(s.store.Close())
	lost(s, lease, recommend.ErrUnavailable)
	s.must(lease.Release())
}

func leaseOnce(s *subject) {
	var holders, given atomic.Int64
	together(func(int) {
		for range 20 {
			lease, err := s.store.TrainingLease(s.ctx)
			if errors.Is(err, store.ErrTraining) {
				continue
			}
			if err != nil {
				s.Error(err)
				return
			}
			given.Add(1)
			if n := holders.Add(1); n != 1 {
				s.Errorf("%d have the lease", n)
			}
			if _, err := lease.PutModel(s.ctx, SomeModel(1)); err != nil {
				s.Error(err)
			}
			holders.Add(-1)
			if err := lease.Release(); err != nil {
				s.Error(err)
			}
		}
	})
	if given.Load() == 0 {
		s.Error("nobody got the lease")
	}
}
