package storetest

import (
	"context"
	"errors"
	"math"
	"testing"

	"bookmarket/recommendations/internal/store"
)

// A sharedCase checks a promise about two stores in one database.
type sharedCase struct {
	name string
	run  func(one, other *subject)
}

var sharedCases = []sharedCase{
	{"the lease excludes other stores", leaseExcludesOthers},
	{"a store that is closed leaves the lease to others", closedLeavesLease},
	{"models are every store's", modelsShared},
	{"every store is told of a model", toldOfModel},
}

// RunShared runs the cases about stores of different processes. open returns two stores in one
// database that is empty and migrated; they end with the test.
func RunShared(t *testing.T, open func(t testing.TB) (one, other store.Store)) {
	for _, c := range sharedCases {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
			defer cancel()
			one, other := open(t)
			c.run(&subject{T: t, store: one, ctx: ctx}, &subject{T: t, store: other, ctx: ctx})
		})
	}
}

func leaseExcludesOthers(one, other *subject) {
	for i := range 5 {
		lease := one.lease()
		if _, err := other.store.TrainingLease(other.ctx); !errors.Is(err, store.ErrTraining) {
			one.Errorf("a second lease: %v, want %v", err, store.ErrTraining)
		}
		version := one.putModel(lease, SomeModel(i+1))
		one.must(lease.Release())
		next := other.lease() // at once
		lost(one, lease, store.ErrLeaseLost)
		if after := other.putModel(next, SomeModel(i+1)); after <= version {
			one.Errorf("version %d comes after %d", after, version)
		}
		other.must(next.Release())
	}
}

func closedLeavesLease(one, other *subject) {
	one.putModel(one.lease(), SomeModel(1))
	one.must(one.store.Close())
	other.must(other.leaseSoon().Release())
}

func modelsShared(one, other *subject) {
	lease := one.lease()
	first := one.putModel(lease, SomeModel(1))
	other.latestIs(first, SomeModel(1))
	other.latestIs(one.putModel(lease, SomeModel(2)), SomeModel(2))
	other.latestIs(one.replaceModels(lease, first, SomeModel(3)), SomeModel(3))
	other.beforeIs(math.MaxInt64, SomeModel(3))
}

func toldOfModel(one, other *subject) {
	lease := one.lease()
	one.putModel(lease, SomeModel(1))
	other.tells(newModel, func() { one.putModel(lease, SomeModel(2)) })
	other.tells(newModel, func() { one.replaceModels(lease, 1, SomeModel(3)) })
}
