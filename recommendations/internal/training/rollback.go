package training

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"bookmarket/recommendations/engine/snapshot"
	"bookmarket/recommendations/internal/store"
)

// RollBack publishes the model before the latest anew, as what was learned from the data that
// there are now, and removes both in the same moment, so that another rollback goes one further
// back, and nothing is learned again before readers do something more. It returns
// [store.ErrNoModel] where there is no earlier model that can be used, and then changes nothing.
func (l *Learner) RollBack(ctx context.Context) (version int64, err error) {
	lease, err := l.source.TrainingLease(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	latest, err := l.source.LatestModel(ctx)
	if err != nil {
		return 0, err
	}
	before, err := usableBefore(ctx, l.source, latest.Version, l.log)
	if err != nil {
		return 0, err
	}
	_, before.about.Data, err = l.books(ctx)
	if err != nil {
		return 0, err
	}
	if before.snapshot.Description, err = json.Marshal(before.about); err != nil {
		return 0, err
	}
	return lease.ReplaceModels(ctx, before.version, before.snapshot.Encode())
}

// usable is a model that can be used.
type usable struct {
	version  int64
	snapshot *snapshot.Snapshot
	about    *Description
}

// usableBefore returns the latest model of a lower version that can be used, or
// [store.ErrNoModel]. The log is told of those that cannot.
func usableBefore(ctx context.Context, source store.Models, version int64, log *slog.Logger) (*usable, error) {
	for {
		model, err := source.ModelBefore(ctx, version)
		if err != nil {
			return nil, err
		}
		snap, about, err := decode(model.Data)
		if err == nil {
			return &usable{model.Version, snap, about}, nil
		}
		log.Error("a model cannot be used", "version", model.Version, "error", err.Error())
		version = model.Version
	}
}
