package compose

import (
	"os"
	"strings"
	"sync"
	"testing"

	"bookmarket/e2e/internal/proctest"
)

// networksAreApart looks for every address of the services from every network, as somebody would
// who got into a container there.
func networksAreApart(t *testing.T, p *project) {
	t.Helper()
	var looking sync.WaitGroup
	for service, port := range map[string]string{"recommendations": "50051", "marketplace": "50052"} {
		found := inspect[container](t, "container", p.container(t, service)).NetworkSettings.Networks
		if len(found) != len(networks[service]) {
			t.Errorf("%s is in %v, want %v", service, found, networks[service])
		}
		for _, network := range networks[service] {
			addr := found[p.name+"_"+network].IPAddress + ":" + port
			for _, from := range []string{"front", "clients", "back"} {
				looking.Go(func() {
					look := command(t, "run", "--rm", "--network", p.name+"_"+from, p.image("recommendations"), "healthcheck", "--addr", addr)
					if open := look.Run() == nil; open != (from == network) {
						t.Errorf("from %s to %s's address in %s: open is %v", from, service, network, open)
					}
				})
			}
		}
	}
	looking.Wait()
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
