package settings

import (
	"net"
	"slices"
	"strconv"
	"strings"
)

// VerifyListenAddr reports a fault unless value is host:port with a port number, such as
// ":50051" or "127.0.0.1:0". Whether the host is one of this machine's shows at listening.
func VerifyListenAddr(variable, value string) error {
	_, port, err := net.SplitHostPort(value)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return Fault(variable, `must be host:port with a port number from 0 to 65535, such as ":8080" or "127.0.0.1:8080"`)
	}
	return nil
}

// VerifyOneOf reports a fault unless value is one of those allowed.
func VerifyOneOf(variable, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return Fault(variable, "must be "+strings.Join(allowed, " or "))
}
