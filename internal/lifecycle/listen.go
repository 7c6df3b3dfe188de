package lifecycle

import (
	"context"
	"errors"
	"net"

	"bookmarket/internal/settings"
)

// An Address is where a server listens, and the setting that says so.
type Address struct{ Variable, Addr string }

// Listen opens the TCP addresses, in their order, or none. Its error joins a line for each
// that cannot be opened, with its setting and without its value.
func Listen(ctx context.Context, addresses ...Address) ([]net.Listener, error) {
	var config net.ListenConfig
	var listeners []net.Listener
	var faults []error
	for _, address := range addresses {
		listener, err := config.Listen(ctx, "tcp", address.Addr)
		if err != nil {
			faults = append(faults, settings.Fault(address.Variable, "cannot listen: "+reason(err)))
			continue
		}
		listeners = append(listeners, listener)
	}
	if faults == nil {
		return listeners, nil
	}
	for _, listener := range listeners {
		faults = append(faults, listener.Close())
	}
	return nil, errors.Join(faults...)
}

// reason is what is wrong with an address, without the address.
func reason(err error) string {
	if dnsErr, ok := errors.AsType[*net.DNSError](err); ok {
		return dnsErr.Err
	}
	if opErr, ok := errors.AsType[*net.OpError](err); ok {
		return opErr.Err.Error()
	}
	return err.Error()
}
