// Package lifecycle runs a process's servers from their start to a stop that cuts nobody off.
package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bookmarket/internal/settings"
)

// ShutdownSettings are embedded in each service's settings.
type ShutdownSettings struct {
	ShutdownGrace time.Duration `split_words:"true" default:"10s" desc:"how long requests in flight may take once the service stops"`
	ShutdownDelay time.Duration `split_words:"true" default:"0s" desc:"how long to go on serving as NOT_SERVING first, until load balancers have noticed (Kubernetes: 3s)"`
}

// Verify reports the settings' faults under the service's prefix.
func (s ShutdownSettings) Verify(prefix string) error {
	var faults []error
	if s.ShutdownGrace <= 0 {
		faults = append(faults, settings.Fault(prefix+"_SHUTDOWN_GRACE", "must be above 0s"))
	}
	if s.ShutdownDelay < 0 {
		faults = append(faults, settings.Fault(prefix+"_SHUTDOWN_DELAY", "must not be below 0s"))
	}
	return errors.Join(faults...)
}

// A Server serves until it is stopped. Serve returns nil after Stop; Stop finishes what is
// in flight or, when its context ends first, cuts it and returns the context's error.
type Server interface {
	Serve() error
	Stop(ctx context.Context) error
}

// A Process is a service's servers and what must run beside them.
type Process struct {
	Log        *slog.Logger
	Shutdown   ShutdownSettings
	Public     []Server // stopped together
	Admin      Server   // stopped last: probes and metrics watch the others stop
	NotServing func()   // the first step of a stop
	// Background runs beside the servers until its context ends; an error ends the process.
	Background func(ctx context.Context) error
}

// Run serves until ctx ends, which is how a stop is asked for and no error, or a server or the
// background fails. Then it turns NOT_SERVING, waits the delay, gives what is in flight the
// grace and returns what failed.
func (p Process) Run(ctx context.Context) error {
	background, endBackground := context.WithCancel(context.WithoutCancel(ctx))
	var beside sync.WaitGroup
	failed := make(chan error, len(p.Public)+2) // room for each, so that none waits to be heard
	beside.Go(func() {
		if err := p.Background(background); err != nil && background.Err() == nil {
			failed <- err
		}
	})

	for _, server := range append([]Server{p.Admin}, p.Public...) {
		go func() {
			if err := server.Serve(); err != nil {
				failed <- err
			}
		}()
	}

	var failure error
	select {
	case <-ctx.Done():
	case failure = <-failed:
		p.Log.Error("cannot go on", "error", failure.Error())
	}
	p.Log.Info("draining", "delay", p.Shutdown.ShutdownDelay.String(), "grace", p.Shutdown.ShutdownGrace.String())
	p.NotServing()
	if failure == nil {
		time.Sleep(p.Shutdown.ShutdownDelay)
	}
	endBackground()
	p.stop(&beside) // nothing's end is waited for beyond the grace: a handler may be stuck, or a training
	p.Log.Info("stopped")
	return failure
}

// adminGrace is what is left to a metrics scrape; a profile takes half a minute, and nobody
// wants it of a process that ends.
const adminGrace = time.Second

// stop ends the public servers together while the background ends, then the admin server, all
// within the grace.
func (p Process) stop(background *sync.WaitGroup) {
	ctx, cancel := context.WithTimeout(context.Background(), p.Shutdown.ShutdownGrace)
	defer cancel()
	var stopping sync.WaitGroup
	stopping.Go(func() { p.await(ctx, background) })
	for _, server := range p.Public {
		stopping.Go(func() { p.stopOne(ctx, server) })
	}
	stopping.Wait()
	ctx, cancel = context.WithTimeout(ctx, adminGrace)
	defer cancel()
	p.stopOne(ctx, p.Admin)
}

// await waits for the background, but not beyond ctx.
func (p Process) await(ctx context.Context, background *sync.WaitGroup) {
	ended := make(chan struct{})
	go func() {
		background.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		p.Log.Warn("what runs in the background did not end within the grace period")
	}
}

func (p Process) stopOne(ctx context.Context, server Server) {
	if err := server.Stop(ctx); err != nil {
		p.Log.Warn("requests were cut off at the end of the grace period", "error", err.Error())
	}
}
