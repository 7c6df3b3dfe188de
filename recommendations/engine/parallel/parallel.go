// Package parallel has work done side by side.
package parallel

import (
	"runtime"
	"sync"
)

// Workers are goroutines that share a piece of work.
type Workers struct {
	N     int
	Begin func() // what each of them does first; nil: nothing
}

// All returns a worker for each processor.
func All() Workers { return Workers{N: runtime.GOMAXPROCS(0)} }

// Run has each worker, from 0 on, work, and returns when all are done.
func (w Workers) Run(work func(worker int)) {
	var working sync.WaitGroup
	for worker := range w.N {
		working.Go(func() {
			if w.Begin != nil {
				w.Begin()
			}
			work(worker)
		})
	}
	working.Wait()
}
