package training

import (
	"runtime"
	"syscall"
)

const lowestPriority = 19

// stepBack gives the thread of this goroutine the lowest priority. The thread ends with the
// goroutine, because it is not unlocked: a priority can be given up, and not taken back.
func stepBack() {
	runtime.LockOSThread()
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), lowestPriority) // or it stays as it is
}
