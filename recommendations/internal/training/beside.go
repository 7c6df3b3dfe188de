package training

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// firstPatience is how long a service that starts waits for what is read beside: it serves
	// better with it, and without it as soon as that takes too long.
	firstPatience = 10 * time.Second
	// patience is how long it is waited for where there is an older one.
	patience = time.Second
	// besideTimeout ends a read that goes on for ever. On a large database it may take minutes.
	besideTimeout = statsInterval
)

// A beside is a statistic of everything in the store, which may take longer to read than a new
// model can wait: that is made with the one before then, and again when this one is there.
type beside[T any] struct {
	what      string
	publisher *Publisher
	read      func(context.Context) (T, error)

	began time.Time // when the last read began
	rest  time.Time // until when there is no other: one that took long leaves the database alone for as long
	under *reading[T]
	value T
	taken int // how often value was read
}

// A reading is a read under way.
type reading[T any] struct {
	result chan result[T] // of one element
	late   atomic.Bool    // nobody waits for it
}

type result[T any] struct {
	value T
	err   error
}

// update reads the statistic anew if that is due. A read that takes too long is waited for no
// longer, and the model does without it, also if it fails then. ctx bounds the wait, and life the
// read.
func (b *beside[T]) update(ctx, life context.Context, due bool) error {
	switch {
	case b.under != nil:
		b.takeLate()
		return nil
	case !due || b.publisher.now().Before(b.rest):
		return nil
	}
	wait := patience
	if b.taken == 0 {
		wait = firstPatience
	}
	b.begin(life)
	select {
	case got := <-b.under.result:
		return b.take(got)
	case <-ctx.Done():
	case <-time.After(wait):
	}
	b.under.late.Store(true)
	b.publisher.log.Warn("the model does without a new count, which takes long", "of", b.what)
	b.takeLate() // it may have come before that was stored
	return ctx.Err()
}

func (b *beside[T]) begin(life context.Context) {
	r := &reading[T]{result: make(chan result[T], 1)}
	b.began, b.under = b.publisher.now(), r
	b.publisher.reading.Go(func() {
		ctx, cancel := context.WithTimeout(life, besideTimeout)
		defer cancel()
		value, err := b.read(ctx)
		r.result <- result[T]{value, err}
		if r.late.Load() {
			b.publisher.Changed()
		}
	})
}

func (b *beside[T]) take(got result[T]) error {
	b.under = nil
	if got.err != nil {
		b.began = time.Time{} // it is due again
		return got.err
	}
	b.value = got.value
	b.taken++
	return nil
}

// takeLate takes what nobody waited for, if it is there.
func (b *beside[T]) takeLate() {
	select {
	case got := <-b.under.result:
		now := b.publisher.now()
		b.rest = now.Add(now.Sub(b.began))
		if err := b.take(got); err != nil {
			b.publisher.log.Warn("a count failed", "of", b.what, "error", err.Error())
		}
	default:
	}
}
