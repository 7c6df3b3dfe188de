package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bookmarket/e2e/internal/proctest"
)

// readAxe reads axe-core from where tools/install.sh puts it, which it does first where need be.
var readAxe = sync.OnceValues(func() (string, error) {
	script := filepath.Join(proctest.Root(), "tools/install.sh")
	if out, err := exec.Command(script, "axe").CombinedOutput(); err != nil {
		return string(out), err
	}
	dir, err := exec.Command(script, "--axe").Output()
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "node_modules/axe-core/axe.min.js"))
	return string(source), err
})

func axeScript(t *testing.T) string {
	t.Helper()
	source, err := readAxe()
	if err != nil {
		t.Fatalf("no axe-core: %v\n%s", err, source)
	}
	return source
}
