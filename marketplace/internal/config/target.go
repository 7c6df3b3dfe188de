package config

import (
	"net"
	"strconv"
	"strings"

	"bookmarket/internal/settings"
)

const defaultPort = "50051"

// RecommendationsTarget returns RecommendationsHost as a gRPC target (gRPC's doc/naming.md).
func (c *Config) RecommendationsTarget() (string, error) {
	host := c.RecommendationsHost
	for _, scheme := range []string{"unix:", "unix-abstract:", "passthrough:"} {
		if endpoint, ok := strings.CutPrefix(host, scheme); ok {
			if strings.Trim(endpoint, "/") == "" {
				return "", targetFault("names nothing behind " + scheme)
			}
			return host, nil
		}
	}
	if rest, isDNS := strings.CutPrefix(host, "dns:"); isDNS {
		if host = strings.TrimPrefix(rest, "///"); strings.HasPrefix(host, "//") {
			return "", targetFault("names a DNS server, which is not supported: write dns:///host:port")
		}
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil { // no port, then; an IPv6 address may stand in brackets or not
		name, port = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), defaultPort
	}
	if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
		return "", targetFault("has no port number from 1 to 65535 behind the colon")
	}
	if strings.ContainsAny(name, "/ @?#[]") || strings.Contains(name, ":") && net.ParseIP(name) == nil || name == "" {
		return "", targetFault("must be a host, host:port, or a gRPC target such as dns:///recommendations-headless:50051")
	}
	return "dns:///" + net.JoinHostPort(name, port), nil
}

func targetFault(what string) error {
	return settings.Fault(Prefix+"_RECOMMENDATIONS_HOST (or RECOMMENDATIONS_HOST)", what)
}
