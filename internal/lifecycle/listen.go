package lifecycle

import (
	"fmt"
	"net"
)

// Listen opens a TCP address; its error names the setting that the address came from.
func Listen(variable, addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	return listener, nil
}
