package manifests_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// notOffered are the settings that the charts leave out.
var notOffered = map[string]string{
	"RECOMMENDATIONS_GRPC_ADDR":         "services and probes count on the default port",
	"RECOMMENDATIONS_ADMIN_ADDR":        "services and probes count on the default port",
	"RECOMMENDATIONS_DATABASE_URL":      "it follows from database",
	"RECOMMENDATIONS_DATABASE_URL_FILE": "it follows from database",
	"MARKETPLACE_HTTP_ADDR":             "services and probes count on the default port",
	"MARKETPLACE_GRPC_ADDR":             "services and probes count on the default port",
	"MARKETPLACE_ADMIN_ADDR":            "services and probes count on the default port",
	"MARKETPLACE_LOGO_FILE":             "a file comes by extraVolumes, and its name by extraEnv",
	"MARKETPLACE_COOKIE_KEY":            "it follows from cookieKey",
	"MARKETPLACE_COOKIE_KEY_FILE":       "cookieKey is a variable",
}

// programSettings returns the settings that a program knows, with their defaults: the rows of docs/config.md, which
// a test of the program compares with the struct that it reads them into.
func programSettings(t *testing.T, service string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs/config.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	row := regexp.MustCompile("(?m)^\\| `(" + strings.ToUpper(service) + "_[A-Z0-9_]+)` \\| (?:`(.*?)`|unset) \\|")
	for _, match := range row.FindAllStringSubmatch(string(text), -1) {
		found[match[1]] = match[2]
	}
	if len(found) == 0 {
		t.Fatalf("docs/config.md has no settings of %s", service)
	}
	return found
}

// TestSettingsExist: a setting that the chart's values cannot have must be left out on purpose.
func TestSettingsExist(t *testing.T) {
	for _, service := range services {
		var schema struct {
			Properties struct {
				Config struct {
					AdditionalProperties *bool
					Properties           map[string]any
				}
			}
		}
		text, err := os.ReadFile(filepath.Join(root, "helm", service, "values.schema.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &schema); err != nil {
			t.Fatal(err)
		}
		if more := schema.Properties.Config.AdditionalProperties; more == nil || *more {
			t.Errorf("helm/%s takes settings that nobody knows", service)
		}
		known, offered := programSettings(t, service), schema.Properties.Config.Properties
		for name := range offered {
			if _, ok := known[name]; !ok {
				t.Errorf("helm/%s offers %s, which %s does not know", service, name, service)
			}
		}
		for name := range known {
			_, isOffered := offered[name]
			switch reason := notOffered[name]; {
			case isOffered && reason != "":
				t.Errorf("helm/%s offers %s, although %s", service, name, reason)
			case !isOffered && reason == "":
				t.Errorf("helm/%s does not offer %s; offer it, or say here why not", service, name)
			}
		}
	}
	for name := range notOffered {
		service, _, _ := strings.Cut(strings.ToLower(name), "_")
		if _, ok := programSettings(t, service)[name]; !ok {
			t.Errorf("%s is left out, and does not exist", name)
		}
	}
}

// TestSettingsAreKnown: a program refuses to start with a setting of its prefix that it does not know.
func TestSettingsAreKnown(t *testing.T) {
	for from, m := range renderings(t) {
		for name, w := range m.workloads(t) {
			c := &w.spec.Containers[0]
			service := serviceOf(t, c)
			known := programSettings(t, service)
			for setting, value := range environment(t, m, c) {
				if !strings.HasPrefix(setting, strings.ToUpper(service)+"_") {
					continue
				}
				if _, ok := known[setting]; !ok {
					t.Errorf("%s: %s gets %s, which %s does not know", from, name, setting, service)
				}
				if value == "" {
					t.Errorf("%s: %s gets an empty %s, which says nothing", from, name, setting)
				}
			}
		}
	}
}

// TestPorts: a pod's ports are those that the program listens on by itself.
func TestPorts(t *testing.T) {
	for from, m := range renderings(t) {
		for name, d := range m.deployments {
			c := &d.Spec.Template.Spec.Containers[0]
			service := serviceOf(t, c)
			defaults := map[string]string{}
			for setting, value := range programSettings(t, service) {
				if port, ok := strings.CutSuffix(strings.TrimPrefix(setting, strings.ToUpper(service)+"_"), "_ADDR"); ok {
					defaults[strings.ToLower(port)] = value
				}
			}
			ports := map[string]string{}
			for _, p := range c.Ports {
				ports[p.Name] = fmt.Sprintf(":%d", p.ContainerPort)
			}
			if !maps.Equal(ports, defaults) {
				t.Errorf("%s: %s has the ports %v, %s listens on %v", from, name, ports, service, defaults)
			}
		}
	}
}

// serviceOf says which program a container runs.
func serviceOf(t *testing.T, c *corev1.Container) string {
	t.Helper()
	for _, service := range services {
		if regexp.MustCompile(`bookmarket/` + service + `([:@]|$)`).MatchString(c.Image) {
			return service
		}
	}
	t.Fatalf("%s runs %s, which is neither service", c.Name, c.Image)
	return ""
}

// environment returns the variables that a container gets, but for all of a secret's.
func environment(t *testing.T, m *manifests, c *corev1.Container) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, source := range c.EnvFrom {
		if source.ConfigMapRef == nil {
			continue
		}
		config, ok := m.configMaps[source.ConfigMapRef.Name]
		if !ok && (source.ConfigMapRef.Optional == nil || !*source.ConfigMapRef.Optional) {
			t.Fatalf("%s takes settings from %s, there are %v", c.Name, source.ConfigMapRef.Name, names(m.configMaps))
		}
		if ok {
			maps.Copy(found, config.Data)
		}
	}
	for _, variable := range c.Env {
		found[variable.Name] = variable.Value
		if variable.ValueFrom != nil {
			found[variable.Name] = "from elsewhere"
		}
	}
	return found
}
