package proctest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Ports that no system hands out for the near end of a connection. A client that keeps
// trying an address where nobody listens can, on such a port, come to be connected to itself
// or leave it in use.
const firstPort, lastPort = 20000, 32000

// FreeAddr returns an address of this machine that nobody listens on, for a program that is
// started later, or twice.
func FreeAddr(t testing.TB) string {
	t.Helper()
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+rand.IntN(lastPort-firstPort)))
		if listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr); err == nil {
			_ = listener.Close()
			return addr
		}
	}
	t.Fatal("no free port found in a hundred tries")
	return ""
}
