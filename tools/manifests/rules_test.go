package manifests_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const rulesHeader = `# The spec is monitoring/rules/%[1]s.rules.yaml, which kustomize must not read from here: make generate copies it.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: %[1]s
  labels:
    app.kubernetes.io/component: %[2]s
    app.kubernetes.io/name: %[1]s
    app.kubernetes.io/part-of: bookmarket
spec:
`

// TestRules: kustomize reads no files outside of its folder, so its alerts are copies. `make generate` writes them.
func TestRules(t *testing.T) {
	components := map[string]string{"recommendations": "backend", "marketplace": "frontend"}
	for _, service := range services {
		rules, err := os.ReadFile(filepath.Join(root, "monitoring/rules", service+".rules.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.NewBufferString(fmt.Sprintf(rulesHeader, service, components[service]))
		for line := range strings.Lines(string(rules)) {
			if strings.TrimSpace(line) != "" {
				line = "  " + line
			}
			want.WriteString(line)
		}

		isCopy(t, "k8s/components/monitoring/"+service+"-rules.yaml", want.Bytes())
	}
}
