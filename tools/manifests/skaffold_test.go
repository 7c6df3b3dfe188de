package manifests_test

import (
	stdjson "encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"
)

// TestSkaffold holds skaffold.yaml to the schema that Skaffold publishes for its version, which is read from the
// module of Skaffold that tools/skaffold names: Skaffold itself takes very long to build.
func TestSkaffold(t *testing.T) {
	var module struct{ Dir, Error string }
	out, err := run(t, nil, "go", "-C", "../skaffold", "mod", "download", "-json", "github.com/GoogleContainerTools/skaffold/v2")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := stdjson.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}

	text, err := os.ReadFile(filepath.Join(root, "skaffold.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := yaml.UnmarshalStrict(text, &config); err != nil {
		t.Fatal(err)
	}
	version, _ := config["apiVersion"].(string)
	schema, err := jsonschema.NewCompiler().Compile(
		filepath.Join(module.Dir, "docs-v2/content/en/schemas", strings.TrimPrefix(version, "skaffold/")+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(config); err != nil {
		t.Errorf("%#v", err)
	}
}
