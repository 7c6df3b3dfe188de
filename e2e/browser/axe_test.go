package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bookmarket/e2e/internal/browsertest"
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

// A check that finds nothing must be one that would find something.
func TestAxeFinds(t *testing.T) {
	t.Parallel()
	tab := chromium.Open(t, bundled, browsertest.Look{})
	tab.Visit("/")
	browsertest.Eval[bool](tab, `{
		const main = document.querySelector("main"), text = document.createElement("p"), label = document.createElement("input")
		main.append(new Image(10, 10), text, label)
		text.textContent = "Hardly seen"
		text.style.color = "rgb(150 150 150)"
		for (const name of "ab") {
			const button = document.createElement("button")
			button.textContent = name
			button.style.cssText = "width: 9px; height: 9px; padding: 0; border: 0; font-size: 9px"
			main.append(button)
		}
		true
	}`)
	found := map[string]bool{}
	for _, v := range tab.Axe(axeScript(t)) {
		found[v.ID] = true
	}
	for _, rule := range []string{"image-alt", "color-contrast", "label", "target-size"} {
		if !found[rule] {
			t.Errorf("axe does not find what breaks %s; it finds %v", rule, found)
		}
	}
	tab.Problems() // The page forbids such styles, but not to tests.
}
