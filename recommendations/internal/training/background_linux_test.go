package training

import (
	"syscall"
	"testing"
)

// priority is that of a thread, from 1, the lowest, to 40, as the system call returns it.
func priority(t *testing.T) int {
	t.Helper()
	p, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
	if err != nil {
		t.Error(err)
	}
	return p
}

// Who learns in the background is behind everything else, and nobody else is.
func TestBackgroundStepsBack(t *testing.T) {
	before := priority(t)
	workers := Background()
	workers.Run(func(int) {
		if p := priority(t); p != 20-lowestPriority {
			t.Errorf("a worker has priority %d, want %d", p, 20-lowestPriority)
		}
	})
	for range 100 {
		done := make(chan int)
		go func() { done <- priority(t) }()
		if p := <-done; p != before {
			t.Fatalf("another goroutine has priority %d, want %d", p, before)
		}
	}
	if workers.N < 1 {
		t.Error("nobody learns")
	}
}
