package manifests_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	texttemplate "text/template"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"
)

func readSkaffold(t *testing.T, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "skaffold.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// TestSkaffoldSchema holds skaffold.yaml to the schema that Skaffold publishes for its version, which is read from the
// module of Skaffold that tools/schemas names: Skaffold itself takes very long to build.
func TestSkaffoldSchema(t *testing.T) {
	published := moduleDir(t, "../schemas", "github.com/GoogleContainerTools/skaffold/v2")
	var config map[string]any
	readSkaffold(t, &config)
	version, _ := config["apiVersion"].(string)
	schema, err := jsonschema.NewCompiler().Compile(
		filepath.Join(published, "docs-v2/content/en/schemas", strings.TrimPrefix(version, "skaffold/")+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(config); err != nil {
		t.Error(err)
	}
}

// TestSkaffoldImages: what Skaffold builds is what the pods of its release run. It names images by variables, and a
// name of a variable or of a value that nothing has would leave the pods with images that nobody built.
func TestSkaffoldImages(t *testing.T) {
	var config struct {
		Build struct {
			Artifacts []struct {
				Image  string
				Docker struct{ Dockerfile string }
			}
		}
		Deploy struct {
			Helm struct {
				Releases []struct {
					Name, ChartPath   string
					SetValueTemplates map[string]string
				}
			}
		}
	}
	readSkaffold(t, &config)
	for _, a := range config.Build.Artifacts {
		if _, err := os.Stat(filepath.Join(root, a.Docker.Dockerfile)); err != nil {
			t.Error(err)
		}
	}

	digest := "sha256:" + strings.Repeat("0123", 16)
	for _, test := range []struct{ where, digest, want string }{
		{"local cluster", "", ":v1"},
		{"registry", digest, "@" + digest},
	} {
		t.Run(test.where, func(t *testing.T) {
			variables, built := map[string]string{}, []string{}
			for _, a := range config.Build.Artifacts {
				name := regexp.MustCompile(`[/\-.:]`).ReplaceAllString(a.Image, "_")
				variables["IMAGE_REPO_"+name] = "registry.example/" + a.Image
				variables["IMAGE_TAG_"+name] = "v1"
				variables["IMAGE_DIGEST_"+name] = test.digest
				built = append(built, "registry.example/"+a.Image+test.want)
			}
			for _, release := range config.Deploy.Helm.Releases {
				args := []string{}
				for key, text := range release.SetValueTemplates {
					var value strings.Builder
					if err := parse(t, text).Execute(&value, variables); err != nil {
						t.Fatalf("%s: %v", key, err)
					}
					args = append(args, "--set", fmt.Sprintf("%s=%s", key, value.String()))
				}
				chart := filepath.Join(charts(t), strings.TrimPrefix(release.ChartPath, "helm/"))
				for name, w := range template(t, release.Name, chart, args...).workloads(t) {
					for _, c := range w.spec.Containers {
						if !slices.Contains(built, c.Image) {
							t.Errorf("%s runs %s, built are %v", name, c.Image, built)
						}
					}
				}
			}
		})
	}
}

func parse(t *testing.T, text string) *texttemplate.Template {
	t.Helper()
	parsed, err := texttemplate.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
