package manifests_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// TestParity holds the charts and the kustomize bases together: whoever changes a probe in one must change the other.
func TestParity(t *testing.T) {
	for _, service := range services {
		t.Run(service, func(t *testing.T) {
			chart := template(t, service, filepath.Join(root, "helm", service), "--no-hooks")
			base := kustomize(t, "base/"+service)
			for _, m := range []*manifests{chart, base} {
				if _, ok := m.deployments[service]; !ok || len(m.deployments) != 1 {
					t.Fatalf("deployments %v, want %s alone", names(m.deployments), service)
				}
			}

			fromChart, fromBase := chart.deployments[service].Spec, base.deployments[service].Spec
			same(t, "settings", settings(t, chart, &fromChart.Template.Spec), settings(t, base, &fromBase.Template.Spec))
			for _, spec := range []*appsv1.DeploymentSpec{&fromChart, &fromBase} {
				c := &spec.Template.Spec.Containers[0]
				c.Image, _, _ = strings.Cut(c.Image, ":") // each overlay names the tag
				c.EnvFrom = nil                           // compared above; a generated config map has a name of its own
				// A chart's also have the release; TestServices follows them.
				spec.Selector, spec.Template.Labels, spec.Template.Annotations = nil, nil, nil
			}
			same(t, "deployment", fromChart, fromBase)

			for _, m := range []*manifests{chart, base} {
				for _, s := range m.services {
					s.Spec.Selector = nil
				}
			}
			same(t, "services", specs(chart.services), specs(base.services))
		})
	}
}

func specs(services map[string]*corev1.Service) map[string]corev1.ServiceSpec {
	all := map[string]corev1.ServiceSpec{}
	for name, s := range services {
		all[name] = s.Spec
	}
	return all
}

func same(t *testing.T, what string, chart, base any) {
	t.Helper()
	if reflect.DeepEqual(chart, base) {
		return
	}
	fromChart, err := yaml.Marshal(chart)
	if err != nil {
		t.Fatal(err)
	}
	fromBase, err := yaml.Marshal(base)
	if err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s differs.\nhelm:\n%s\nk8s:\n%s", what, fromChart, fromBase)
}

// TestVersions: the charts and the local overlay start the images that docker compose builds.
func TestVersions(t *testing.T) {
	versions := map[string]string{}
	for _, chart := range append([]string{"bookmarket"}, services...) {
		text, err := os.ReadFile(filepath.Join(root, "helm", chart, "Chart.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var about struct{ AppVersion string }
		if err := yaml.Unmarshal(text, &about); err != nil {
			t.Fatal(err)
		}
		versions["helm/"+chart] = about.AppVersion
	}
	local := kustomize(t, "overlays/local")
	for name, d := range local.deployments {
		_, tag, _ := strings.Cut(d.Spec.Template.Spec.Containers[0].Image, ":")
		versions["k8s/overlays/local: "+name] = tag
	}
	compose, err := os.ReadFile(filepath.Join(root, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range services {
		image := regexp.MustCompile(`bookmarket/` + service + `:\$\{BOOKMARKET_VERSION:-(.*)\}`).FindSubmatch(compose)
		if image == nil {
			t.Fatalf("docker-compose.yml builds no bookmarket/%s:${BOOKMARKET_VERSION:-…}", service)
		}
		versions["docker-compose.yml: "+service] = string(image[1])
	}
	for where, version := range versions {
		if version == "" || version != versions["helm/bookmarket"] {
			t.Errorf("%s says %q, helm/bookmarket %q", where, version, versions["helm/bookmarket"])
		}
	}
}

// notOffered are the settings that the charts leave out.
var notOffered = map[string]string{
	"RECOMMENDATIONS_GRPC_ADDR":         "services and probes count on the default port",
	"RECOMMENDATIONS_ADMIN_ADDR":        "services and probes count on the default port",
	"RECOMMENDATIONS_DATABASE_URL":      "it follows from database",
	"RECOMMENDATIONS_DATABASE_URL_FILE": "it follows from database",
	"MARKETPLACE_HTTP_ADDR":             "services and probes count on the default port",
	"MARKETPLACE_GRPC_ADDR":             "services and probes count on the default port",
	"MARKETPLACE_ADMIN_ADDR":            "services and probes count on the default port",
}

// TestSettingsExist reads the generated tables of settings: a program refuses to start with one that it does not
// know, and a new one must not be forgotten.
func TestSettingsExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/config.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range services {
		prefix := strings.ToUpper(service)
		known := map[string]bool{}
		for _, row := range regexp.MustCompile("(?m)^\\| `("+prefix+"_[A-Z_]+)` \\|").FindAllStringSubmatch(string(text), -1) {
			known[row[1]] = true
		}
		var offered struct{ Config map[string]any }
		values, err := os.ReadFile(filepath.Join(root, "helm", service, "values.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(values, &offered); err != nil {
			t.Fatal(err)
		}
		for name := range offered.Config {
			if !known[name] {
				t.Errorf("helm/%s offers %s, which docs/config.md does not know", service, name)
			}
		}
		for name := range known {
			_, isOffered := offered.Config[name]
			switch reason := notOffered[name]; {
			case isOffered && reason != "":
				t.Errorf("helm/%s offers %s, although %s", service, name, reason)
			case !isOffered && reason == "":
				t.Errorf("helm/%s does not offer %s; offer it, or say here why not", service, name)
			}
		}
	}
}
