package compose

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// overlays are the ways in which the compose files go together.
var overlays = [][]string{
	{},
	{"compose.postgres.yml"},
	{"compose.observability.yml"},
	{"compose.postgres.yml", "compose.observability.yml"},
}

// networks says where each service is: back leads nowhere, and the others are shared by those who
// must reach each other, and nobody else.
var networks = map[string][]string{
	"marketplace":     {"back", "front"},
	"load":            {"front"},
	"recommendations": {"back", "clients"},
	"postgres":        {"back"},
	"prometheus":      {"back", "operators"},
	"grafana":         {"operators"},
}

// A configuration is what compose makes of its files.
type configuration struct {
	Services map[string]struct {
		Image       string
		Networks    map[string]any
		MemLimit    string   `json:"mem_limit"`
		SecurityOpt []string `json:"security_opt"`
		Ports       []struct {
			HostIP string `json:"host_ip"`
		}
	}
	Networks map[string]struct{ Internal bool }
}

// Compose understands every combination of its files, those included whose images no test runs,
// and each service in them keeps to the house's rules.
func TestConfigurations(t *testing.T) {
	needDocker(t)
	for _, files := range overlays {
		t.Run(strings.Join(append([]string{"docker-compose.yml"}, files...), " "), func(t *testing.T) {
			p := describeProject(t, files...)
			var c configuration
			if err := json.Unmarshal([]byte(p.compose(t, "--profile", "*", "config", "--format", "json")), &c); err != nil {
				t.Fatal(err)
			}
			for name, service := range c.Services {
				for promise, kept := range map[string]bool{
					"its image has a version":    strings.Contains(service.Image, ":") && !strings.HasSuffix(service.Image, ":latest"),
					"its memory is limited":      service.MemLimit != "",
					"it gains no privileges":     slices.Contains(service.SecurityOpt, "no-new-privileges:true"),
					"it is in its networks only": slices.Equal(slices.Sorted(maps.Keys(service.Networks)), networks[name]),
				} {
					if !kept {
						t.Errorf("%s: not true: %s\n%+v", name, promise, service)
					}
				}
				for _, port := range service.Ports {
					if port.HostIP != "127.0.0.1" {
						t.Errorf("%s is published on %q", name, port.HostIP)
					}
				}
			}
			for name, network := range c.Networks {
				if network.Internal != (name == "back") {
					t.Errorf("network %s leads elsewhere: %v", name, !network.Internal)
				}
			}
		})
	}
}
