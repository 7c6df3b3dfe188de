package manifests_test

import (
	"bufio"
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// moduleDir returns where the files of a module are that the go.mod in dir names.
func moduleDir(t *testing.T, dir, path string) string {
	t.Helper()
	var module struct{ Dir string }
	out, err := run(t, nil, "go", "-C", dir, "mod", "download", "-json", path)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := stdjson.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	return module.Dir
}

// customSchemas returns the schemas that an API server gets to know with the Prometheus operator and the Gateway API, by
// apiVersion and kind.
func customSchemas(t *testing.T) map[[2]string]*jsonschema.Schema {
	t.Helper()
	operator := moduleDir(t, "../schemas", "github.com/prometheus-operator/prometheus-operator")
	gateway := moduleDir(t, ".", "sigs.k8s.io/gateway-api")
	var files []string
	for _, pattern := range []string{
		filepath.Join(operator, "example/prometheus-operator-crd/*.yaml"),
		filepath.Join(gateway, "config/crd/standard/gateway.networking.k8s.io_*.yaml"),
	} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s (%v)", pattern, err)
		}
		files = append(files, found...)
	}
	schemas := map[[2]string]*jsonschema.Schema{}
	for _, file := range files {
		var definition struct {
			Spec struct {
				Group    string
				Names    struct{ Kind string }
				Versions []struct {
					Name   string
					Schema struct{ OpenAPIV3Schema any }
				}
			}
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(text, &definition); err != nil {
			t.Fatal(err)
		}
		for _, version := range definition.Spec.Versions {
			compiler := jsonschema.NewCompiler()
			if err := compiler.AddResource("schema.json", version.Schema.OpenAPIV3Schema); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			schema, err := compiler.Compile("schema.json")
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			schemas[[2]string{definition.Spec.Group + "/" + version.Name, definition.Spec.Names.Kind}] = schema
		}
	}
	return schemas
}

// TestCustomResources: their schemas also know patterns and lengths, of which the Go types that decode uses know nothing.
func TestCustomResources(t *testing.T) {
	schemas := customSchemas(t)
	seen := map[string]bool{}
	for from, m := range renderings(t) {
		t.Run(from, func(t *testing.T) {
			reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(m.documents)))
			for {
				document, err := reader.Read()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				var object map[string]any
				if err := yaml.Unmarshal(document, &object); err != nil {
					t.Fatal(err)
				}
				version, _ := object["apiVersion"].(string)
				kind, _ := object["kind"].(string)
				schema := schemas[[2]string{version, kind}]
				if schema == nil {
					continue
				}
				seen[kind] = true
				if err := schema.Validate(object); err != nil {
					t.Errorf("%v in\n%s", err, document)
				}
			}
		})
	}
	for _, kind := range []string{"GRPCRoute", "HTTPRoute", "PrometheusRule", "ServiceMonitor"} {
		if !seen[kind] {
			t.Errorf("no rendering has a %s", kind)
		}
	}
}
