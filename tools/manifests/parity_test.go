package manifests_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// A parity is one way to run the shop, said to the charts and to kustomize.
type parity struct {
	components []string            // of k8s/components, on both bases
	overlay    string              // of k8s/overlays, instead
	values     map[string][]string // for each chart
}

var parities = map[string]parity{
	"bases": {
		values: map[string][]string{"recommendations": {closed}, "marketplace": {closed, keyless}},
	},
	"network-policies": {
		components: []string{"network-policies"},
		values:     map[string][]string{"marketplace": {keyless}},
	},
	"cookie-key": {
		components: []string{"cookie-key"},
		values:     map[string][]string{"recommendations": {closed}, "marketplace": {closed, keyed}},
	},
	"postgres": {
		components: []string{"postgres"},
		values:     map[string][]string{"recommendations": {closed, postgres, "autoscaling.enabled=false"}, "marketplace": {closed, keyless}},
	},
	"postgres behind network-policies": {
		components: []string{"network-policies", "postgres"},
		values:     map[string][]string{"recommendations": {postgres, "autoscaling.enabled=false"}, "marketplace": {keyless}},
	},
	"autoscaling": {
		components: []string{"postgres", "autoscaling"},
		values:     map[string][]string{"recommendations": {closed, postgres}, "marketplace": {closed, keyless, "autoscaling.enabled=true"}},
	},
	"monitoring": {
		components: []string{"monitoring"},
		values:     map[string][]string{"recommendations": {closed, monitored, drawn}, "marketplace": {closed, keyless, monitored}},
	},
	"gateway": {
		components: []string{"gateway"},
		values:     map[string][]string{"recommendations": {closed}, "marketplace": {closed, keyless, routed}},
	},
	"overlays/local": {
		overlay: "local",
		values:  map[string][]string{"recommendations": {closed}, "marketplace": {closed, keyless}},
	},
	"overlays/production": {
		overlay: "production",
		values: map[string][]string{
			"recommendations": {postgres, monitored, drawn, "image.registry=registry.example.org"},
			"marketplace": {
				"autoscaling.enabled=true", keyed, monitored, routed, "httpRoute.hostnames={books.example.org}", "image.registry=registry.example.org",
			},
		},
	},
}

// Values that several need.
const (
	closed    = "networkPolicy.enabled=false" // a base without components has none
	postgres  = "database.kind=postgres,database.postgres.existingSecret=recommendations-database"
	keyless   = "cookieKey.create=false" // kustomize draws no random bytes
	keyed     = "cookieKey.existingSecret=marketplace-cookie-key"
	monitored = "metrics.serviceMonitor.enabled=true,metrics.prometheusRule.enabled=true"
	drawn     = "metrics.dashboard.enabled=true"
	routed    = "httpRoute.enabled=true,httpRoute.parentRefs[0].name=gateway,httpRoute.parentRefs[0].namespace=gateway"
)

// TestParity holds the charts and kustomize together, object by object and field by field: whoever changes a probe in
// one must change the other.
func TestParity(t *testing.T) {
	for name, p := range parities {
		t.Run(name, func(t *testing.T) {
			chart := map[string]string{}
			for _, service := range services {
				args := []string{"--no-hooks"}
				for _, set := range p.values[service] {
					args = append(args, "--set", set)
				}
				m := template(t, service, filepath.Join(root, "helm", service), args...)
				if len(m.deployments) != 1 || m.deployments[service] == nil {
					t.Fatalf("helm/%s renders the deployments %v, want %s alone", service, names(m.deployments), service)
				}
				maps.Copy(chart, fields(t, m))
			}
			var k8s map[string]string
			if p.overlay == "" {
				k8s = fields(t, composed(t, p.components...))
			} else {
				k8s = fields(t, kustomize(t, "overlays/"+p.overlay))
			}

			for _, field := range slices.Sorted(maps.Keys(chart)) {
				if chart[field] != k8s[field] {
					t.Errorf("%s: helm/ says %s, k8s/ says %s", field, chart[field], cmp.Or(k8s[field], "nothing"))
				}
			}
			for _, field := range slices.Sorted(maps.Keys(k8s)) {
				if _, ok := chart[field]; !ok {
					t.Errorf("%s: helm/ says nothing, k8s/ says %s", field, k8s[field])
				}
			}
		})
	}
}

// composed renders both bases with components, in this order, as an overlay of a user's would.
func composed(t *testing.T, components ...string) *manifests {
	t.Helper()
	files := filesys.MakeFsInMemory()
	disk := os.DirFS(filepath.Join(root, "k8s"))
	err := fs.WalkDir(disk, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(disk, name)
		if err != nil {
			return err
		}
		return files.WriteFile(path.Join("/k8s", name), text)
	})
	if err != nil {
		t.Fatal(err)
	}
	k := types.Kustomization{TypeMeta: types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind}}
	for _, service := range services {
		k.Resources = append(k.Resources, "../../base/"+service)
	}
	for _, component := range components {
		k.Components = append(k.Components, "../../components/"+component)
	}
	overlay, err := yaml.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	if err := files.WriteFile("/k8s/overlays/composed/kustomization.yaml", overlay); err != nil {
		t.Fatal(err)
	}
	return kustomizeIn(t, files, "/k8s/overlays/composed")
}

// fields returns every field of every object by its path, such as
// "Deployment recommendations.spec.template.spec.containers.0.readinessProbe.periodSeconds".
func fields(t *testing.T, m *manifests) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, o := range m.objects {
		kind, name := o.GetObjectKind().GroupVersionKind().Kind, o.GetName()
		if kind == "Namespace" {
			continue // A chart makes none.
		}
		text, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := yaml.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		delete(tree, "status")
		if kind == "ConfigMap" {
			name = generated.ReplaceAllString(name, "")
		}
		flatten(kind+" "+name, "", tree, found)
	}
	return found
}

// generated is the hash of its content that kustomize hangs on a config map's name.
var generated = regexp.MustCompile(`-[0-9a-z]{10}$`)

// Each way says these in its own manner, or only one does.
var incomparable = map[string]string{
	"helm.sh/chart":                "Helm's",
	"app.kubernetes.io/managed-by": "Helm's",
	"app.kubernetes.io/version":    "Helm's; an overlay names an image, not a version",
	"app.kubernetes.io/instance":   "the release; TestServices and TestReferences follow what selects by it",
	"checksum/config":              "kustomize hangs a hash on the config map's name instead",
	"namespace":                    "an overlay's; Helm is told when it installs",
	"creationTimestamp":            "it comes from decoding",
}

func flatten(where, key string, value any, into map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 {
			into[where] = "{}"
		}
		for key, v := range value {
			// The gateway's namespace is one that both must name.
			if incomparable[key] == "" || strings.Contains(where, ".parentRefs.") {
				flatten(where+"."+key, key, v, into)
			}
		}
	case []any:
		if len(value) == 0 {
			into[where] = "[]"
		}
		for i, v := range value {
			flatten(fmt.Sprintf("%s.%d", where, i), key, v, into)
		}
	case nil:
	default:
		text := fmt.Sprint(value)
		switch {
		case key == "image":
			text, _, _ = strings.Cut(text, "@")
			text = strings.TrimSuffix(text, ":dev") // TestVersions compares tags.
		case key == "name" && (strings.HasSuffix(where, ".configMapRef.name") || strings.HasPrefix(where, "ConfigMap ")):
			text = generated.ReplaceAllString(text, "")
		case strings.HasSuffix(key, ".json"):
			text = strings.TrimSpace(text) // A template ends in no new line.
		}
		into[where] = text
	}
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
