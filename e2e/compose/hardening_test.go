package compose

import (
	"maps"
	"slices"
	"testing"
)

// A container is what Docker's inspect says of one.
type container struct {
	State struct {
		Status    string
		ExitCode  int
		OOMKilled bool
		Health    struct{ Status string }
	}
	Config struct {
		User        string
		Env         []string
		StopTimeout int
		Healthcheck struct{ Test []string }
	}
	HostConfig struct {
		ReadonlyRootfs bool
		Privileged     bool
		CapAdd         []string
		CapDrop        []string
		SecurityOpt    []string
		Memory         int64
		PidsLimit      int64
		NetworkMode    string
		PortBindings   map[string][]struct{ HostIP, HostPort string }
	}
	NetworkSettings struct {
		Networks map[string]struct{ IPAddress string }
	}
	Mounts []mount
}

// A mount is something of the engine's that a container can write to.
type mount struct{ Type, Destination string }

const (
	mostMemory = 256 << 20
	mostPids   = 256
	// leastStopTimeout is above the ten seconds that a service may take to stop.
	leastStopTimeout = 11
)

// containersAreHardened checks what a container may do if somebody gets into it.
func containersAreHardened(t *testing.T, p *project) {
	t.Helper()
	published := map[string]map[string]string{
		"recommendations": {"50051/tcp": port(p.grpc)},
		"marketplace":     {"5000/tcp": port(p.url[:len(p.url)-1])},
	}
	mounts := map[string][]mount{"recommendations": {{"volume", "/data"}}}
	for _, service := range services {
		c := inspect[container](t, "container", p.container(t, service))
		host := c.HostConfig
		for promise, kept := range map[string]bool{
			"runs as 65532:65532":               c.Config.User == "65532:65532",
			"root filesystem is read-only":      host.ReadonlyRootfs,
			"is not privileged":                 !host.Privileged,
			"has no capability":                 len(host.CapAdd) == 0 && slices.Equal(host.CapDrop, []string{"ALL"}),
			"gains no privileges":               slices.Contains(host.SecurityOpt, "no-new-privileges:true"),
			"memory is limited":                 host.Memory > 0 && host.Memory <= mostMemory,
			"processes are limited":             host.PidsLimit > 0 && host.PidsLimit <= mostPids,
			"has a network of its own":          host.NetworkMode != "host",
			"mounts what it keeps, or nothing":  slices.Equal(c.Mounts, mounts[service]),
			"is asked by its own program":       slices.Equal(c.Config.Healthcheck.Test, []string{"CMD", "/" + service, "healthcheck"}),
			"is healthy":                        c.State.Health.Status == "healthy",
			"has time to stop":                  c.Config.StopTimeout >= leastStopTimeout,
			"is published to this machine only": maps.Equal(hostPorts(t, c), published[service]),
		} {
			if !kept {
				t.Errorf("%s: not true: %s\n%+v", service, promise, c)
			}
		}
	}
}

// hostPorts returns the published ports, each of which must be bound to the loopback address.
func hostPorts(t *testing.T, c container) map[string]string {
	t.Helper()
	ports := make(map[string]string)
	for inside, bindings := range c.HostConfig.PortBindings {
		for _, binding := range bindings {
			if binding.HostIP != "127.0.0.1" {
				t.Errorf("%s is published on %q", inside, binding.HostIP)
			}
			ports[inside] = binding.HostPort
		}
	}
	return ports
}
