package compose

import (
	"os"
	"strings"
	"testing"

	"bookmarket/e2e/internal/proctest"
)

// networksAreApart looks for the services from where somebody would who got into another one.
func networksAreApart(t *testing.T, p *project) {
	t.Helper()
	addr := func(service, network, port string) string {
		c := inspect[container](t, "container", p.container(t, service))
		return c.NetworkSettings.Networks[p.name+"_"+network].IPAddress + ":" + port
	}
	for _, way := range []struct {
		from, to string
		open     bool
		why      string
	}{
		{"back", addr("recommendations", "back", "50051"), true, "the services meet there"},
		{"back", addr("marketplace", "front", "50052"), false, "nothing gets out of back"},
		{"front", addr("marketplace", "front", "50052"), true, "visitors come from there"},
		{"front", addr("recommendations", "back", "50051"), false, "visitors have no way to recommendations"},
		{"front", addr("recommendations", "clients", "50051"), false, "nor by the network of its clients"},
		{"clients", addr("marketplace", "back", "50052"), false, "clients have no way into back"},
	} {
		err := command(t, "run", "--rm", "--network", p.name+"_"+way.from, p.image("recommendations"), "healthcheck", "--addr", way.to).Run()
		if open := err == nil; open != way.open {
			t.Errorf("from %s to %s: open is %v: %s", way.from, way.to, open, way.why)
		}
	}
}

// passwordIsNobodysElse looks for the database's password where Docker shows it to everybody.
func passwordIsNobodysElse(t *testing.T, p *project) {
	t.Helper()
	password, err := os.ReadFile(proctest.Root() + "/compose.development/postgres-password")
	if err != nil {
		t.Fatal(err)
	}
	for id := range strings.FieldsSeq(p.compose(t, "ps", "--quiet")) {
		for _, variable := range inspect[container](t, "container", id).Config.Env {
			if strings.Contains(variable, strings.TrimSpace(string(password))) {
				t.Errorf("a container's environment has it: %s", variable)
			}
		}
	}
}
