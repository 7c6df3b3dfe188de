// Package readers keeps what readers did: in a store, and the histories of those who were here
// lately in memory.
package readers

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// maxEvents bounds the memory of all cached histories: half a million events are some 64 MB
// at most, and usually a tenth of that, since few readers did much.
const maxEvents = 500_000

const (
	// historyTimeout is how long a recommendation waits for a history that is not in memory.
	historyTimeout = 100 * time.Millisecond
	// After maxFailures in a row the store is asked again only every retryInterval, so that not
	// every answer waits for a store that is gone.
	maxFailures   = 3
	retryInterval = time.Second
)

// Readers are a store's activities with a cache of histories before them.
type Readers struct {
	store   store.Activities
	now     func() time.Time
	cache   *otter.Cache[int64, *recommend.History]
	loading singleflight.Group
	lookups *prometheus.CounterVec

	mu sync.Mutex
	// A history that was read before a change must not be cached after it: epoch grows with
	// each change, and what was read in an earlier epoch is not kept.
	epoch    [256]uint64 // by user id
	all      uint64
	failures int       // reads of the store that failed, one after the other
	retry    time.Time // when it is asked again after too many of them
}

// New returns the readers of a store. now is the clock.
func New(activities store.Activities, now func() time.Time, metrics prometheus.Registerer) *Readers {
	r := &Readers{
		store: activities,
		now:   now,
		cache: otter.Must(&otter.Options[int64, *recommend.History]{
			MaximumWeight: maxEvents,
			Weigher: func(_ int64, h *recommend.History) uint32 {
				return uint32(len(h.Events)) + 1 //nolint:gosec // a reader's events in memory are far fewer
			},
		}),
		lookups: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "recommendations_history_lookups_total",
			Help: "Histories of readers asked for: hit (in memory), miss (read from the store), failed.",
		}, []string{"result"}),
	}
	metrics.MustRegister(r.lookups, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "recommendations_cached_histories",
		Help: "Histories of readers in memory.",
	}, func() float64 { return float64(r.cache.EstimatedSize()) }))
	for _, result := range []string{"hit", "miss", "failed"} {
		r.lookups.WithLabelValues(result) // a rate needs a zero to start from
	}
	return r
}

// History returns what a reader did, from memory or the store.
func (r *Readers) History(ctx context.Context, userID int64) (*recommend.History, error) {
	if history, ok := r.cache.GetIfPresent(userID); ok {
		r.lookups.WithLabelValues("hit").Inc()
		return history, nil
	}
	history, err := r.load(ctx, userID)
	if err != nil {
		r.lookups.WithLabelValues("failed").Inc()
		return nil, err
	}
	r.lookups.WithLabelValues("miss").Inc()
	return history, nil
}

// load reads a history once for all who ask for it at the same time, and in the same epoch:
// who asks after a change must not get what was read before it.
func (r *Readers) load(ctx context.Context, userID int64) (*recommend.History, error) {
	epoch, ok := r.beginLoad(userID)
	if !ok {
		return nil, recommend.ErrUnavailable
	}
	key := strconv.FormatInt(userID, 10) + "/" + strconv.FormatUint(epoch, 10)
	results := r.loading.DoChan(key, func() (any, error) {
		// Its own deadline, and not the first caller's: others wait for it as well.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), historyTimeout)
		defer cancel()
		events, err := r.store.History(ctx, userID)
		if err != nil {
			r.failed()
			return nil, err
		}
		history := recommend.NewHistory(events)
		r.loaded(userID, epoch, history)
		return history, nil
	})
	select {
	case result := <-results:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*recommend.History), nil //nolint:forcetypeassert // the function above returns it
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *Readers) epochOf(userID int64) uint64 {
	return r.all + r.epoch[uint64(userID)%uint64(len(r.epoch))] //nolint:gosec // any spread will do
}

// beginLoad returns the epoch in which a history is read, or false if the store is not asked now.
func (r *Readers) beginLoad(userID int64) (epoch uint64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failures >= maxFailures {
		now := r.now()
		if now.Before(r.retry) {
			return 0, false
		}
		r.retry = now.Add(retryInterval) // one of all who ask tries
	}
	return r.epochOf(userID), true
}

func (r *Readers) failed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures++
	r.retry = r.now().Add(retryInterval)
}

func (r *Readers) loaded(userID int64, epoch uint64, history *recommend.History) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = 0
	if r.epochOf(userID) == epoch {
		r.cache.Set(userID, history)
	}
}

// Forget drops the histories that a change may have touched.
func (r *Readers) Forget(change store.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if change.All {
		r.all++
		r.cache.InvalidateAll()
		return
	}
	for _, userID := range change.Users {
		r.epoch[uint64(userID)%uint64(len(r.epoch))]++ //nolint:gosec // any spread will do
		r.cache.Invalidate(userID)
	}
}
