package training

import (
	"context"
	"encoding/json"
	"errors"

	"bookmarket/recommendations/internal/store"
)

// RollBack withdraws the latest model and publishes the one before anew, as what was learned from
// the data that there are now: so nothing is learned again before readers do something more. It
// returns [store.ErrNoModel] where there is no earlier model, and then changes nothing.
func (l *Learner) RollBack(ctx context.Context) (version int64, err error) {
	lease, err := l.source.TrainingLease(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	_, data, err := l.books(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := lease.Withdraw(ctx); err != nil {
		return 0, err
	}
	model, err := l.source.LatestModel(ctx)
	if err != nil {
		return 0, err
	}
	snap, d, err := decode(model.Data)
	if err != nil {
		return 0, err
	}
	d.Data = data
	if snap.Description, err = json.Marshal(d); err != nil {
		return 0, err
	}
	// Another rollback goes to what was before this one.
	if _, err := lease.Withdraw(ctx); err != nil && !errors.Is(err, store.ErrNoModel) {
		return 0, err
	}
	return lease.PutModel(ctx, snap.Encode())
}
