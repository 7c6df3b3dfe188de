package training

import (
	"runtime"

	"bookmarket/recommendations/engine/parallel"
)

// Background returns workers for learning beside a server: half of the processors, and behind
// everything else where the system can be told so.
func Background() parallel.Workers {
	return parallel.Workers{N: max(1, runtime.GOMAXPROCS(0)/2), Begin: stepBack}
}
