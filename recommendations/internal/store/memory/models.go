package memory

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// A lease lasts for as long as its store knows it.
type lease struct{ store *Store }

// TrainingLease returns the lease, unless somebody has it.
func (s *Store) TrainingLease(ctx context.Context) (store.Lease, error) {
	l := &lease{s}
	var err error
	unusable := s.write(ctx, func() store.Change {
		if s.lease != nil {
			err = store.ErrTraining
		} else {
			s.lease = l
		}
		return store.Change{}
	})
	if err := cmp.Or(unusable, err); err != nil {
		return nil, err
	}
	return l, nil
}

// Release ends the lease.
func (l *lease) Release() error {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	if l.store.lease == l {
		l.store.lease = nil
	}
	return nil
}

// PutModel adds a model.
func (l *lease) PutModel(ctx context.Context, data []byte) (version int64, err error) {
	return l.ReplaceModels(ctx, math.MaxInt64, data)
}

// ReplaceModels adds a model in place of others.
func (l *lease) ReplaceModels(ctx context.Context, from int64, data []byte) (version int64, err error) {
	data = bytes.Clone(data)
	err = l.change(ctx, func(s *Store) {
		s.version++
		version = s.version
		s.models = slices.DeleteFunc(s.models, func(m store.Model) bool { return m.Version >= from })
		now := time.Now().UTC().Truncate(time.Microsecond)
		s.models = append(s.models, store.Model{Version: version, CreatedAt: now, Data: data})
		s.models = slices.Delete(s.models, 0, max(0, len(s.models)-store.ModelsKept))
	})
	return version, err
}

// change calls f, which changes which model is the latest, if the lease lasts.
func (l *lease) change(ctx context.Context, f func(*Store)) error {
	var err error
	unusable := l.store.write(ctx, func() store.Change {
		if l.store.lease != l {
			err = store.ErrLeaseLost
			return store.Change{}
		}
		f(l.store)
		return store.Change{Model: true}
	})
	return cmp.Or(unusable, err)
}

// LatestModel returns the latest model.
func (s *Store) LatestModel(ctx context.Context) (store.Model, error) {
	return s.ModelBefore(ctx, math.MaxInt64)
}

// ModelBefore returns the latest model of a lower version.
func (s *Store) ModelBefore(ctx context.Context, version int64) (found store.Model, err error) {
	unusable := s.read(ctx, func() {
		err = store.ErrNoModel
		for _, model := range slices.Backward(s.models) {
			if model.Version < version {
				found, err = model, nil
				return
			}
		}
	})
	return found, cmp.Or(unusable, err)
}

// ModelVersion returns the version of the latest model.
func (s *Store) ModelVersion(ctx context.Context) (int64, error) {
	latest, err := s.LatestModel(ctx)
	if errors.Is(err, store.ErrNoModel) {
		return 0, nil
	}
	return latest.Version, err
}

// Interactions calls do with what readers did but views. Nobody waits for do: events never
// change, so that it is enough to have noted which there were.
func (s *Store) Interactions(ctx context.Context, do func(recommend.Activity) error) error {
	var events []*event
	err := s.read(ctx, func() {
		events = make([]*event, 0, len(s.events))
		for _, e := range s.events {
			if e.Kind != recommend.View {
				events = append(events, e)
			}
		}
	})
	if err != nil {
		return err
	}
	slices.SortFunc(events, func(a, b *event) int {
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), newestFirst(a.cursor(), b.cursor()))
	})
	for _, e := range events {
		if err := s.read(ctx, func() {}); err != nil {
			return err // ctx has ended, or the store is closed
		}
		a := e.Activity
		a.EventID = ""
		if err := do(a); err != nil {
			return err
		}
	}
	return nil
}
