package store

import (
	"context"
	"errors"
	"time"

	"bookmarket/recommendations/internal/recommend"
)

// ModelsKept is how many models a store keeps: what serves, and what can be gone back to.
const ModelsKept = 3

// Models are the part of a store that keeps what was trained, as bytes that it does not look
// into, and that gives out what to train with.
type Models interface {
	// TrainingLease makes its holder the only one that trains, in this process or any other. It
	// returns [ErrTraining] at once where there is a holder already.
	TrainingLease(ctx context.Context) (Lease, error)
	// LatestModel returns the latest model, or [ErrNoModel].
	LatestModel(ctx context.Context) (Model, error)
	// ModelBefore returns the latest model of those of a lower version, or [ErrNoModel].
	ModelBefore(ctx context.Context, version int64) (Model, error)
	// ModelVersion returns the version of the latest model without reading it; 0: there is none.
	ModelVersion(ctx context.Context) (int64, error)
	// Interactions calls do with everything that readers did but views, ordered by reader, and
	// a reader's in the order of ListActivity: all as it was at one moment. Event ids are left
	// out. It holds few events at a time, and ends with the error of do, as that is.
	Interactions(ctx context.Context, do func(recommend.Activity) error) error
}

// A Lease is the right to change models. It ends when it is released, when the store is closed,
// when the process ends, and when the connection to the database is lost; within seconds others
// can have it. From then on its methods change nothing, also those that were under way, and
// return [ErrLeaseLost], or what a closed store returns.
type Lease interface {
	// PutModel adds a model, which becomes the latest, and removes all but the latest
	// [ModelsKept]. Versions rise with each model, and none is given twice, also not that of a
	// model that was removed. If ctx ends first the model may be kept or not, but never in
	// part, and the lease may have ended.
	PutModel(ctx context.Context, data []byte) (version int64, err error)
	// ReplaceModels is PutModel that removes all models of version from or higher as well, in
	// the moment in which it adds the new one.
	ReplaceModels(ctx context.Context, from int64, data []byte) (version int64, err error)
	// Release ends the lease, once it is not in use. Where it has ended it does nothing.
	Release() error
}

// A Model is what was trained.
type Model struct {
	Version   int64     // 1 or more
	CreatedAt time.Time // UTC, whole microseconds: when it was put
	Data      []byte    // not to be changed: others may have the same
}

var (
	// ErrTraining is a lease that somebody else has.
	ErrTraining = errors.New("another process is training")
	// ErrLeaseLost is a lease that has ended.
	ErrLeaseLost = errors.New("the training lease has ended")
	// ErrNoModel is a model that is not there.
	ErrNoModel = errors.New("there is no such model")
)
