package compose

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bookmarket/e2e/internal/pagetest"
	"bookmarket/e2e/internal/proctest"
)

// commandLimit is how long one command of Docker may take: the longest builds both images on
// a machine that has compiled nothing yet.
const commandLimit = 15 * time.Minute

// A project is one run of the compose file under a name, tags and ports of its own, so that
// it meddles with no other on this machine.
type project struct {
	name  string
	files []string // of compose, from the repository's root
	env   []string
	url   string // of the page
	grpc  string // address of recommendations
}

// The images' version and revision; the version is the images' tag too.
const revision = "0123456789abcdef0123456789abcdef01234567"

func (p *project) image(service string) string { return "bookmarket/" + service + ":" + p.name }

// newProject returns a project of the repository's compose file and of those that extend it.
// What it has made goes with the test.
func newProject(t *testing.T, overlays ...string) *project {
	t.Helper()
	needDocker(t)
	p := describeProject(t, overlays...)
	t.Cleanup(func() { p.remove(t) })
	return p
}

// describeProject returns a project of which nothing is made yet.
func describeProject(t *testing.T, overlays ...string) *project {
	t.Helper()
	page, grpc := proctest.FreeAddr(t), proctest.FreeAddr(t)
	p := &project{
		name:  "bookmarket-e2e-" + strings.ToLower(rand.Text()[:8]),
		files: append([]string{"docker-compose.yml"}, overlays...),
		url:   "http://" + page + "/",
		grpc:  grpc,
	}
	// The compose file reads these; what the machine's owner has set is not for the tests.
	p.env = slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "BOOKMARKET_") || strings.HasPrefix(entry, "MARKETPLACE_") ||
			strings.HasPrefix(entry, "RECOMMENDATIONS_") || strings.HasPrefix(entry, "COMPOSE_")
	})
	p.env = append(p.env,
		"BOOKMARKET_PORT="+port(page), "BOOKMARKET_GRPC_PORT="+port(grpc),
		"BOOKMARKET_VERSION="+p.name, "BOOKMARKET_REVISION="+revision,
		"MARKETPLACE_RATE_LIMIT=0") // all that a test sends comes from one address
	return p
}

// remove leaves nothing of the project, its images included, and shows the logs of a failed test.
func (p *project) remove(t *testing.T) {
	t.Helper()
	if t.Failed() {
		out, err := p.command(t, "logs", "--no-color").CombinedOutput()
		t.Logf("logs: %v\n%s", err, out)
	}
	p.compose(t, "down", "--volumes", "--timeout", "1")
	// Not by compose's --rmi: it removes both images at once, and at times the engine refuses one
	// of them because of what they share.
	for image := range strings.FieldsSeq(docker(t, "image", "ls", "--quiet", "--no-trunc", "--filter", "reference="+p.image("*"))) {
		docker(t, "image", "rm", image)
	}
}

func port(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }

// needDocker skips the test where there is nothing to run containers with.
func needDocker(t *testing.T) {
	t.Helper()
	for _, need := range []struct{ args, missing string }{
		{"info", "no Docker engine answers"},
		{"compose version", "Docker has no compose plugin"},
		{"buildx version", "Docker has no buildx plugin, which builds the images"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		out, err := exec.CommandContext(ctx, "docker", strings.Fields(need.args)...).CombinedOutput()
		cancel()
		if err != nil {
			t.Skipf("%s: docker %s: %v\n%s", need.missing, need.args, err, out)
		}
	}
}

// compose runs docker compose, which must succeed.
func (p *project) compose(t *testing.T, args ...string) string {
	t.Helper()
	return output(t, p.command(t, args...))
}

func (p *project) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	compose := []string{"compose", "--progress", "plain", "-p", p.name}
	for _, file := range p.files {
		compose = append(compose, "-f", filepath.Join(proctest.Root(), file))
	}
	cmd := command(t, append(compose, args...)...)
	cmd.Env = p.env
	return cmd
}

// docker runs a command of Docker, which must succeed.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	return output(t, command(t, args...))
}

// command outlives the test's context by as long as cleaning up takes.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), commandLimit)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, "docker", args...)
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", cmd, err, out, problems.String())
	}
	return strings.TrimSpace(string(out))
}

// container returns the id of a service's container.
func (p *project) container(t *testing.T, service string) string {
	t.Helper()
	return p.compose(t, "ps", "--all", "--quiet", service)
}

// inspect reads what Docker knows of a container or an image.
func inspect[T any](t *testing.T, kind, name string) T {
	t.Helper()
	var found []T
	if err := json.Unmarshal([]byte(docker(t, kind, "inspect", name)), &found); err != nil || len(found) != 1 {
		t.Fatalf("%s %s: %v", kind, name, err)
	}
	return found[0]
}

// remembered checks that pages come in time and whole with the books of an earlier one.
func (p *project) remembered(t *testing.T, earlier *pagetest.Page) {
	t.Helper()
	for range 10 {
		if page := pagetest.Prompt(t, p.url); !page.Remembered(earlier) {
			t.Fatalf("want the books of %v, got %v", earlier, page)
		}
		time.Sleep(300 * time.Millisecond) // let the attempts to connect become rare
	}
}
